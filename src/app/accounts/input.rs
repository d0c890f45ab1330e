//! The input of administrators and members about people, roles, organisations and tokens.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::accounts::members::NewMember;
use crate::app::accounts::organizations::OrganizationUpdate;
use crate::app::accounts::people::{NewPerson, PersonUpdate};
use crate::app::accounts::roles::NewRole;
use crate::app::accounts::stand_ins::NewStandIn;
use crate::app::input::text_or_empty;
use crate::config::Secret;
use crate::domain::clock::Moment;
use crate::domain::ids::{OrganizationId, UserId};
use crate::domain::lang::Lang;
use crate::domain::vocabulary::{OrganizationKind, Role};

/// A role to be granted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleBody {
    /// The role.
    pub role: Role,
    /// The organisation, if it is not the person's own.
    pub organization_id: Option<OrganizationId>,
    /// For a secretary, the leader whom they serve.
    pub serves_id: Option<UserId>,
}

impl From<RoleBody> for NewRole {
    fn from(body: RoleBody) -> Self {
        Self { role: body.role, organization: body.organization_id, serves: body.serves_id }
    }
}

/// A person for whom an account is created.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// The sign-in name.
    #[schema(examples("li.ming"))]
    pub login: String,
    /// The name.
    #[schema(examples("李明"))]
    pub name: String,
    /// The post.
    #[serde(default)]
    #[schema(examples("民盟县委副主委"))]
    pub post: String,
    /// The e-mail address.
    #[schema(examples("li.ming@example.org"))]
    pub email: String,
    /// The mobile number.
    #[serde(default)]
    #[schema(examples("13800138000"))]
    pub mobile: String,
    /// The language of letters.
    #[serde(default)]
    pub language: Lang,
    /// The organisation.
    pub organization_id: OrganizationId,
    /// The initial roles.
    #[serde(default)]
    pub roles: Vec<RoleBody>,
}

/// Changes of a person; absent fields stay unchanged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChanges {
    /// The name.
    #[serde(default, deserialize_with = "text_or_empty")]
    pub name: Option<String>,
    /// The post.
    #[serde(default, deserialize_with = "text_or_empty")]
    pub post: Option<String>,
    /// The e-mail address.
    #[serde(default, deserialize_with = "text_or_empty")]
    pub email: Option<String>,
    /// The mobile number; an empty one removes it.
    #[serde(default, deserialize_with = "text_or_empty")]
    pub mobile: Option<String>,
    /// The language of letters.
    pub language: Option<Lang>,
    /// The organisation.
    pub organization_id: Option<OrganizationId>,
}

/// The successor of a handover.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Successor {
    /// The successor.
    pub to_id: UserId,
}

/// A role to be granted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Gift {
    /// The person.
    pub user_id: UserId,
    /// The role. Auditor, security administrator and system administrator exclude other roles.
    pub role: Role,
    /// The organisation, if it is not the person's own.
    pub organization_id: Option<OrganizationId>,
    /// For a secretary, the leader whom they serve.
    pub serves_id: Option<UserId>,
}

/// An organisation to be created.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganization {
    /// Its name.
    #[schema(examples("云溪县住建局"))]
    pub name: String,
    /// The kind of body.
    pub kind: OrganizationKind,
    /// Whether its office screens the manuscripts of its members.
    #[serde(default)]
    pub screening: bool,
}

/// Changes of an organisation; absent fields stay unchanged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationChanges {
    /// Its name.
    #[serde(default, deserialize_with = "text_or_empty")]
    pub name: Option<String>,
    /// The kind of body.
    pub kind: Option<OrganizationKind>,
    /// Whether its office screens manuscripts.
    pub screening: Option<bool>,
    /// Whether it is closed, so that it accepts no new people.
    pub closed: Option<bool>,
}

/// A stand-in to be named.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Naming {
    /// The stand-in.
    pub stand_in_id: UserId,
    /// The caller's role that they act by: screener, reviewer, signer or dispatcher.
    pub role: Role,
    /// The start of the period.
    pub from: Moment,
    /// The end of the period.
    pub to: Moment,
}

/// A token to be issued.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Its name.
    #[schema(examples("统计脚本"))]
    pub name: String,
    /// Its lifetime: 1 to 366 days, 90 by default.
    #[schema(minimum = 1, maximum = 366)]
    pub expires_in_days: Option<i64>,
}

/// A person to become a member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberBody {
    /// The sign-in name of the account.
    #[schema(examples("li.ming"))]
    pub login: String,
    /// The name of the person; both must match.
    #[schema(examples("李明"))]
    pub name: String,
    /// The post in this channel.
    #[serde(default)]
    #[schema(examples("市政协委员"))]
    pub post: String,
    /// The organisation in this channel.
    pub organization_id: OrganizationId,
    /// The initial roles.
    #[serde(default)]
    pub roles: Vec<RoleBody>,
}

/// The membership to switch to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipChoice {
    /// One of the caller's own.
    pub membership_id: UserId,
}

/// A change of the caller's password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The current password.
    #[schema(value_type = String, format = Password)]
    pub password: Secret,
    /// The new password, of at least 12 characters.
    #[schema(value_type = String, format = Password, examples("correct horse battery"))]
    pub new_password: Secret,
}

impl NewUser {
    /// Converts the input into the organisation and the person of the use case.
    #[must_use]
    pub fn into_person(self) -> (OrganizationId, NewPerson) {
        let Self { login, name, post, email, mobile, language, organization_id, roles } = self;
        let roles = roles.into_iter().map(NewRole::from).collect();
        (organization_id, NewPerson { login, name, post, email, mobile, language, password_hash: None, roles })
    }
}

impl MemberBody {
    /// Converts the input into the organisation and the member of the use case.
    #[must_use]
    pub fn into_member(self) -> (OrganizationId, NewMember) {
        let Self { login, name, post, organization_id, roles } = self;
        (organization_id, NewMember { login, name: Some(name), post, roles: roles.into_iter().map(NewRole::from).collect() })
    }
}

impl From<UserChanges> for PersonUpdate {
    fn from(of: UserChanges) -> Self {
        let UserChanges { name, post, email, mobile, language, organization_id } = of;
        Self { name, post, email, mobile, language, organization: organization_id }
    }
}

impl From<OrganizationChanges> for OrganizationUpdate {
    fn from(of: OrganizationChanges) -> Self {
        let OrganizationChanges { name, kind, screening, closed } = of;
        Self { name, kind, screening, closed }
    }
}

impl From<Naming> for NewStandIn {
    fn from(of: Naming) -> Self {
        Self { stand_in: of.stand_in_id, role: of.role, from: of.from, to: of.to }
    }
}
