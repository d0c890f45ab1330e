//! What acts left behind: letters and entries.

use std::collections::BTreeSet;

use diesel::prelude::*;
use zhitongche::app::Tx;
use zhitongche::app::ledger::{compare, verify};
use zhitongche::documents::ledger_key::LedgerKey;
use zhitongche::documents::vault::Vault;
use zhitongche::domain::ids::{AnyId, LetterId, ManuscriptId};
use zhitongche::domain::notice::Letter;
use zhitongche::jobs::seal::Sealer;
use zhitongche::store::schema::{ledger_entries, letters, users};

use super::world::World;

impl World {
    /// The letters written by `act`, as `login: kind`.
    pub(crate) fn told<T>(&self, act: impl FnOnce() -> T) -> (T, BTreeSet<String>) {
        let before: BTreeSet<LetterId> = self.letters().into_iter().map(|(id, ..)| id).collect();
        let done = act();
        let new = self.letters().into_iter().filter(|(id, ..)| !before.contains(id));
        (done, new.map(|(_, login, kind)| format!("{login}: {kind}")).collect())
    }

    /// The letters that stand, as `login: kind`, in the order of the alphabet; one that was written twice stands twice.
    pub(crate) fn waiting_letters(&self) -> Vec<String> {
        let mut all: Vec<String> = self.letters().into_iter().map(|(_, login, kind)| format!("{login}: {kind}")).collect();
        all.sort();
        all
    }

    fn letters(&self) -> Vec<(LetterId, String, Letter)> {
        let load = |tx: &mut Tx<'_>| {
            let rows = letters::table.inner_join(users::table.on(users::id.eq(letters::recipient_id)));
            Ok(rows.filter(letters::revoked_at.is_null()).select((letters::id, users::login, letters::kind)).load(tx.conn)?)
        };
        self.desk.read_now(load).unwrap()
    }

    /// What `ledger verify` finds, after everything has been sealed.
    pub(crate) async fn verify(&self) -> Vec<String> {
        let settings = &self.desk.settings;
        Sealer::new(settings, self.desk.db.clone(), self.clock.clone()).unwrap().settle().await.unwrap();
        let key = LedgerKey::load(&settings.ledger_key_file(), &settings.ledger_origin()).unwrap();
        let mut conn = self.desk.db.connect().unwrap();
        let mut reports = verify::verify(&mut conn, &key.verifier(), &[], &mut |_| ()).unwrap();
        let vault = Vault::new(settings.attachments_dir());
        reports.iter_mut().for_each(|report| compare::compare(&mut conn, report, &vault).unwrap());
        compare::compare_shared(&mut conn, &mut reports).unwrap();
        reports.iter().flat_map(|report| &report.findings).map(ToString::to_string).collect()
    }

    /// Every act on a manuscript, oldest first, as `object action from>to`; that a window closed is no act.
    pub(crate) fn acts(&self, id: ManuscriptId) -> Vec<String> {
        let load = |tx: &mut Tx<'_>| {
            let rows = ledger_entries::table.filter(ledger_entries::chain_id.eq(AnyId(id.0))).order(ledger_entries::at);
            Ok(rows.select(ledger_entries::bytes).load::<Vec<u8>>(tx.conn)?)
        };
        let rows = self.desk.read_now(load).unwrap();
        rows.iter().map(|bytes| said(&serde_json::from_slice(bytes).unwrap())).filter(|act| !act.contains(" window_closed ")).collect()
    }
}

fn said(entry: &serde_json::Value) -> String {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    format!("{} {} {}>{}", text(&entry["object"]["kind"]), text(&entry["action"]), text(&entry["from"]), text(&entry["to"]))
}
