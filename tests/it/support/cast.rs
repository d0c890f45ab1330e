//! A channel with its people, put straight into the database, and a token for each of them: `token-LOGIN`.

use diesel::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zhitongche::config::Settings;
use zhitongche::desk::proof::{compare, verify};
use zhitongche::documents::ledger_key::LedgerKey;
use zhitongche::documents::vault::Vault;
use zhitongche::domain::clock::Moment;
use zhitongche::domain::ids::{ChannelId, GrantId, OrganizationId, TokenId, UserId};
use zhitongche::domain::lang::Lang;
use zhitongche::domain::notice::Letter;
use zhitongche::domain::words::{OrganizationKind, Role};
use zhitongche::store::schema::{channels, grants, letters, organizations, tokens, users};
use zhitongche::store::types::TokenKind;
use zhitongche::store::{AnyConn, StoreError};

use super::app::{Answer, App};
use super::database::Engine;

/// A person and the organisation he belongs to, and what he is there; a secretary names the leader.
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

/// An application with its people.
pub(crate) struct Cast {
    pub(crate) app: App,
    pub(crate) channel: ChannelId,
}

impl Cast {
    /// The usual one; the undo window is off, so that everything is announced at once.
    pub(crate) async fn new(engine: Engine) -> Self {
        Self::with_undo(engine, 0).await
    }

    /// With an undo window of so many minutes.
    pub(crate) async fn with_undo(engine: Engine, minutes: i64) -> Self {
        Self::with(engine, |settings| settings.undo.minutes = minutes).await
    }

    /// With other settings than the usual ones; the undo window is off unless they say otherwise.
    pub(crate) async fn with(engine: Engine, change: impl FnOnce(&mut Settings)) -> Self {
        let usual = |settings: &mut Settings| {
            settings.undo.minutes = 0;
            change(settings);
        };
        let app = App::start_with(engine, usual).await;
        let now = app.clock.now();
        let channel: ChannelId = app.clock.id();
        let ids = app.clock.clone();
        let write = move |conn: &mut AnyConn| put(conn, channel, "chengjiang", now, &ids);
        app.db().write(write).await.unwrap();
        Self { app, channel }
    }

