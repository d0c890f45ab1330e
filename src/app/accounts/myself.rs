//! The caller's own account, roles and channel.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{AppError, Tx};
use crate::domain::ids::{ChannelId, GrantId, OrganizationId, UserId};
use crate::domain::lang::Lang;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Role;
use crate::store::{channels, people};

/// The caller, with the roles under which they act.
#[derive(Debug, Serialize, ToSchema)]
pub struct Myself {
    /// Their id.
    pub id: UserId,
    /// Their sign-in name.
    #[schema(examples("li.ming"))]
    pub login: String,
    /// Their name.
    #[schema(examples("李明"))]
    pub name: String,
    /// Their post.
    #[schema(examples("县政协委员"))]
    pub post: String,
    /// The language of their letters.
    pub language: Lang,
    /// The channel in which their roles are valid.
    pub channel: ChannelBrief,
    /// Their organisation.
    pub organization: OrganizationBrief,
    /// The roles under which they act now, including those of people for whom they stand in.
    pub roles: Vec<RoleHeld>,
    /// Their version, for changes.
    pub version: i64,
}

/// A short description of a channel.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChannelBrief {
    /// Its id.
    pub id: ChannelId,
    /// Its short name.
    #[schema(examples("yunxi"))]
    pub code: String,
    /// Its name.
    #[schema(examples("云溪县建言献策直通车"))]
    pub name: String,
}

/// A short description of an organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationBrief {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    #[schema(examples("民盟云溪县委"))]
    pub name: String,
}

/// A role that is effective now.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleHeld {
    /// The grant that gives it.
    pub grant: GrantId,
    /// The role.
    pub role: Role,
    /// The organisation for which it is held.
    pub organization_id: OrganizationId,
    /// For a secretary, the leader.
    pub serves_id: Option<UserId>,
    /// For a stand-in, the absent person.
    pub stands_in_for_id: Option<UserId>,
}

/// Returns the caller's own description.
///
/// # Errors
/// Fails if a database operation fails.
pub fn myself(tx: &mut Tx<'_>, actor: &Actor) -> Result<Myself, AppError> {
    let user = people::find(tx.conn, actor.user)?;
    let channel = channels::find(tx.conn, user.channel_id)?;
    let organization = channels::find_organization(tx.conn, user.channel_id, user.organization_id)?;
    let held = |grant: &crate::domain::permission::Grant| RoleHeld {
        grant: grant.id,
        role: grant.role,
        organization_id: grant.organization,
        serves_id: grant.serves,
        stands_in_for_id: grant.for_user,
    };
    Ok(Myself {
        id: user.id,
        login: user.login,
        name: user.name,
        post: user.post,
        language: user.language,
        channel: ChannelBrief { id: channel.id, code: channel.code, name: channel.name },
        organization: OrganizationBrief { id: organization.id, name: organization.name },
        roles: actor.grants.iter().map(held).collect(),
        version: user.version,
    })
}
