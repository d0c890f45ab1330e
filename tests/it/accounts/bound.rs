//! A row of `tokens` that was put in or changed by hand is as no row; the key that binds them is never replaced silently.

use diesel::connection::SimpleConnection;
use reqwest::{Method, StatusCode};
use serde_json::json;
use sha2::{Digest, Sha256};
use zhitongche::config::Secret;
use zhitongche::domain::notice::Letter;
use zhitongche::server::database;
use zhitongche::server::secrets::see_to_token_key;
use zhitongche::store::migrate;

use crate::support::cast::{Cast, PASSWORD};
use crate::support::database::{Engine, TestDatabase};
use crate::support::program::Program;

crate::both_databases!(
    a_row_put_in_by_hand_opens_nothing,
    a_row_changed_by_hand_opens_nothing,
    a_one_time_link_made_by_hand_opens_nothing,
    a_password_put_in_by_hand_opens_nothing,
    rows_from_before_are_bound_once_with_the_key,
    without_its_key_nothing_starts_until_it_is_put_back_or_renewed,
    a_second_node_without_the_key_is_refused,
);

async fn status(cast: &Cast, secret: &str) -> u16 {
    cast.app.get(secret, "/api/v1/session").await.status.as_u16()
}

/// What a page says to whoever comes with this cookie: 200, or the way to the sign-in.
async fn page_status(cast: &Cast, secret: &str) -> u16 {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let cookie = format!("ztc-session={secret}");
    client.get(cast.app.url("/account/tokens")).header("cookie", cookie).send().await.unwrap().status().as_u16()
}

/// The bytes of a hash as this database writes them.
fn blob(engine: Engine, bytes: &[u8]) -> String {
    match engine {
        Engine::Sqlite => format!("X'{}'", hex::encode(bytes)),
        Engine::Postgres => format!("'\\x{}'::bytea", hex::encode(bytes)),
    }
}

