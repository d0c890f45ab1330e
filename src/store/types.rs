//! SQL types that both databases understand, and diesel's traits for domain types, so that `domain` stays free of diesel.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{self, HasSqlType, SqlType};
use diesel::sqlite::{Sqlite, SqliteValue};
use uuid::Uuid;

use crate::domain::assignment::{AssignmentForm, AssignmentPart, Consultation};
use crate::domain::bulletin::{BulletinKind, RecipientKind};
use crate::domain::clock::Moment;
use crate::domain::ids::*;
use crate::domain::job::{JobFault, JobState};
use crate::domain::lang::Lang;
use crate::domain::mail_settings::{MailRoute, MailSecurity};
use crate::domain::notice::{Letter, LetterState, MailStage, WithheldReason};
use crate::domain::outcome::{AdoptionForm, AdoptionLevel, EndorsementKind, EndorsementState, Satisfaction};
use crate::domain::states::{AssignmentState, BulletinState};
use crate::domain::vocabulary::{Answer, Kind, OrganizationKind, Part, Role, Stage, TextKind};
use crate::domain::webhook::{WebhookFault, WebhookFormat};
use crate::store::connection::MultiBackend;

/// `uuid` on PostgreSQL, a BLOB of 16 bytes on SQLite.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Binary"))]
pub struct DbUuid;

/// `timestamptz` on PostgreSQL, microseconds since 1970 on SQLite.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185), sqlite_type(name = "Long"))]
pub struct DbTime;

impl sql_types::SqlOrd for DbTime {}
impl sql_types::SqlOrd for DbUuid {}

macro_rules! on_both {
    ($($sql:ident => $rust:ty),*) => {$(
        impl HasSqlType<$sql> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                Self::lookup_sql_type::<$sql>(lookup)
            }
        }
        impl FromSql<$sql, MultiBackend> for $rust {
            fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                value.from_sql::<$rust, $sql>()
            }
        }
        impl ToSql<$sql, MultiBackend> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value(($sql, self));
                Ok(IsNull::No)
            }
        }
    )*};
}
on_both!(DbUuid => Uuid, DbTime => Moment);

impl ToSql<DbUuid, Pg> for Uuid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<sql_types::Uuid, Pg>::to_sql(self, out)
    }
}
impl FromSql<DbUuid, Pg> for Uuid {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        FromSql::<sql_types::Uuid, Pg>::from_sql(value)
    }
}
impl ToSql<DbUuid, Sqlite> for Uuid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}
impl FromSql<DbUuid, Sqlite> for Uuid {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self::from_slice(value.read_blob())?)
    }
}
impl ToSql<DbTime, Pg> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<sql_types::Timestamptz, Pg>::to_sql(&self.utc(), &mut out.reborrow())
    }
}
impl FromSql<DbTime, Pg> for Moment {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <chrono::DateTime<chrono::Utc> as FromSql<sql_types::Timestamptz, Pg>>::from_sql(value).map(Self::from)
    }
}
impl ToSql<DbTime, Sqlite> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.micros());
        Ok(IsNull::No)
    }
}
impl FromSql<DbTime, Sqlite> for Moment {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self::from_micros(value.read_long()))
    }
}

/// Diesel's traits for a type of `domain`, through a private stand-in, which is diesel's way for types that carry no derives.
macro_rules! proxy {
    ($proxy:ident, $rust:ty, $sql:ty) => {
        #[derive(AsExpression, FromSqlRow)]
        #[diesel(foreign_derive)]
        #[diesel(sql_type = $sql)]
        #[expect(dead_code, reason = "only its derives are wanted")]
        struct $proxy($rust);
    };
}

proxy!(MomentProxy, Moment, DbTime);