    /// A second channel with the same people, whose logins begin with `other-`.
    pub(crate) async fn other_channel(&self) -> ChannelId {
        let (now, ids) = (self.app.clock.now(), self.app.clock.clone());
        let channel: ChannelId = ids.id();
        self.app.db().write(move |conn: &mut AnyConn| put(conn, channel, "other", now, &ids)).await.unwrap();
        channel
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
            let row = organizations::table.filter(organizations::name.eq(name)).filter(organizations::channel_id.eq(channel));
            row.select(organizations::id).first(conn).map_err(StoreError::from)
        };
        self.app.db().read(find).await.unwrap()
    }

    /// GET `/api/v1{path}` as this person.
    pub(crate) async fn get(&self, login: &str, path: &str) -> Answer {
        self.app.get(&format!("token-{login}"), &format!("/api/v1{path}")).await
    }

    /// POST, PUT, PATCH or DELETE `/api/v1{path}` as this person, `If-Match` with the version that he sees now if `seen` is given.
    pub(crate) async fn send(&self, method: &str, login: &str, path: &str, seen: Option<i64>, body: Value) -> Answer {
        let mut request = self.app.request(method.parse().unwrap(), &format!("/api/v1{path}"), &format!("token-{login}"));
        if let Some(version) = seen {
            request = request.header("If-Match", format!("\"{version}\""));
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        self.app.send(request).await
    }

    /// An act of this person on a manuscript, with the version that he sees; it must succeed.
    pub(crate) async fn act(&self, login: &str, id: &str, act: &str, body: Value) -> Value {
        let seen = self.get(login, &format!("/manuscripts/{id}")).await.body["version"].as_i64();
        let answer = self.send("POST", login, &format!("/manuscripts/{id}/{act}"), seen, body).await;
        assert!(answer.status.is_success(), "{login} {act}: {} {}", answer.status, answer.body);
        answer.body
    }

    /// A manuscript of this person, handed in; its id.
    pub(crate) async fn submitted_by(&self, login: &str) -> String {
        let answer = self.send("POST", login, "/manuscripts", None, complete()).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["id"].as_str().unwrap().to_owned()
    }

    /// A manuscript by `author` that has been signed for use; its id.
    pub(crate) async fn accepted(&self) -> String {
        let id = self.submitted_by("author").await;
        self.act("reviewer", &id, "review", json!({"decision": "recommend", "opinion": "拟采用。"})).await;
        self.act("signer", &id, "signature", json!({"decision": "sign"})).await;
        id
    }

    /// Gives a person of the first channel one more role.
    pub(crate) async fn grant(&self, login: &str, role: Role, serves: Option<UserId>) {
        let (user, channel, ids) = (self.user(login).await, self.channel, self.app.clock.clone());
        let write = move |conn: &mut AnyConn| -> Result<usize, StoreError> {
            let place: OrganizationId = users::table.filter(users::id.eq(user)).select(users::organization_id).first(conn)?;
            let grant = (
                grants::id.eq(ids.id::<GrantId>()),
                grants::user_id.eq(user),
                grants::channel_id.eq(channel),
                grants::organization_id.eq(place),
                grants::role.eq(role),
                grants::serves_id.eq(serves),
                grants::granted_at.eq(ids.now()),
            );
            Ok(diesel::insert_into(grants::table).values(grant).execute(conn)?)
        };
        self.app.db().write(write).await.unwrap();
    }

    /// Who has got letters of this kind, a name for each letter, in the order of the alphabet.
    pub(crate) async fn told(&self, letter: &str) -> Vec<String> {
        let kind: Letter = letter.parse().unwrap();
        let read = move |conn: &mut AnyConn| -> Result<Vec<String>, StoreError> {
            let rows = letters::table.inner_join(users::table.on(users::id.eq(letters::recipient_id))).filter(letters::kind.eq(kind));
            Ok(rows.order(users::login).select(users::login).load(conn)?)
        };
        self.app.db().read(read).await.unwrap()
    }

    /// Uploads a file as a browser does.
    pub(crate) async fn upload(&self, login: &str, path: &str, name: &str, content: &[u8]) -> Answer {
        self.upload_once(login, path, name, content, "").await
    }

    /// The same under an `Idempotency-Key`, unless that is empty.
    pub(crate) async fn upload_once(&self, login: &str, path: &str, name: &str, content: &[u8], key: &str) -> Answer {
        let name = name.replace('\\', "\\\\").replace('"', "%22");
        let mut body = format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let mut request = self.app.request("POST".parse().unwrap(), &format!("/api/v1{path}"), &format!("token-{login}"));
        if !key.is_empty() {
            request = request.header("Idempotency-Key", key);
        }
        self.app.send(request.header("Content-Type", "multipart/form-data; boundary=edge").body(body)).await
    }

    /// The stage that this person reads.
    pub(crate) async fn stage(&self, login: &str, id: &str) -> String {
        self.get(login, &format!("/manuscripts/{id}")).await.body["stage"].as_str().unwrap_or("not found").to_owned()
    }
}

/// Whatever a test did by the API alone, the ledger holds and agrees with every table at its end.
impl Drop for Cast {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(findings(&self.app), Vec::<String>::new(), "what `ledger verify` finds after this test");
        }
    }
}

/// What `ledger verify` finds in this application's database.
pub(crate) fn findings(app: &App) -> Vec<String> {
    let (key, _) = LedgerKey::load_or_make(&app.settings.ledger_key_file(), &app.settings.ledger_origin()).unwrap();
    let mut conn = app.db().connect().unwrap();
    let mut reports = verify::verify(&mut conn, &key.verifier(), &[], &mut |_| ()).unwrap();
    for report in &mut reports {
        compare::compare(&mut conn, report, &Vault::new(app.settings.attachments_dir())).unwrap();
    }
    reports.iter().flat_map(|report| &report.findings).map(ToString::to_string).collect()
}

/// A complete form that is handed in at once.
pub(crate) fn complete() -> Value {
    json!({
        "title": "关于缓解实验小学周边停车难的建议",
        "category": "社会建设",
        "situation": "每天上下学时段，实验小学门前三百米道路两侧停满车辆，学生只能在车流中穿行。",
        "causes": "周边没有公共停车场。",
        "suggestions": ["由县住建局在学校东侧空地建设临时停车场。", "由县教育局组织错时放学。"],
        "keywords": ["停车", "学校"],
        "declarations": {"may_publish": true, "may_quote_name": true, "classification": "none"},
        "submit": true
    })
}

