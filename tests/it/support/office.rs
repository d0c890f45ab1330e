//! A county's office for a test: a running server, a channel with organisations and a person for every role, each with a token;
//! and a second channel, of which nothing may ever be seen in the first.

use std::collections::BTreeMap;

use diesel::prelude::*;
use reqwest::Method;
use serde_json::Value;
use zhitongche::config::{Secret, Settings};
use zhitongche::desk::accounts::people::NewPerson;
use zhitongche::desk::accounts::roles::NewRole;
use zhitongche::desk::accounts::{By, channels, organizations, people, tokens};
use zhitongche::desk::{Desk, DeskError, Tx};
use zhitongche::domain::ids::{AnyId, ChannelId, OrganizationId, UserId};
use zhitongche::domain::notice::Letter;
use zhitongche::domain::permission::Actor;
use zhitongche::domain::words::{OrganizationKind, Role};
use zhitongche::store::StoreError;
use zhitongche::store::schema::{ledger_entries, letters};

use super::app::{Answer, App};
use super::database::Engine;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "云溪-correct-horse";

/// Sign-in name, name, organisation, role. A secretary serves `leader`.
const CAST: [(&str, &str, &str, Role); 17] = [
    ("author", "李明", "民盟云溪县委", Role::Submitter),
    ("coauthor", "王芳", "民盟云溪县委", Role::Submitter),
    ("other_author", "赵强", "九三学社云溪县委", Role::Submitter),
    ("screener", "周敏", "民盟云溪县委", Role::Screener),
    ("other_screener", "吴刚", "九三学社云溪县委", Role::Screener),
    ("reviewer", "郑洁", "云溪县委统战部", Role::Reviewer),
    ("reviewer2", "冯涛", "云溪县委统战部", Role::Reviewer),
    ("signer", "陈立", "云溪县委统战部", Role::Signer),
    ("dispatcher", "蒋华", "云溪县委统战部", Role::Dispatcher),
    ("leader", "沈远", "云溪县委", Role::Leader),
    ("leader2", "韩冰", "云溪县委", Role::Leader),
    ("secretary", "杨帆", "云溪县委", Role::Secretary),
    ("handler", "朱琳", "云溪县住建局", Role::Handler),
    ("other_handler", "秦岭", "云溪县教育局", Role::Handler),
    ("auditor", "许正", "云溪县委统战部", Role::Auditor),
    ("security_admin", "何安", "云溪县委统战部", Role::SecurityAdmin),
    ("system_admin", "吕新", "云溪县委统战部", Role::SystemAdmin),
];

const ORGANIZATIONS: [(&str, OrganizationKind); 6] = [
    ("民盟云溪县委", OrganizationKind::Party),
    ("九三学社云溪县委", OrganizationKind::Party),
    ("云溪县委统战部", OrganizationKind::UnitedFront),
    ("云溪县委", OrganizationKind::Leadership),
    ("云溪县住建局", OrganizationKind::Department),
    ("云溪县教育局", OrganizationKind::Department),
];

/// A person of the cast.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) token: String,
}

/// The office.
pub(crate) struct Office {
    /// The server.
    pub(crate) app: App,
    /// The first channel.
    pub(crate) channel: ChannelId,
    people: BTreeMap<String, Person>,
    organizations: BTreeMap<String, OrganizationId>,
}

impl Office {
    /// Starts one with the defaults.
    pub(crate) async fn new(engine: Engine) -> Self {
        Self::new_with(engine, |_| {}).await
    }

    /// Starts one with other settings.
    pub(crate) async fn new_with(engine: Engine, change: impl FnOnce(&mut Settings)) -> Self {
        let app = App::start_with(engine, |settings| {
            // A test's clock stands still, so that a minute has no end.
            settings.limits.requests_per_minute_account = 0;
            settings.limits.requests_per_minute_address = 0;
            change(settings);
        })
        .await;
        let hash = app.desk.passwords.hash_now(&Secret::new(PASSWORD)).unwrap();
        let near = hash.clone();
        let (channel, mut people, mut organizations) = app.desk.write_now("test", move |tx| found(tx, "yunxi", "", &near)).unwrap();
        let (_, far, far_organizations) = app.desk.write_now("test", move |tx| found(tx, "far", "far_", &hash)).unwrap();
        people.extend(far);
        organizations.extend(far_organizations);
        Self { app, channel, people, organizations }
    }

    /// The use cases, to be asked directly.
    pub(crate) fn desk(&self) -> &Desk {
        &self.app.desk
    }

    /// A person of the cast.
    pub(crate) fn person(&self, login: &str) -> &Person {
        self.people.get(login).unwrap_or_else(|| panic!("nobody is called {login}"))
    }

    /// His id.
    pub(crate) fn id(&self, login: &str) -> UserId {
        self.person(login).id
    }

