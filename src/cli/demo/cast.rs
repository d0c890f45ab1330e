//! The people of the demo county with their accounts, as actors of the use cases.

use anyhow::Context;

use crate::domain::ids::{OrganizationId, UserId};
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Role;

/// A person who can act.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// The person.
    pub(super) user: UserId,
    /// The person with all grants.
    pub(super) actor: Actor,
    /// The sign-in name.
    pub(super) login: String,
    /// The name.
    pub(super) name: String,
    /// The organisation.
    pub(super) organization: OrganizationId,
    /// The organisation's name.
    pub(super) organization_name: String,
    /// Whether the organisation's office screens manuscripts.
    pub(super) screened: bool,
    /// The roles held.
    pub(super) roles: Vec<Role>,
    /// For a secretary: the sign-in names of the leaders served.
    pub(super) serves: Vec<String>,
}

/// All people of the county.
pub(super) struct Cast {
    members: Vec<Member>,
}

impl Cast {
    /// Creates a cast of these people.
    pub(super) fn new(members: Vec<Member>) -> Self {
        Self { members }
    }

    /// All holders of a role.
    pub(super) fn with(&self, role: Role) -> Vec<&Member> {
        self.members.iter().filter(|member| member.roles.contains(&role)).collect()
    }

    /// The screener of an organisation.
    pub(super) fn screener_of(&self, organization: OrganizationId) -> Option<&Member> {
        self.members.iter().find(|member| member.organization == organization && member.roles.contains(&Role::Screener))
    }

    /// The officer of a department, by its name.
    pub(super) fn officer_of(&self, department: &str) -> anyhow::Result<&Member> {
        let found = self.members.iter().find(|member| member.organization_name == department && member.roles.contains(&Role::Handler));
        found.with_context(|| format!("{department} has no officer"))
    }

    /// The secretary of a leader, by the leader's sign-in name.
    pub(super) fn secretary_of(&self, leader: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.serves.iter().any(|served| served == leader))
    }
}
