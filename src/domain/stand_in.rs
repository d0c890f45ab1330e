//! Who may act for somebody else, for a period or for good. Asked when it is arranged, and again at every act and letter.

use crate::domain::ids::{OrganizationId, UserId};
use crate::domain::vocabulary::Role;

/// A person who is to act for somebody who is away, as the rules see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The person.
    pub user: UserId,
    /// The organisation to which they belong; none if it is closed.
    pub organization: Option<OrganizationId>,
    /// Whether the account is active.
    pub active: bool,
    /// The roles held, each with its organisation.
    pub grants: Vec<(Role, OrganizationId)>,
}

/// Why somebody can't act for another person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// There is no such person, or the account is suspended, or it is the same person.
    Nobody,
    /// The roles of the two exclude each other.
    NotCombinable,
    /// They belong to another organisation, or to one that is closed.
    OtherOrganization,
    /// They hold no office in the organisation: a plain submitter, or somebody without any role.
    NoOffice,
}

impl Unfit {
    /// The code of the violation, which the catalogues explain.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nobody => "unknown",
            Self::NotCombinable => "not_combinable",
            Self::OtherOrganization => "other_organization",
            Self::NoOffice => "no_office",
        }
    }
}

/// Whether `candidate` may take over `role` for `organization` from `absent`, for a period or for good: a colleague of the same
/// organisation who holds an office there, and whose own roles go with it. Asked when it is arranged, and again at every act.
///
/// # Errors
/// The reason why not.
pub fn may_act_for(absent: UserId, role: Role, organization: OrganizationId, candidate: &Candidate) -> Result<(), Unfit> {
    if candidate.user == absent || !candidate.active {
        return Err(Unfit::Nobody);
    }
    if candidate.grants.iter().any(|(held, _)| !role.goes_with(*held)) {
        return Err(Unfit::NotCombinable);
    }
    if candidate.organization != Some(organization) {
        return Err(Unfit::OtherOrganization);
    }
    let office = candidate.grants.iter().any(|(held, of)| held.is_office() && *of == organization);
    if office { Ok(()) } else { Err(Unfit::NoOffice) }
}
