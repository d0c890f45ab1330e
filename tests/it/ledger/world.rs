//! A database with one channel and a few chains of entries, and the hands of its administrator.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::Duration;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use uuid::Uuid;
use zhitongche::app::ledger::{compare, strays, verify};
use zhitongche::config::Settings;
use zhitongche::documents::ledger_key::LedgerKey;
use zhitongche::documents::vault::Vault;
use zhitongche::domain::clock::{Clock, Moment};
use zhitongche::domain::ids::{ChannelId, EntryId};
use zhitongche::domain::ledger::{ALGORITHM, Anchor, Entry, FORMAT, Object, Verifier};
use zhitongche::jobs::seal::Sealer;
use zhitongche::store::ledger::reading::newest_checkpoint;
use zhitongche::store::ledger::{self, Appended};
use zhitongche::store::schema::channels;
use zhitongche::store::{Db, StoreError, proof};

use crate::support::database::{Engine, TestDatabase};

/// One installation with one channel.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) settings: Arc<Settings>,
    pub(crate) channel: ChannelId,
    pub(crate) database: TestDatabase,
    appended: AtomicUsize,
}

impl World {
    /// A migrated database with an empty channel.
    pub(crate) fn new(engine: Engine) -> Self {
        let database = TestDatabase::with_schema(engine);
        let settings = Settings::read(
            None,
            [
                ("ZHITONGCHE__DATABASE__URL".to_owned(), database.url.clone()),
                ("ZHITONGCHE__SERVER__DATA_DIR".to_owned(), database.dir.path().display().to_string()),
                ("ZHITONGCHE__LEDGER__ORIGIN".to_owned(), "qinghe.example".to_owned()),
            ],
        )
        .unwrap();
        let db = zhitongche::server::database::open(&settings).unwrap();
        let clock = Clock::at(Moment::from_micros(1_767_600_000_000_000));
        let world = Self { engine, db, channel: clock.id(), clock, settings: Arc::new(settings), database, appended: AtomicUsize::new(0) };
        world.add_channel(world.channel, "qinghe");
        world
    }

    /// Adds a channel by hand.
    pub(crate) fn add_channel(&self, id: ChannelId, code: &str) {
        let row = (
            channels::id.eq(id),
            channels::code.eq(code.to_owned()),
            channels::name.eq(code.to_owned()),
            channels::settings.eq("{}"),
            channels::version.eq(1_i64),
            channels::created_at.eq(self.clock.now()),
        );
        self.write(move |conn| Ok(diesel::insert_into(channels::table).values(row).execute(conn)?));
    }