macro_rules! id_columns {
    ($($name:ident as $proxy:ident),* $(,)?) => {$(
        proxy!($proxy, $name, DbUuid);
        impl<DB: Backend> ToSql<DbUuid, DB> for $name where Uuid: ToSql<DbUuid, DB> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }
        impl<DB: Backend> FromSql<DbUuid, DB> for $name where Uuid: FromSql<DbUuid, DB> {
            fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Uuid::from_sql(value).map(Self)
            }
        }
    )*};
}
id_columns!(
    ChannelId as ChannelIdProxy,
    OrganizationId as OrganizationIdProxy,
    UserId as UserIdProxy,
    PersonId as PersonIdProxy,
    AccountId as AccountIdProxy,
    IdentityId as IdentityIdProxy,
    GrantId as GrantIdProxy,
    ManuscriptId as ManuscriptIdProxy,
    TextId as TextIdProxy,
    RequestId as RequestIdProxy,
    BulletinId as BulletinIdProxy,
    EndorsementId as EndorsementIdProxy,
    AssignmentId as AssignmentIdProxy,
    ReplyId as ReplyIdProxy,
    ReportId as ReportIdProxy,
    AdoptionId as AdoptionIdProxy,
    RatingId as RatingIdProxy,
    AttachmentId as AttachmentIdProxy,
    EntryId as EntryIdProxy,
    LetterId as LetterIdProxy,
    JobId as JobIdProxy,
    TokenId as TokenIdProxy,
    StandInId as StandInIdProxy,
    WebhookId as WebhookIdProxy,
    AnyId as AnyIdProxy,
);

macro_rules! word_columns {
    ($($name:ident as $proxy:ident),* $(,)?) => {$(
        proxy!($proxy, $name, sql_types::Text);
        impl<DB: Backend> ToSql<sql_types::Text, DB> for $name where str: ToSql<sql_types::Text, DB> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.as_str().to_sql(out)
            }
        }
        impl<DB: Backend> FromSql<sql_types::Text, DB> for $name where String: FromSql<sql_types::Text, DB> {
            fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(String::from_sql(value)?.parse()?)
            }
        }
    )*};
}
word_columns!(
    Role as RoleProxy,
    Stage as StageProxy,
    Kind as KindProxy,
    Part as PartProxy,
    TextKind as TextKindProxy,
    Answer as AnswerProxy,
    OrganizationKind as OrganizationKindProxy,
    Letter as LetterProxy,
    Lang as LangProxy,
    AssignmentState as AssignmentStateProxy,
    AssignmentForm as AssignmentFormProxy,
    AssignmentPart as AssignmentPartProxy,
    Consultation as ConsultationProxy,
    BulletinState as BulletinStateProxy,
    BulletinKind as BulletinKindProxy,
    RecipientKind as RecipientKindProxy,
    EndorsementKind as EndorsementKindProxy,
    EndorsementState as EndorsementStateProxy,
    AdoptionLevel as AdoptionLevelProxy,
    AdoptionForm as AdoptionFormProxy,
    Satisfaction as SatisfactionProxy,
    TokenKind as TokenKindProxy,
    IdentityKind as IdentityKindProxy,
    LetterState as LetterStateProxy,
    WithheldReason as WithheldReasonProxy,
    MailStage as MailStageProxy,
    MailRoute as MailRouteProxy,
    MailSecurity as MailSecurityProxy,
    WebhookFormat as WebhookFormatProxy,
    WebhookFault as WebhookFaultProxy,
    JobState as JobStateProxy,
    JobFault as JobFaultProxy,
    SubjectKind as SubjectKindProxy,
);

crate::domain::vocabulary::words! {
    /// The kind of a row of `tokens`.
    enum TokenKind {
        /// A sign-in.
        Session = "session",
        /// A program's token.
        Api = "api",
        /// A one-time link.
        Link = "link",
    }

    /// The identities by which an account authenticates.
    enum IdentityKind {
        /// A password; the secret is its hash.
        Password = "password",
    }

    /// The part of a manuscript that an attachment belongs to.
    enum SubjectKind {
        /// The manuscript itself.
        Manuscript = "manuscript",
        /// An assignment: its reply or its reports.
        Assignment = "assignment",
        /// The scan of an endorsement.
        Endorsement = "endorsement",
    }
}
