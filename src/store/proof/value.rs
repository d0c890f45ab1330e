//! The canonical text of a value, equal whether it comes from SQLite, from PostgreSQL or from a struct.

use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::ids::*;

/// The canonical text of a value; `None` for NULL. Ids have hyphens and lower-case letters, times are microseconds since 1970, booleans `0`
/// and `1`, bytes lower-case hexadecimal digits.
pub trait Canonical {
    /// The text.
    fn canonical(&self) -> Option<String>;
}

impl<T: Canonical> Canonical for Option<T> {
    fn canonical(&self) -> Option<String> {
        self.as_ref().and_then(Canonical::canonical)
    }
}

impl<T: Canonical + ?Sized> Canonical for &T {
    fn canonical(&self) -> Option<String> {
        (*self).canonical()
    }
}

impl Canonical for Moment {
    fn canonical(&self) -> Option<String> {
        Some(self.micros().to_string())
    }
}

impl Canonical for bool {
    fn canonical(&self) -> Option<String> {
        Some(if *self { "1" } else { "0" }.to_owned())
    }
}

impl Canonical for Vec<u8> {
    fn canonical(&self) -> Option<String> {
        Some(hex::encode(self))
    }
}

macro_rules! as_written {
    ($($name:ty),* $(,)?) => {$(
        impl Canonical for $name {
            fn canonical(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )*};
}
as_written!(i64, str, String, Uuid);
as_written!(
    AdoptionId,
    AnyId,
    AssignmentId,
    AttachmentId,
    BulletinId,
    ChannelId,
    EndorsementId,
    EntryId,
    GrantId,
    LetterId,
    ManuscriptId,
    OrganizationId,
    PersonId,
    AccountId,
    IdentityId,
    RatingId,
    ReplyId,
    ReportId,
    RequestId,
    StandInId,
    WebhookId,
    TextId,
    TokenId,
    UserId,
);

macro_rules! as_word {
    ($($name:ident),* $(,)?) => {$(
        impl Canonical for crate::domain::vocabulary::$name {
            fn canonical(&self) -> Option<String> {
                Some(self.as_str().to_owned())
            }
        }
    )*};
}
as_word!(Kind, Role, Stage, TextKind);
