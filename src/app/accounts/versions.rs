//! The versions of people: written when an account is created, or its name, login, organisation or post changes; read to show people as
//! they were at a time.

use std::collections::BTreeMap;

use rand::Rng;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, OrganizationId, UserId};
use crate::store::people::User;
use crate::store::person_versions::{self, PersonVersion};
use crate::store::{AnyConn, StoreError, accounts, channels};

/// Writes a version of a person if it differs from the newest one.
pub(crate) fn note(tx: &mut Tx<'_>, user: &User) -> Result<(), AppError> {
    let organization = channels::find_organization(tx.conn, user.channel_id, user.organization_id)?.name;
    let newest = person_versions::newest(tx.conn, user.id)?;
    let is_same = newest.as_ref().is_some_and(|before| {
        let own = (&before.login, &before.name, &before.post, before.organization_id, &before.organization);
        own == (&user.login, &user.name, &user.post, user.organization_id, &organization)
    });
    if is_same {
        return Ok(());
    }
    let mut salt = vec![0_u8; 16];
    rand::rng().fill_bytes(&mut salt);
    let row = PersonVersion {
        user_id: user.id,
        number: newest.map_or(1, |before| before.number + 1),
        login: user.login.clone(),
        name: user.name.clone(),
        post: user.post.clone(),
        organization_id: user.organization_id,
        organization,
        salt,
        created_at: tx.now,
    };
    Ok(person_versions::insert(tx.conn, &row)?)
}

/// Writes versions of all people of an organisation, after it was renamed.
pub(crate) fn note_all_of(tx: &mut Tx<'_>, channel: ChannelId, organization: OrganizationId) -> Result<(), AppError> {
    let filter = accounts::PersonFilter { organization: Some(organization), ..accounts::PersonFilter::default() };
    for user in accounts::page(tx.conn, channel, &filter, None, i64::MAX)? {
        note(tx, &user)?;
    }
    Ok(())
}

/// A person as they were at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonThen {
    /// The name.
    #[schema(examples("许敏"))]
    pub name: String,
    /// The sign-in name.
    #[schema(examples("xu.min"))]
    pub login: String,
    /// The organisation.
    #[schema(examples("云溪县委统战部"))]
    pub organization: String,
}

impl std::fmt::Display for PersonThen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}, {})", self.name, self.login, self.organization)
    }
}

/// The versions of some people.
#[derive(Debug, Clone, Default)]
pub struct PeopleThen(BTreeMap<UserId, Vec<PersonVersion>>);

impl PeopleThen {
    /// Loads the versions of these people.
    ///
    /// # Errors
    /// Fails if a database operation fails.
    pub fn load(conn: &mut AnyConn, people: &[UserId]) -> Result<Self, StoreError> {
        let mut all: BTreeMap<UserId, Vec<PersonVersion>> = BTreeMap::new();
        for row in person_versions::of(conn, people)? {
            all.entry(row.user_id).or_default().push(row);
        }
        Ok(Self(all))
    }

    /// Returns a person as they were at a time; before the first version, as in that version. Returns `None` for a person who is unknown or
    /// was erased.
    #[must_use]
    pub fn at(&self, user: UserId, at: Moment) -> Option<PersonThen> {
        let versions = self.0.get(&user)?;
        let row = versions.iter().rev().find(|row| row.created_at <= at).or_else(|| versions.first())?;
        Some(PersonThen { name: row.name.clone(), login: row.login.clone(), organization: row.organization.clone() })
    }
}
