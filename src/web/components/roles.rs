//! A role of a person in words: which role, for which organisation, for which person.

use crate::app::accounts::directory;
use crate::app::accounts::organizations;
use crate::app::accounts::roles::RoleView;
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{GrantId, OrganizationId, UserId};
use crate::domain::lang::Lang;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Role;
use crate::text::{t, word};

/// A role in words.
#[derive(Debug, Clone)]
pub struct RoleLine {
    /// The grant.
    pub id: GrantId,
    /// The role.
    pub words: String,
    /// The organisation.
    pub organization: String,
    /// The leader of a secretary, or the absent person of a stand-in; empty otherwise.
    pub whom: String,
    /// Since when, where that is shown.
    pub since: Option<Moment>,
}

/// The parts of a line.
struct RoleLineParts {
    id: GrantId,
    role: Role,
    organization: OrganizationId,
    serves: Option<UserId>,
    stands_in_for: Option<UserId>,
    since: Option<Moment>,
}

impl RoleLine {
    /// Lists the roles under which a person acts now.
    ///
    /// # Errors
    /// The store's.
    pub fn acting(tx: &mut Tx<'_>, actor: &Actor, lang: Lang) -> Result<Vec<Self>, AppError> {
        let held = actor.grants.iter().map(|grant| RoleLineParts {
            id: grant.id,
            role: grant.role,
            organization: grant.organization,
            serves: grant.serves,
            stands_in_for: grant.for_user,
            since: None,
        });
        Self::lines(tx, actor, lang, held.collect())
    }

    /// Lists the roles that were granted to a person.
    ///
    /// # Errors
    /// The store's.
    pub fn given(tx: &mut Tx<'_>, actor: &Actor, lang: Lang, roles: &[RoleView]) -> Result<Vec<Self>, AppError> {
        let held = roles.iter().map(|one| RoleLineParts {
            id: one.id,
            role: one.role,
            organization: one.organization_id,
            serves: one.serves_id,
            stands_in_for: None,
            since: Some(one.granted_at),
        });
        Self::lines(tx, actor, lang, held.collect())
    }

    fn lines(tx: &mut Tx<'_>, actor: &Actor, lang: Lang, held: Vec<RoleLineParts>) -> Result<Vec<Self>, AppError> {
        let people: Vec<UserId> = held.iter().flat_map(|one| [one.serves, one.stands_in_for]).flatten().collect();
        let names = directory::names(tx, actor, &people)?;
        let name = |id: UserId| names.get(&id).cloned().unwrap_or_default();
        let organizations = organizations::all(tx, actor.channel)?;
        let line = |one: RoleLineParts| {
            let whom = match (one.stands_in_for, one.serves) {
                (Some(absent), _) => t(lang, "role-stands-in", &[("name", name(absent).into())]),
                (None, Some(leader)) => t(lang, "role-serves", &[("name", name(leader).into())]),
                (None, None) => String::new(),
            };
            let organization = organizations.iter().find(|known| known.id == one.organization).map(|known| known.name.clone());
            Self { id: one.id, words: word(lang, one.role), organization: organization.unwrap_or_default(), whom, since: one.since }
        };
        Ok(held.into_iter().map(line).collect())
    }
}