/// Puts the channel and its people into a database.
pub(crate) fn put(
    conn: &mut AnyConn,
    channel: ChannelId,
    code: &str,
    now: Moment,
    ids: &zhitongche::domain::clock::Clock,
) -> Result<(), StoreError> {
    let row = (channels::id.eq(channel), channels::code.eq(code), channels::name.eq(format!("{code} 直通车")));
    let row = (row, channels::settings.eq("{}"), channels::version.eq(1_i64), channels::created_at.eq(now));
    diesel::insert_into(channels::table).values(row).execute(conn)?;
    let prefix = if code == "chengjiang" { "" } else { "other-" };
    let mut organizations: Vec<(&str, OrganizationId)> = Vec::new();
    let mut people: Vec<(&str, UserId)> = Vec::new();
    for (login, organization, roles, serves) in PARTS {
        let place = match organizations.iter().find(|(name, _)| name == organization) {
            Some((_, id)) => *id,
            None => {
                let id = put_organization(conn, channel, organization, now, ids)?;
                organizations.push((organization, id));
                id
            }
        };
        let user = put_person(conn, channel, place, &format!("{prefix}{login}"), now, ids)?;
        people.push((login, user));
        let serves = serves.and_then(|leader| people.iter().find(|(login, _)| *login == leader)).map(|(_, id)| *id);
        for role in *roles {
            let grant = (
                grants::id.eq(ids.id::<GrantId>()),
                grants::user_id.eq(user),
                grants::channel_id.eq(channel),
                grants::organization_id.eq(place),
                grants::role.eq(*role),
                grants::serves_id.eq(serves),
                grants::granted_at.eq(now),
            );
            diesel::insert_into(grants::table).values(grant).execute(conn)?;
        }
    }
    Ok(())
}

fn put_organization(
    conn: &mut AnyConn,
    channel: ChannelId,
    name: &str,
    now: Moment,
    ids: &zhitongche::domain::clock::Clock,
) -> Result<OrganizationId, StoreError> {
    let id: OrganizationId = ids.id();
    let row = (
        organizations::id.eq(id),
        organizations::channel_id.eq(channel),
        organizations::name.eq(name),
        organizations::kind.eq(OrganizationKind::Other),
        organizations::screening.eq(name.starts_with("民盟")),
        organizations::version.eq(1_i64),
        organizations::created_at.eq(now),
    );
    diesel::insert_into(organizations::table).values(row).execute(conn)?;
    Ok(id)
}

fn put_person(
    conn: &mut AnyConn,
    channel: ChannelId,
    organization: OrganizationId,
    login: &str,
    now: Moment,
    ids: &zhitongche::domain::clock::Clock,
) -> Result<UserId, StoreError> {
    let id: UserId = ids.id();
    let row = (
        users::id.eq(id),
        users::channel_id.eq(channel),
        users::organization_id.eq(organization),
        users::login.eq(login),
        users::name.eq(format!("姓名{login}")),
        users::post.eq("职员"),
        users::email.eq(format!("{login}@example.cn")),
        users::mobile.eq(""),
        users::language.eq(Lang::Zh),
        users::salt.eq(vec![7_u8; 32]),
        users::version.eq(1_i64),
        users::created_at.eq(now),
    );
    diesel::insert_into(users::table).values(row).execute(conn)?;
    let token = (
        tokens::id.eq(ids.id::<TokenId>()),
        tokens::user_id.eq(id),
        tokens::channel_id.eq(channel),
        tokens::kind.eq(TokenKind::Api),
        tokens::name.eq("test"),
        tokens::hash.eq(Sha256::digest(format!("token-{login}")).to_vec()),
        tokens::created_at.eq(now),
        tokens::expires_at.eq(now + chrono::Duration::days(3650)),
        tokens::seen_at.eq(now),
    );
    diesel::insert_into(tokens::table).values(token).execute(conn)?;
    Ok(id)
}