    /// Runs a write and waits for it.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut zhitongche::store::AnyConn) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.db.write_now(f).unwrap()
    }

    /// An entry of this channel, now, as an act would make it.
    pub(crate) fn entry(&self, chain: Uuid, action: &str) -> Entry {
        Entry {
            format: FORMAT,
            alg: ALGORITHM.into(),
            id: self.clock.id::<EntryId>(),
            channel: self.channel,
            at: self.clock.now(),
            request: "test".into(),
            actor: None,
            person: None,
            grant: None,
            role: None,
            on_behalf_of: None,
            action: action.into(),
            object: Object { kind: "test".into(), id: chain },
            chain,
            version: None,
            from: None,
            to: None,
            digests: BTreeMap::new(),
            rows: BTreeMap::new(),
            previous: None,
            undoes: None,
            facts: serde_json::Value::Null,
        }
    }

    /// Appends `count` entries, a second apart, in turn on three chains; gives what was appended.
    pub(crate) fn append(&self, count: usize) -> Vec<Appended> {
        let chains: Vec<Uuid> = (1..=3).map(Uuid::from_u128).collect();
        let mut all = Vec::new();
        for _ in 0..count {
            self.clock.advance(Duration::seconds(1));
            let turn = self.appended.fetch_add(1, Ordering::SeqCst);
            let rows = if turn == 0 { self.channel_rows() } else { BTreeMap::new() };
            let entry = Entry { rows, ..self.entry(chains[turn % 3], "edit") };
            all.push(self.write(move |conn| ledger::append(conn, entry)));
        }
        all
    }

    /// The channel as an entry names it, since it was put in by hand.
    fn channel_rows(&self) -> BTreeMap<String, Option<String>> {
        let mut named = BTreeMap::new();
        let take = |_: &mut zhitongche::store::AnyConn, rows: Vec<proof::StoredRow>| {
            named.extend(rows.iter().flat_map(|row| row.parts(&proof::tables::CHANNELS)).map(|(name, digest)| (name, Some(digest))));
            Ok(())
        };
        proof::visit(&mut self.db.connect().unwrap(), &proof::tables::CHANNELS, None, take).unwrap();
        named
    }

    /// Gives positions to all that waits.
    pub(crate) fn seal(&self) -> usize {
        let channel = self.channel;
        self.write(move |conn| ledger::sealing::seal(conn, channel, 100_000))
    }

    /// Seals and signs all there is.
    pub(crate) async fn checkpoint(&self) {
        let sealer = Sealer::new(&self.settings, self.db.clone(), self.clock.clone()).unwrap();
        sealer.settle().await.unwrap();
    }

    /// The public key of this installation.
    pub(crate) fn verifier(&self) -> Verifier {
        LedgerKey::load(&self.settings.ledger_key_file(), "qinghe.example").unwrap().verifier()
    }

    /// The newest checkpoint, as an auditor keeps it elsewhere.
    pub(crate) fn anchor(&self) -> strays::NamedAnchor {
        let channel = self.channel;
        let newest = self.db.read_now(|conn| newest_checkpoint(conn, channel)).unwrap().unwrap();
        ("the anchor".to_owned(), Anchor::Checkpoint(newest.note))
    }

    /// What `ledger verify` finds.
    pub(crate) fn verify(&self, anchors: &[strays::NamedAnchor]) -> Vec<String> {
        let mut conn = self.db.connect().unwrap();
        let mut reports = verify::verify(&mut conn, &self.verifier(), anchors, &mut |_| ()).unwrap();
        for report in &mut reports {
            compare::compare(&mut conn, report, &Vault::new(self.settings.attachments_dir())).unwrap();
        }
        compare::compare_shared(&mut conn, &mut reports).unwrap();
        let found = reports.iter().flat_map(|report| &report.findings).map(ToString::to_string);
        // The channel itself was put in by hand.
        found.filter(|finding| !finding.starts_with("channels:")).collect()
    }

    /// A value of bytes as this database writes it.
    pub(crate) fn blob(&self, bytes: &[u8]) -> String {
        match self.engine {
            Engine::Sqlite => format!("X'{}'", hex::encode(bytes)),
            Engine::Postgres => format!("'\\x{}'::bytea", hex::encode(bytes)),
        }
    }

    /// An id as this database writes it.
    pub(crate) fn uuid(&self, id: Uuid) -> String {
        match self.engine {
            Engine::Sqlite => self.blob(id.as_bytes()),
            Engine::Postgres => format!("'{id}'::uuid"),
        }
    }

    /// What the administrator of the database does: statements with a connection of their own, the triggers dropped first.
    pub(crate) fn tamper(&self, statements: &str) {
        let mut conn = self.db.connect().unwrap();
        conn.batch_execute(&self.without_triggers()).unwrap();
        conn.batch_execute(statements).unwrap();
    }

    fn without_triggers(&self) -> String {
        let tables = ["ledger_entries", "ledger_positions", "ledger_checkpoints", "ledger_nodes", "ledger_keys"];
        let drop = |table: &str| match self.engine {
            Engine::Postgres => format!("DROP TRIGGER IF EXISTS {table}_no_change ON {table};"),
            Engine::Sqlite => format!("DROP TRIGGER IF EXISTS {table}_no_update; DROP TRIGGER IF EXISTS {table}_no_delete;"),
        };
        tables.map(drop).concat()
    }
}