    /// His token.
    pub(crate) fn token(&self, login: &str) -> &str {
        &self.person(login).token
    }

    /// Everybody's sign-in name.
    pub(crate) fn everybody(&self) -> impl Iterator<Item = &str> {
        self.people.keys().map(String::as_str)
    }

    /// An organisation, by its name; those of the other channel begin with `far_`.
    pub(crate) fn organization(&self, name: &str) -> OrganizationId {
        self.organizations[name]
    }

    /// A person as the rules see him now.
    pub(crate) fn actor(&self, login: &str) -> Actor {
        let token = self.token(login).to_owned();
        self.desk().read_now(|tx| zhitongche::desk::sign_in::recognize(tx, &token)).unwrap().actor
    }

    /// A request by a person (`""` for a stranger) to a path below `/api/v1`; send it with [`App::send`].
    pub(crate) fn request(&self, method: Method, who: &str, path: &str) -> reqwest::RequestBuilder {
        let token = if who.is_empty() { "" } else { self.token(who) };
        self.app.request(method, &format!("/api/v1{path}"), token)
    }

    /// What the ledger says of one thing, oldest first: each entry as it was written.
    pub(crate) fn entries(&self, chain: impl Into<AnyId>) -> Vec<Value> {
        let chain: AnyId = chain.into();
        let rows: Vec<Vec<u8>> = self
            .desk()
            .db
            .read_now::<_, StoreError>(|conn| {
                let rows = ledger_entries::table.filter(ledger_entries::chain_id.eq(chain)).order(ledger_entries::at);
                Ok(rows.select(ledger_entries::bytes).load(conn)?)
            })
            .unwrap();
        rows.iter().map(|bytes| serde_json::from_slice(bytes).unwrap()).collect()
    }

    /// The acts that the ledger names of one thing, oldest first.
    pub(crate) fn acts(&self, chain: impl Into<AnyId>) -> Vec<String> {
        self.entries(chain).iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
    }

    /// The facts of the letters of one kind to one person, oldest first.
    pub(crate) fn letters(&self, to: UserId, kind: Letter) -> Vec<Value> {
        let rows: Vec<String> = self
            .desk()
            .db
            .read_now::<_, StoreError>(|conn| {
                let rows = letters::table.filter(letters::recipient_id.eq(to)).filter(letters::kind.eq(kind));
                Ok(rows.order(letters::id).select(letters::args).load(conn)?)
            })
            .unwrap();
        rows.iter().map(|args| serde_json::from_str(args).unwrap()).collect()
    }

    /// GET.
    pub(crate) async fn get(&self, who: &str, path: &str) -> Answer {
        self.app.send(self.request(Method::GET, who, path)).await
    }

    /// POST of a fact: no version is sent.
    pub(crate) async fn post(&self, who: &str, path: &str, body: Value) -> Answer {
        self.app.send(self.request(Method::POST, who, path).json(&body)).await
    }

    /// POST, PUT, PATCH or DELETE by who saw this version.
    pub(crate) async fn act(&self, method: Method, who: &str, path: &str, version: i64, body: Value) -> Answer {
        let request = self.request(method, who, path).header("if-match", format!("\"{version}\""));
        self.app.send(request.json(&body)).await
    }
}

type Founded = (ChannelId, BTreeMap<String, Person>, BTreeMap<String, OrganizationId>);

/// Founds a channel with everybody in it.
fn found(tx: &mut Tx<'_>, code: &str, prefix: &str, hash: &str) -> Result<Founded, DeskError> {
    let channel = channels::add(tx, code, "云溪县建言献策直通车")?;
    let mut bodies = BTreeMap::new();
    for (name, kind) in ORGANIZATIONS {
        let screening = kind == OrganizationKind::Party;
        bodies.insert(format!("{prefix}{name}"), organizations::add(tx, By::Program, channel, name, kind, screening)?);
    }
    let mut cast = BTreeMap::new();
    for (login, name, body, role) in CAST {
        let login = format!("{prefix}{login}");
        let leader = cast.get(&format!("{prefix}leader")).map(|leader: &Person| leader.id);
        let new = NewPerson {
            login: login.clone(),
            name: name.to_owned(),
            email: format!("{login}@example.org"),
            mobile: "13800138000".to_owned(),
            password_hash: Some(hash.to_owned()),
            roles: vec![NewRole { role, organization: None, serves: leader.filter(|_| role == Role::Secretary) }],
            ..NewPerson::default()
        };
        let id = people::add(tx, By::Program, bodies[&format!("{prefix}{body}")], channel, new)?;
        let token = tokens::issue(tx, By::Program, id, "test", None)?.secret;
        cast.insert(login, Person { id, token });
    }
    Ok((channel, cast, bodies))
}
