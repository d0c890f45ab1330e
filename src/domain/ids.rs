//! Identifiers: UUIDs of version 7 (RFC 9562), one Rust type per thing that they name, so that they can't be mixed up.

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
    /// A channel: one united front work department's tenancy.
    ChannelId,
    /// An organisation within a channel: a party, a federation, a government department.
    OrganizationId,
    /// A person, once in the installation.
    PersonId,
    /// By what a person signs in.
    AccountId,
    /// A password or another way to show whose account it is.
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
    /// A record that some level took a manuscript up.
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
    /// A webhook: where messages to a desk go.
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
