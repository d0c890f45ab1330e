//! The rules for acting on behalf of another person, for a period or permanently. Checked when it is arranged, and at every act and letter.

use crate::domain::ids::{OrganizationId, UserId};
use crate::domain::vocabulary::Role;

/// A person who is to act for an absent one, as the rules see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The person.
    pub user: UserId,
    /// Their organisation; `None` if it is closed.
    pub organization: Option<OrganizationId>,
    /// Whether the account is active.
    pub active: bool,
    /// The roles held, each with its organisation.
    pub grants: Vec<(Role, OrganizationId)>,
}

/// The reason why a person cannot act for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// The person does not exist, is suspended, or is the same person.
    Nobody,
    /// The roles of both exclude each other.
    NotCombinable,
    /// They belong to another organisation, or to one that is closed.
    OtherOrganization,
    /// They hold no office in the organisation: a submitter only, or a person without any role.
    NoOffice,
}

impl Unfit {
    /// Returns the code of the violation, which the catalogues explain.
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

/// Checks whether `candidate` may take over `role` for `organization` from `absent`, for a period or permanently: a colleague of the same
/// organisation who holds an office there, and whose own roles are compatible. Checked when it is arranged, and again at every act.
///
/// # Errors
/// The reason why they may not.
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
