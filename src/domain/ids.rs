//! Identifiers: UUIDs of version 7 (RFC 9562), one Rust type per kind of object, so that they cannot be confused.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = Uuid)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A channel: the tenancy of one united front work department.
    ChannelId,
    /// An organisation within a channel: a party, a federation, a government department.
    OrganizationId,
    /// A person, once in the installation.
    PersonId,
    /// The account with which a person signs in.
    AccountId,
    /// A password or another proof that an account belongs to a person.
    IdentityId,
    /// A membership: a person in a channel.
    UserId,
    /// One grant of a role to a person in a channel.
    GrantId,
    /// A manuscript.
    ManuscriptId,
    /// One version of a manuscript's text.
    TextId,
    /// A request for a change, anchored to a passage.
    RequestId,
    /// A bulletin.
    BulletinId,
    /// A leader's endorsement.
    EndorsementId,
    /// An assignment of a manuscript to a department.
    AssignmentId,
    /// A department's reply.
    ReplyId,
    /// A report on implementation.
    ReportId,
    /// A record of an adoption of a manuscript.
    AdoptionId,
    /// An author's rating.
    RatingId,
    /// An attachment.
    AttachmentId,
    /// A ledger entry.
    EntryId,
    /// A notice to one person: a row of the inbox and of the outbox.
    LetterId,
    /// A job of the queue.
    JobId,
    /// An API token or a session.
    TokenId,
    /// A period in which one person acts for another.
    StandInId,
    /// A webhook: the target of messages to a role.
    WebhookId,
    /// Any object, where one column or field holds ids of several kinds.
    AnyId,
}

impl ChannelId {
    /// Stands for the installation itself, which has a ledger beside those of its channels.
    pub const INSTALLATION: Self = Self(Uuid::nil());
}

macro_rules! any {
    ($($name:ident),*) => {$(
        impl From<$name> for AnyId {
            fn from(id: $name) -> Self {
                Self(id.0)
            }
        }
    )*};
}
any!(
    ChannelId,
    AccountId,
    OrganizationId,
    UserId,
    GrantId,
    ManuscriptId,
    BulletinId,
    EndorsementId,
    AssignmentId,
    AttachmentId,
    LetterId,
    TokenId,
    StandInId
);
