//! What a test sees of the world afterwards: stages, letters, entries, and whether the ledger agrees with every table.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use diesel::prelude::*;
use serde_json::Value;
use zhitongche::app::ledger::{compare, verify};
use zhitongche::documents::ledger_key::LedgerKey;
use zhitongche::documents::vault::Vault;
use zhitongche::domain::ids::{AnyId, ChannelId, UserId};
use zhitongche::domain::notice::Letter;
use zhitongche::store::schema::{ledger_entries, letters, users};
use zhitongche::store::{AnyConn, StoreError};

use super::super::app::TestServer;
use super::Cast;

impl Cast {
    /// Who has got letters of this kind, a name for each letter, in the order of the alphabet.
    pub(crate) async fn told(&self, letter: &str) -> Vec<String> {
        let kind: Letter = letter.parse().unwrap();
        let read = move |conn: &mut AnyConn| -> Result<Vec<String>, StoreError> {
            let rows = letters::table.inner_join(users::table.on(users::id.eq(letters::recipient_id))).filter(letters::kind.eq(kind));
            Ok(rows.order(users::login).select(users::login).load(conn)?)
        };
        self.app.db().read(read).await.unwrap()
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

    /// The acts that the ledger names, in any order.
    pub(crate) fn acts_of_all(&self) -> Vec<String> {
        let load = |conn: &mut AnyConn| Ok::<_, StoreError>(ledger_entries::table.select(ledger_entries::bytes).load::<Vec<u8>>(conn)?);
        let rows = self.desk().db.read_now(load).unwrap();
        let act = |bytes: &Vec<u8>| serde_json::from_slice::<Value>(bytes).unwrap()["action"].as_str().unwrap().to_owned();
        rows.iter().map(act).collect()
    }

    /// The chains in a channel's ledger that are about things of this kind.
    pub(crate) fn chains(&self, kind: &str, channel: ChannelId) -> BTreeSet<uuid::Uuid> {
        let rows: Vec<(AnyId, Vec<u8>)> = self
            .desk()
            .db
            .read_now::<_, StoreError>(|conn| {
                let rows = ledger_entries::table.filter(ledger_entries::channel_id.eq(channel));
                Ok(rows.select((ledger_entries::chain_id, ledger_entries::bytes)).load(conn)?)
            })
            .unwrap();
        let is_of_kind = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap()["object"]["kind"] == kind;
        rows.into_iter().filter(|(_, bytes)| is_of_kind(bytes)).map(|(chain, _)| chain.0).collect()
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

    /// The stage that this person reads.
    pub(crate) async fn stage(&self, login: &str, id: &str) -> String {
        self.get(login, &format!("/manuscripts/{id}")).await.body["stage"].as_str().unwrap_or("not found").to_owned()
    }
}

impl Cast {
    /// Says that this test writes by hand what the ledger must not agree with at its end.
    pub(crate) fn tampers(&self) {
        self.tampered.store(true, Ordering::SeqCst);
    }
}

/// Whatever a test did by the API alone, the ledger holds and agrees with every table at its end.
impl Drop for Cast {
    fn drop(&mut self) {
        if !std::thread::panicking() && !self.tampered.load(Ordering::SeqCst) {
            assert_eq!(findings(&self.app), Vec::<String>::new(), "what `ledger verify` finds after this test");
            assert_eq!(without_words(&self.app), Vec::<String>::new(), "acts that auditors would read as they are written");
        }
    }
}

/// What `ledger verify` finds in this application's database.
pub(crate) fn findings(app: &TestServer) -> Vec<String> {
    let (key, _) = LedgerKey::load_or_make(&app.settings.ledger_key_file(), &app.settings.ledger_origin()).unwrap();
    let mut conn = app.db().connect().unwrap();
    let mut reports = match verify::verify(&mut conn, &key.verifier(), &[], &mut |_| ()) {
        Ok(reports) => reports,
        // What can't be read at all is told by the command as an error that names the column.
        Err(error) => return vec![error.to_string()],
    };
    for report in &mut reports {
        compare::compare(&mut conn, report, &Vault::new(app.settings.attachments_dir())).unwrap();
    }
    compare::compare_shared(&mut conn, &mut reports).unwrap();
    reports.iter().flat_map(|report| &report.findings).map(ToString::to_string).collect()
}

/// The acts in this application's ledger that the page of the ledger has no words for.
fn without_words(app: &TestServer) -> Vec<String> {
    let load = |conn: &mut AnyConn| Ok::<_, StoreError>(ledger_entries::table.select(ledger_entries::bytes).load::<Vec<u8>>(conn)?);
    let rows = app.db().read_now(load).unwrap();
    let acts: BTreeSet<String> = rows
        .iter()
        .map(|bytes| {
            let entry: Value = serde_json::from_slice(bytes).unwrap();
            let (kind, action) = (entry["object"]["kind"].as_str().unwrap().to_owned(), entry["action"].as_str().unwrap().to_owned());
            if kind == "bulletin" { format!("bulletin-action-{action}") } else { format!("did-{kind}-{action}") }
        })
        .collect();
    acts.into_iter().filter(|key| !zhitongche::text::has(key)).collect()
}
