//! Who is there: the people of every test, with accounts made as the command line makes them.

use std::collections::BTreeMap;

use diesel::prelude::*;
use sha2::{Digest, Sha256};
use zhitongche::app::accounts::people::NewPerson;
use zhitongche::app::accounts::roles::NewRole;
use zhitongche::app::accounts::{By, channels, organizations, people, roles};
use zhitongche::app::{App, AppError, Tx};
use zhitongche::config::Secret;
use zhitongche::documents::token_key::{TokenClaims, TokenKey};
use zhitongche::domain::ids::{ChannelId, OrganizationId, TokenId, UserId};
use zhitongche::domain::permission::Actor;
use zhitongche::domain::vocabulary::{OrganizationKind, Role};
use zhitongche::store::schema::{organizations as organization_rows, tokens, users};
use zhitongche::store::types::TokenKind;
use zhitongche::store::{AnyConn, StoreError};

use super::Cast;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "澄江-correct-horse";

/// A person and the organisation they belong to, and what they are there; a secretary names the leader.
type Part = (&'static str, &'static str, &'static [Role], Option<&'static str>);

/// The people of every test. `minmeng` screens, `zhigong` does not.
const PARTS: &[Part] = &[
    ("author", "致公党县支部", &[Role::Submitter], None),
    ("coauthor", "民盟县总支", &[Role::Submitter], None),
    ("screened", "民盟县总支", &[Role::Submitter], None),
    ("screener", "民盟县总支", &[Role::Screener], None),
    ("reviewer", "县委统战部", &[Role::Reviewer], None),
    ("reviewer2", "县委统战部", &[Role::Reviewer], None),
    ("signer", "县委统战部", &[Role::Signer], None),
    ("dispatcher", "县委统战部", &[Role::Dispatcher], None),
    ("leader", "县委", &[Role::Leader], None),
    ("leader2", "县委", &[Role::Leader], None),
    ("secretary", "县委办", &[Role::Secretary], Some("leader")),
    ("handler", "县住建局", &[Role::Handler], None),
    ("handler2", "县教育局", &[Role::Handler], None),
    ("auditor", "县纪委", &[Role::Auditor], None),
    ("security", "县委统战部", &[Role::SecurityAdmin], None),
    ("admin", "县委统战部", &[Role::SystemAdmin], None),
];

impl Cast {
    /// Their id, of the first channel and, once it is there, of the other.
    pub(crate) fn id(&self, login: &str) -> UserId {
        self.people.lock().unwrap().get(login).copied().unwrap_or_else(|| panic!("nobody is called {login}"))
    }

    /// Everybody's sign-in name.
    pub(crate) fn everybody(&self) -> Vec<String> {
        self.people.lock().unwrap().keys().cloned().collect()
    }

    /// A person as the rules see them now.
    pub(crate) fn actor(&self, login: &str) -> Actor {
        let token = format!("token-{login}");
        self.desk().read_now(|tx| zhitongche::app::sign_in::authenticate(tx, &token)).unwrap().actor
    }

    /// The id of a person.
    pub(crate) async fn user(&self, login: &str) -> UserId {
        let login = login.to_owned();
        let find =
            move |conn: &mut AnyConn| users::table.filter(users::login.eq(login)).select(users::id).first(conn).map_err(StoreError::from);
        self.app.db().read(find).await.unwrap()
    }

    /// The id of an organisation of the first channel.
    pub(crate) async fn organization(&self, name: &str) -> OrganizationId {
        let (name, channel) = (name.to_owned(), self.channel);
        let find = move |conn: &mut AnyConn| {
            let row = organization_rows::table.filter(organization_rows::name.eq(name)).filter(organization_rows::channel_id.eq(channel));
            row.select(organization_rows::id).first(conn).map_err(StoreError::from)
        };
        self.app.db().read(find).await.unwrap()
    }