fn by_hand(cast: &Cast, statement: &str) {
    let done = cast.app.db().connect().unwrap().batch_execute(statement);
    done.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// A copy of the author's row for the signer, with a secret of one's own.
fn forged(engine: Engine, kind: &str, secret: &str) -> String {
    let hash = blob(engine, &Sha256::digest(secret));
    let id = blob(engine, &Sha256::digest("an id")[..16]);
    let id = if engine == Engine::Postgres { format!("encode({id}, 'hex')::uuid") } else { id };
    format!(
        "INSERT INTO tokens (id, user_id, channel_id, kind, name, hash, created_at, expires_at, seen_at, mac) \
         SELECT {id}, u.id, u.channel_id, '{kind}', '', {hash}, t.created_at, t.expires_at, t.seen_at, t.mac \
         FROM users u, tokens t, users a WHERE u.login = 'signer' AND a.login = 'author' AND t.user_id = a.id AND t.kind = 'api'"
    )
}

async fn a_row_put_in_by_hand_opens_nothing(engine: Engine) {
    let cast = Cast::new(engine).await;
    for kind in ["api", "session"] {
        by_hand(&cast, &forged(engine, kind, "mine"));
        assert_eq!((status(&cast, "mine").await, page_status(&cast, "mine").await), (401, 303), "{kind}");
        by_hand(&cast, &format!("DELETE FROM tokens WHERE hash = {}", blob(engine, &Sha256::digest("mine"))));
    }
    assert_eq!(status(&cast, "token-signer").await, 200);
}

async fn a_row_changed_by_hand_opens_nothing(engine: Engine) {
    let cast = Cast::new(engine).await;
    let made = cast.post("author", "/tokens", json!({ "name": "程序", "expires_in_days": 2 })).await;
    let secret = made.body["token"].as_str().unwrap().to_owned();
    assert_eq!((status(&cast, &secret).await, page_status(&cast, &secret).await), (200, 200));
    let row = format!("WHERE hash = {}", blob(engine, &Sha256::digest(&secret)));
    let later = if engine == Engine::Sqlite { "expires_at + 1000000" } else { "expires_at + interval '1 second'" };
    let earlier = if engine == Engine::Sqlite { "expires_at - 1000000" } else { "expires_at - interval '1 second'" };
    let whose = |login: &str| format!("user_id = (SELECT id FROM users WHERE login = '{login}')");
    let changes = [
        (whose("signer"), whose("author")),
        ("kind = 'session'".to_owned(), "kind = 'api'".to_owned()),
        (format!("expires_at = {later}"), format!("expires_at = {earlier}")),
    ];
    for (change, back) in changes {
        by_hand(&cast, &format!("UPDATE tokens SET {change} {row}"));
        assert_eq!((status(&cast, &secret).await, page_status(&cast, &secret).await), (401, 303), "{change}");
        by_hand(&cast, &format!("UPDATE tokens SET {back} {row}"));
        assert_eq!(status(&cast, &secret).await, 200, "{back}");
    }
    // Nor does a revoked one come back.
    let id = made.body["id"].as_str().unwrap();
    let gone = cast.app.send(cast.request(Method::DELETE, "author", &format!("/tokens/{id}"))).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    by_hand(&cast, &format!("UPDATE tokens SET revoked_at = NULL {row}"));
    assert_eq!(status(&cast, &secret).await, 401, "revoked");
}

async fn a_one_time_link_made_by_hand_opens_nothing(engine: Engine) {
    let cast = Cast::new(engine).await;
    let redeem = async |link: &str| {
        let body = json!({ "link": link, "password": "a much better sentence" });
        cast.post("", "/one-time-links", body).await.status
    };
    by_hand(&cast, &forged(engine, "link", "mine"));
    assert_eq!(redeem("mine").await, StatusCode::UNAUTHORIZED);
    cast.post("", "/password-resets", json!({ "login": "author" })).await;
    let letter = &cast.letters(cast.id("author"), Letter::PasswordReset)[0];
    let link = letter["path"].as_str().unwrap().strip_prefix("/one-time/").unwrap().to_owned();
    by_hand(&cast, "UPDATE tokens SET user_id = (SELECT id FROM users WHERE login = 'signer') WHERE kind = 'link'");
    assert_eq!(redeem(&link).await, StatusCode::UNAUTHORIZED, "the author's link does not set the signer's password");
    by_hand(&cast, "UPDATE tokens SET user_id = (SELECT id FROM users WHERE login = 'author') WHERE kind = 'link' AND mac IS NOT NULL");
    assert_eq!(redeem(&link).await, StatusCode::NO_CONTENT);
}

async fn a_password_put_in_by_hand_opens_nothing(engine: Engine) {
    let cast = Cast::new(engine).await;
    let sign_in = async |login: &str| cast.post("", "/session", json!({ "login": login, "password": PASSWORD })).await.status;
    assert_eq!(sign_in("signer").await, StatusCode::CREATED);
    let another = cast.app.desk.passwords.hash(Secret::new("a sentence of my own")).await.unwrap();
    let of = |login: &str| format!("(SELECT id FROM accounts WHERE login = '{login}')");
    let own = |column: &str| format!("(SELECT {column} FROM identities WHERE account_id = {})", of("author"));
    let signer = format!("WHERE account_id = {}", of("signer"));
    by_hand(&cast, &format!("UPDATE identities SET secret = '{another}' {signer}"));
    let mine = json!({ "login": "signer", "password": "a sentence of my own" });
    assert_eq!(cast.post("", "/session", mine).await.status, StatusCode::UNAUTHORIZED);
    by_hand(&cast, &format!("UPDATE identities SET secret = {}, mac = {} {signer}", own("secret"), own("mac")));
    assert_eq!(sign_in("signer").await, StatusCode::UNAUTHORIZED, "the author's hash with its code is not the signer's");
    assert_eq!(sign_in("author").await, StatusCode::CREATED);
}

async fn rows_from_before_are_bound_once_with_the_key(engine: Engine) {
    let cast = Cast::new(engine).await;
    let mut conn = cast.app.db().connect().unwrap();
    let first = [migrate::CODES.to_owned()];
    // As an upgrade finds it: rows without codes, and no key.
    std::fs::remove_file(cast.app.settings.token_key_file()).unwrap();
    conn.batch_execute("DELETE FROM secrets; UPDATE tokens SET mac = NULL; UPDATE identities SET mac = NULL").unwrap();
    see_to_token_key(&mut conn, &cast.app.settings, &first).unwrap();
    let upgraded = database::app(&cast.app.settings, &cast.app.clock).unwrap();
    let known = |secret: &'static str| upgraded.read_now(|tx| zhitongche::app::sign_in::authenticate(tx, secret)).is_ok();
    assert!(known("token-author") && known("token-signer"));
    // Whoever has the database alone can have the migration run again, and is no further: the key is there.
    conn.batch_execute("DELETE FROM secrets; UPDATE tokens SET mac = NULL").unwrap();
    see_to_token_key(&mut conn, &cast.app.settings, &first).unwrap();
    assert!(!known("token-author"));
}

async fn without_its_key_nothing_starts_until_it_is_put_back_or_renewed(engine: Engine) {
    let cast = Cast::new(engine).await;
    let (settings, clock) = (&cast.app.settings, &cast.app.clock);
    let (file, aside) = (settings.token_key_file(), settings.secrets_dir().join("aside"));
    std::fs::rename(&file, &aside).unwrap();
    let refused = database::app(settings, clock).err().unwrap().to_string();
    assert!(refused.contains("tokens.key is missing") && refused.contains("renew-key"), "{refused}");
    assert!(!file.exists(), "no other key was made");
    std::fs::write(&file, format!("{}\n", "ab".repeat(32))).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let refused = database::app(settings, clock).err().unwrap().to_string();
    assert!(refused.contains("holds another key"), "{refused}");
    std::fs::rename(&aside, &file).unwrap();
    assert!(database::app(settings, clock).is_ok());

    std::fs::remove_file(&file).unwrap();
    let program = Program::new(cast.app.settings.server.data_dir.as_path())
        .with("DATABASE__URL", settings.database_url())
        .with("SERVER__DATA_DIR", settings.server.data_dir.display().to_string());
    let renewed = program.run(&["token", "renew-key"]);
    assert_eq!(renewed.code, 0, "{}", renewed.complains);
    assert!(renewed.says.contains("have ended"), "{}", renewed.says);
    let desk = database::app(settings, clock).unwrap();
    assert!(desk.read_now(|tx| zhitongche::app::sign_in::authenticate(tx, "token-author")).is_err());
}

async fn a_second_node_without_the_key_is_refused(engine: Engine) {
    let cast = Cast::new(engine).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let mut settings = cast.app.settings.clone();
    settings.server.data_dir = elsewhere.path().to_owned();
    let refused = database::app(&settings, &cast.app.clock).err().unwrap().to_string();
    assert!(refused.contains("copy it from another node"), "{refused}");
    // On a new database both may try; one key is made.
    let (database, other) = (TestDatabase::with_schema(engine), tempfile::tempdir().unwrap());
    let mut second = database.settings();
    second.server.data_dir = other.path().to_owned();
    drop(database.open());
    assert!(database::open(&second).is_err());
}
