//! Sets up the demo county's channel, organisations and accounts.

use crate::desk::{Desk, DeskError, Tx};
use crate::domain::channel::ChannelSettings;
use crate::domain::ids::{ChannelId, GrantId, OrganizationId, UserId};
use crate::domain::lang::Lang;
use crate::domain::permission::Actor;
use crate::store::StoreError;
use crate::store::channels::{self, Channel};
use crate::store::people::{self, Grant, User};

use super::cast::{Cast, Member};
use super::people::{County, Organization, Person, mobile};

/// Makes everybody, in one act.
///
/// # Errors
/// The store's.
pub(super) fn everybody(desk: &Desk, county: County, hash: String) -> Result<Cast, DeskError> {
    desk.write_now("demo", move |tx| {
        let id: ChannelId = tx.id();
        let settings = ChannelSettings { series: vec![county.channel.series.clone()], ..ChannelSettings::default() };
        let settings = serde_json::to_string(&settings).map_err(|error| StoreError::unreadable("settings", &error))?;
        let channel =
            Channel { id, code: "chengjiang".to_owned(), name: county.channel.name.clone(), settings, version: 1, created_at: tx.now };
        channels::insert(tx.conn, &channel)?;
        let mut members = Vec::new();
        for body in &county.organization {
            let organization = found(tx, id, body)?;
            for person in &body.people {
                let place = members.len();
                members.push(hire(tx, id, organization, body, person, &hash, place)?);
            }
        }
        for place in 0..members.len() {
            grant(tx, &mut members, place)?;
        }
        Ok(Cast::new(members))
    })
}

fn found(tx: &mut Tx<'_>, channel: ChannelId, body: &Organization) -> Result<OrganizationId, DeskError> {
    let id = tx.id();
    let row = channels::Organization {
        id,
        channel_id: channel,
        name: body.name.clone(),
        kind: body.kind,
        screening: body.screens,
        version: 1,
        created_at: tx.now,
        closed_at: None,
    };
    channels::insert_organization(tx.conn, &row)?;
    Ok(id)
}

fn hire(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    organization: OrganizationId,
    body: &Organization,
    person: &Person,
    hash: &str,
    place: usize,
) -> Result<Member, DeskError> {
    let user: UserId = tx.id();
    let row = User {
        id: user,
        channel_id: channel,
        organization_id: organization,
        login: person.login.clone(),
        name: person.name.clone(),
        post: person.post.clone(),
        email: format!("{}@{}.example.cn", person.login, body.domain),
        mobile: mobile(place),
        language: Lang::default(),
        password_hash: Some(hash.to_owned()),
        password_at: Some(tx.now),
        suspended_at: None,
        salt: user.0.as_bytes().to_vec(),
        version: 1,
        created_at: tx.now,
    };
    people::insert(tx.conn, &row)?;
    Ok(Member {
        user,
        actor: Actor { user, channel, grants: Vec::new() },
        login: person.login.clone(),
        name: person.name.clone(),
        organization,
        organization_name: body.name.clone(),
        screened: body.screens,
        roles: person.roles.clone(),
        serves: person.serves.clone(),
    })
}

/// Gives a person the roles; a secretary has one grant for each leader served.
fn grant(tx: &mut Tx<'_>, members: &mut [Member], place: usize) -> Result<(), DeskError> {
    let member = members[place].clone();
    let leaders: Vec<UserId> = members.iter().filter(|other| member.serves.contains(&other.login)).map(|leader| leader.user).collect();
    for role in &member.roles {
        let served: Vec<Option<UserId>> = if leaders.is_empty() { vec![None] } else { leaders.iter().copied().map(Some).collect() };
        for serves_id in served {
            let row = Grant {
                id: tx.id::<GrantId>(),
                user_id: member.user,
                channel_id: member.actor.channel,
                organization_id: member.organization,
                role: *role,
                serves_id,
                granted_at: tx.now,
                revoked_at: None,
            };
            people::insert_grant(tx.conn, &row)?;
        }
    }
    members[place].actor.grants = people::acting_grants(tx.conn, member.user, member.actor.channel, tx.now)?;
    Ok(())
}