    /// A session whose secret a test knows: `token-NAME`.
    pub(crate) async fn put_session(&self, login: &str, name: &'static str) {
        let user = self.id(login);
        let put = move |tx: &mut Tx<'_>| {
            let channel = users::table.filter(users::id.eq(user)).select(users::channel_id).first(tx.conn).map_err(StoreError::from)?;
            put_token(tx, channel, user, name, TokenKind::Session)
        };
        self.app.desk.write("test", put).await.unwrap();
    }

    /// Gives a person of the first channel one more role.
    pub(crate) async fn grant(&self, login: &str, role: Role, serves: Option<UserId>) {
        let user = self.user(login).await;
        let new = NewRole { role, organization: None, serves };
        self.app.desk.write("test", move |tx| roles::give(tx, By::Program, user, new)).await.unwrap();
    }
}

/// What was opened: the channel and its people.
type Opened = (ChannelId, BTreeMap<String, UserId>);

/// Opens a channel with its people, as the command line does.
pub(crate) fn put(desk: &App, code: &'static str) -> Opened {
    let hash = desk.passwords.hash_now(&Secret::new(PASSWORD)).unwrap();
    desk.write_now("test", move |tx| {
        let channel = channels::add(tx, code, &format!("{code} 直通车"))?;
        let prefix = if code == "chengjiang" { "" } else { "other-" };
        let mut places: Vec<(&str, OrganizationId)> = Vec::new();
        let mut cast: Vec<(&str, UserId)> = Vec::new();
        let mut everybody = BTreeMap::new();
        for (login, organization, held, serves) in PARTS {
            let place = match places.iter().find(|(name, _)| name == organization) {
                Some((_, id)) => *id,
                None => {
                    let screens = organization.starts_with("民盟");
                    let id = organizations::add(tx, By::Program, channel, organization, OrganizationKind::Other, screens)?;
                    places.push((organization, id));
                    id
                }
            };
            let serves = serves.and_then(|leader| cast.iter().find(|(login, _)| *login == leader)).map(|(_, id)| *id);
            let login_there = format!("{prefix}{login}");
            let new = NewPerson {
                name: format!("姓名{login_there}"),
                post: "职员".to_owned(),
                email: format!("{login_there}@example.cn"),
                mobile: "13800138000".to_owned(),
                password_hash: Some(hash.clone()),
                roles: held.iter().map(|role| NewRole { role: *role, organization: None, serves }).collect(),
                login: login_there.clone(),
                ..NewPerson::default()
            };
            let user = people::add(tx, By::Program, place, channel, new)?;
            put_token(tx, channel, user, &login_there, TokenKind::Api)?;
            cast.push((login, user));
            everybody.insert(login_there, user);
        }
        Ok((channel, everybody))
    })
    .unwrap()
}

/// A token whose secret a test knows without asking.
fn put_token(tx: &mut Tx<'_>, channel: ChannelId, user: UserId, name: &str, kind: TokenKind) -> Result<(), AppError> {
    let (id, hash, expires_at) =
        (tx.id::<TokenId>(), Sha256::digest(format!("token-{name}")).to_vec(), tx.now + chrono::Duration::days(3650));
    let key = TokenKey::load(&tx.settings.token_key_file()).unwrap().unwrap();
    let created_at = tx.now;
    let mac =
        key.mac(&TokenClaims { id: id.0, user: user.0, channel: channel.0, kind: kind.as_str(), hash: &hash, created_at, expires_at });
    let token = (
        tokens::id.eq(id),
        tokens::user_id.eq(user),
        tokens::channel_id.eq(channel),
        tokens::kind.eq(kind),
        tokens::name.eq("test"),
        tokens::hash.eq(hash),
        tokens::created_at.eq(created_at),
        tokens::expires_at.eq(expires_at),
        tokens::seen_at.eq(tx.now),
        tokens::mac.eq(mac),
    );
    diesel::insert_into(tokens::table).values(token).execute(tx.conn).map_err(StoreError::from)?;
    Ok(())
}
