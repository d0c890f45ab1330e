//! Creates the demo county's channel, organisations and accounts, as an administrator does from the command line.

use crate::app::accounts::people::{self, NewPerson};
use crate::app::accounts::roles::{self, NewRole};
use crate::app::accounts::{By, channels, organizations};
use crate::app::{App, AppError, Tx};
use crate::domain::channel::ChannelSettings;
use crate::domain::ids::{ChannelId, OrganizationId, UserId};
use crate::domain::lang::Lang;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Role;
use crate::store::StoreError;
use crate::store::stand_ins::acting_grants;

use super::cast::{Cast, Member};
use super::people::{County, DemoOrganization, DemoPerson, mobile};

/// Creates all people in one transaction.
///
/// # Errors
/// Those of the use cases and of the store.
pub(super) fn everybody(app: &App, county: County, hash: String) -> Result<Cast, AppError> {
    app.write_now("demo", move |tx| {
        let id = channels::add(tx, "chengjiang", &county.channel.name)?;
        let settings = ChannelSettings { series: vec![county.channel.series.clone()], ..ChannelSettings::default() };
        let settings = serde_json::to_value(&settings).map_err(|error| StoreError::unreadable("settings", &error))?;
        let changes = channels::ChannelUpdate { settings: Some(settings), ..channels::ChannelUpdate::default() };
        channels::change(tx, By::Program, id, 1, changes)?;
        let mut members = Vec::new();
        for body in &county.organization {
            let organization = organizations::add(tx, By::Program, id, &body.name, body.kind, body.screens)?;
            for person in &body.people {
                let place = members.len();
                members.push(hire(tx, id, organization, body, person, &hash, place)?);
            }
        }
        // Secretaries are last: the leaders for whom they work must have their role by then.
        for secretaries in [false, true] {
            for member in &members {
                grant(tx, member, &members, secretaries)?;
            }
        }
        for member in &mut members {
            member.actor.grants = acting_grants(tx.conn, member.user, id, tx.now)?;
        }
        Ok(Cast::new(members))
    })
}

fn hire(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    organization: OrganizationId,
    body: &DemoOrganization,
    person: &DemoPerson,
    hash: &str,
    place: usize,
) -> Result<Member, AppError> {
    let new = NewPerson {
        login: person.login.clone(),
        name: person.name.clone(),
        post: person.post.clone(),
        email: format!("{}@{}.example.cn", person.login, body.domain),
        mobile: mobile(place),
        language: Lang::default(),
        password_hash: Some(hash.to_owned()),
        roles: Vec::new(),
    };
    let user = people::add(tx, By::Program, organization, channel, new)?;
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

/// Grants a person their roles; a secretary has one grant for each leader.
fn grant(tx: &mut Tx<'_>, member: &Member, all: &[Member], secretaries: bool) -> Result<(), AppError> {
    let served: Vec<UserId> = all.iter().filter(|other| member.serves.contains(&other.login)).map(|leader| leader.user).collect();
    for role in member.roles.iter().filter(|role| (**role == Role::Secretary) == secretaries) {
        let serves: Vec<Option<UserId>> = if secretaries { served.iter().copied().map(Some).collect() } else { vec![None] };
        for serves in serves {
            roles::give(tx, By::Program, member.user, NewRole { role: *role, organization: None, serves })?;
        }
    }
    Ok(())
}
