//! A channel with organisations and people, put into the tables as they are; tests of accounts go through the desk instead.

use chrono::Duration;
use diesel::prelude::*;
use sha2::{Digest, Sha256};
use zhitongche::domain::clock::Clock;
use zhitongche::domain::ids::{ChannelId, GrantId, OrganizationId, TokenId, UserId};
use zhitongche::domain::words::Role;
use zhitongche::store::schema::{channels, grants, organizations, tokens, users};
use zhitongche::store::{Db, StoreError};

/// One channel.
pub(crate) struct Town {
    db: Db,
    clock: Clock,
    channel: ChannelId,
}

/// Someone with an account and a token that never ends.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) user: UserId,
    pub(crate) token: String,
}

impl Town {
    /// An empty channel.
    pub(crate) fn found(db: &Db, clock: &Clock, code: &str) -> Self {
        let (id, now) = (clock.id::<ChannelId>(), clock.now());
        let row = (
            channels::id.eq(id),
            channels::code.eq(code.to_owned()),
            channels::name.eq(format!("{code}直通车")),
            channels::settings.eq("{}"),
            channels::version.eq(1_i64),
            channels::created_at.eq(now),
        );
        db.write_now(move |conn| Ok::<_, StoreError>(diesel::insert_into(channels::table).values(row).execute(conn)?)).unwrap();
        Self { db: db.clone(), clock: clock.clone(), channel: id }
    }

    /// An organisation; `kind` as in the table.
    pub(crate) fn organization(&self, name: &str, kind: &'static str, screening: bool) -> OrganizationId {
        let id = self.clock.id::<OrganizationId>();
        let row = (
            organizations::id.eq(id),
            organizations::channel_id.eq(self.channel),
            organizations::name.eq(name.to_owned()),
            organizations::kind.eq(kind),
            organizations::screening.eq(screening),
            organizations::created_at.eq(self.clock.now()),
        );
        self.db.write_now(move |conn| Ok::<_, StoreError>(diesel::insert_into(organizations::table).values(row).execute(conn)?)).unwrap();
        id
    }

    /// A person of an organisation with roles.
    pub(crate) fn person(&self, login: &str, organization: OrganizationId, roles: &'static [Role]) -> Person {
        let (user, token, now, channel) = (self.clock.id::<UserId>(), format!("token-of-{login}"), self.clock.now(), self.channel);
        let of_user = (
            users::id.eq(user),
            users::channel_id.eq(channel),
            users::organization_id.eq(organization),
            users::login.eq(login.to_owned()),
            users::name.eq(login.to_owned()),
            users::post.eq("科员"),
            users::email.eq(format!("{login}@example.org")),
            users::mobile.eq(""),
            users::language.eq("zh-CN"),
            users::salt.eq(vec![7_u8; 16]),
            users::version.eq(1_i64),
            users::created_at.eq(now),
        );
        let of_token = (
            tokens::id.eq(self.clock.id::<TokenId>()),
            tokens::user_id.eq(user),
            tokens::channel_id.eq(channel),
            tokens::kind.eq("api"),
            tokens::name.eq("test"),
            tokens::hash.eq(Sha256::digest(token.as_bytes()).to_vec()),
            tokens::created_at.eq(now),
            tokens::expires_at.eq(now + Duration::days(36_500)),
            tokens::seen_at.eq(now),
        );
        let clock = self.clock.clone();
        let added = self.db.write_now(move |conn| {
            diesel::insert_into(users::table).values(of_user).execute(conn)?;
            diesel::insert_into(tokens::table).values(of_token).execute(conn)?;
            for role in roles {
                let of_grant = (
                    grants::id.eq(clock.id::<GrantId>()),
                    grants::user_id.eq(user),
                    grants::channel_id.eq(channel),
                    grants::organization_id.eq(organization),
                    grants::role.eq(role.as_str()),
                    grants::granted_at.eq(now),
                );
                diesel::insert_into(grants::table).values(of_grant).execute(conn)?;
            }
            Ok::<_, StoreError>(())
        });
        added.unwrap();
        Person { user, token }
    }
}
