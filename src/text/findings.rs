//! The findings of a ledger check in words for auditors: the entry, the object, the problem.

use chrono_tz::Tz;

use crate::domain::lang::Lang;
use crate::domain::ledger::{EntryFault, EntryPosition, Finding, Flaw, REMEMBERED};
use crate::text::{Arg, date_time, has, t};

/// Describes a finding in a sentence; times are written in `zone`. Positions count from 1, as on the pages.
#[must_use]
pub fn finding(lang: Lang, of: &Finding, zone: Tz) -> String {
    let say = |key: &str, args: &[(&str, String)]| {
        let args: Vec<(&str, Arg<'_>)> = args.iter().map(|(name, value)| (*name, Arg::from(value))).collect();
        t(lang, &format!("finding-{key}"), &args)
    };
    let at = |of: &EntryPosition| place(lang, of, zone);
    let source = |name: &String| match name.strip_prefix("the checkpoint of size ") {
        Some(size) => say("source", &[("n", size.to_owned())]),
        None if name == REMEMBERED => say("source-remembered", &[]),
        None => name.clone(),
    };
    match of {
        Finding::Entry { place, wrong: what } => say("entry", &[("place", at(place)), ("wrong", wrong(lang, what))]),
        Finding::Missing { expected, found } => say("missing", &[("n", counted(*expected)), ("place", at(found))]),
        Finding::Root { source_of, from, to } => {
            say("root", &[("source", source(source_of)), ("from", counted(*from)), ("to", to.to_string())])
        }
        Finding::Truncated { source_of, known, here } => {
            say("truncated", &[("source", source(source_of)), ("known", known.to_string()), ("here", here.to_string())])
        }
        Finding::CheckpointGone { source_of, size } => say("checkpoint-gone", &[("source", source(source_of)), ("n", size.to_string())]),
        Finding::Checkpoint { source_of, flaw: what } => say("checkpoint", &[("source", source(source_of)), ("flaw", flaw(lang, what))]),
        Finding::Receipt { source_of } => say("receipt", &[("source", source(source_of))]),
        Finding::Differs { place, kind, id, what, said, kept } => say(
            "differs",
            &[
                ("place", at(place)),
                ("thing", thing(lang, kind, id)),
                ("what", named(lang, "what", what)),
                ("said", state(lang, what, said)),
                ("kept", state(lang, what, kept)),
            ],
        ),
        Finding::Gone { place, kind, id } => say("gone", &[("place", at(place)), ("thing", thing(lang, kind, id))]),
        Finding::Unsaid { kind, id, kept } => say("unsaid", &[("thing", thing(lang, kind, id)), ("kept", named(lang, "kind", kept))]),
        Finding::Contents { kind, id } => say("contents", &[("thing", thing(lang, kind, id))]),
        Finding::RowChanged { place, row: of } => say("row-changed", &[("place", at(place)), ("row", row(lang, of))]),
        Finding::RowGone { place, row: of } => say("row-gone", &[("place", at(place)), ("row", row(lang, of))]),
        Finding::RowUnsaid { row: of } => say("row-unsaid", &[("row", row(lang, of))]),
        Finding::Unreadable { what, why } => say("unreadable", &[("table", named(lang, "table", what)), ("why", why.clone())]),
        Finding::LedgerGone { source_of, ledger } => say("ledger-gone", &[("source", source(source_of)), ("id", ledger.to_string())]),
        Finding::Derived { row: of, from } => say("derived", &[("row", row(lang, of)), ("from", named(lang, "from", from))]),
        Finding::LateAdoption { place } => say("late-adoption", &[("place", at(place))]),
        Finding::File { id, why } => say("file", &[("thing", thing(lang, "attachment", id)), ("why", why.clone())]),
        Finding::Head { chain } => say("head", &[("id", chain.to_string())]),
    }
}

fn counted(position: u64) -> String {
    position.saturating_add(1).to_string()
}

fn place(lang: Lang, of: &EntryPosition, zone: Tz) -> String {
    let (at, id) = (date_time(lang, of.at, zone), of.id.to_string());
    match of.position {
        Some(position) => t(lang, "finding-place", &[("n", Arg::from(&counted(position))), ("at", Arg::from(&at)), ("id", Arg::from(&id))]),
        None => t(lang, "finding-place-waiting", &[("at", Arg::from(&at)), ("id", Arg::from(&id))]),
    }
}

/// The text of a word in a finding; a word without a text is shown as it is written.
fn named(lang: Lang, group: &str, word: &str) -> String {
    let key = format!("finding-{group}-{}", word.replace(' ', "_").replace('\'', ""));
    if has(&key) { t(lang, &key, &[]) } else { word.to_owned() }
}

/// A row, described by the name of its table and its key.
fn row(lang: Lang, name: &str) -> String {
    let (table, key) = name.split_once(':').unwrap_or((name, ""));
    let table = table.replace('.', "_");
    t(lang, "finding-row", &[("table", Arg::from(&named(lang, "table", &table))), ("key", Arg::from(key))])
}

fn thing(lang: Lang, kind: &str, id: &impl ToString) -> String {
    t(lang, "finding-thing", &[("kind", Arg::from(&named(lang, "kind", kind))), ("id", Arg::from(&id.to_string()))])
}

/// The name of a manuscript's stage; states of other objects and versions as they are stored.
fn state(lang: Lang, what: &str, written: &str) -> String {
    let key = format!("stage-{written}");
    if what == "stage" && has(&key) { t(lang, &key, &[]) } else { written.to_owned() }
}

fn wrong(lang: Lang, of: &EntryFault) -> String {
    let plain = |key: &str| t(lang, key, &[]);
    match of {
        EntryFault::Leaf => plain("finding-wrong-leaf"),
        EntryFault::Bytes(why) => t(lang, "finding-wrong-bytes", &[("why", Arg::from(&why.to_string()))]),
        EntryFault::Columns(what) => t(lang, "finding-wrong-columns", &[("what", Arg::from(*what))]),
        EntryFault::Chain => plain("finding-wrong-chain"),
        EntryFault::Time => plain("finding-wrong-time"),
        EntryFault::Node(level, number) => {
            let (level, number) = (level.to_string(), number.to_string());
            t(lang, "finding-wrong-node", &[("level", Arg::from(&level)), ("n", Arg::from(&number))])
        }
        EntryFault::Lost => plain("finding-wrong-lost"),
    }
}

fn flaw(lang: Lang, of: &Flaw) -> String {
    match of {
        Flaw::Signature(key) => t(lang, "finding-flaw-signature", &[("key", Arg::from(key))]),
        other => t(lang, "finding-flaw", &[("why", Arg::from(&other.to_string()))]),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::clock::Moment;
    use crate::domain::ids::EntryId;

    #[test]
    fn findings_are_read_in_both_languages() {
        let zone = chrono_tz::Asia::Shanghai;
        let id = Uuid::nil();
        let place = || EntryPosition { position: Some(11), id: EntryId(id), at: Moment::from_micros(1_767_571_440_000_000) };
        let all = [
            Finding::Entry { place: place(), wrong: EntryFault::Leaf },
            Finding::Entry { place: place(), wrong: EntryFault::Node(2, 3) },
            Finding::Missing { expected: 4, found: place() },
            Finding::Root { source_of: "the checkpoint of size 9".into(), from: 4, to: 9 },
            Finding::Truncated { source_of: "the checkpoint of size 9".into(), known: 9, here: 7 },
            Finding::CheckpointGone { source_of: "the checkpoint of size 9".into(), size: 4 },
            Finding::CheckpointGone { source_of: REMEMBERED.into(), size: 4 },
            Finding::Checkpoint { source_of: "the checkpoint of size 9".into(), flaw: Flaw::Signature("k".into()) },
            Finding::Differs { place: place(), kind: "manuscript", id, what: "stage", said: "review".into(), kept: "signing".into() },
            Finding::Gone { place: place(), kind: "form of manuscript", id },
            Finding::Unsaid { kind: "stand_in", id, kept: "one of its rows".into() },
            Finding::Contents { kind: "change request", id },
            Finding::File { id, why: "…".into() },
            Finding::Head { chain: id },
            Finding::RowChanged { place: place(), row: format!("manuscripts.form:{id}") },
            Finding::RowGone { place: place(), row: format!("bulletin_items:{id}/{id}") },
            Finding::RowUnsaid { row: format!("recipients:{id}") },
            Finding::Derived { row: format!("counters:{id}"), from: "the numbers given" },
            Finding::LateAdoption { place: place() },
            Finding::Unreadable { what: "ledger_checkpoints", why: "…".into() },
            Finding::LedgerGone { source_of: REMEMBERED.into(), ledger: crate::domain::ids::ChannelId(id) },
            Finding::Derived { row: "ledger_keys:1".into(), from: "the key that signs" },
        ];
        for one in &all {
            let zh = finding(Lang::Zh, one, zone);
            let foreign = zh.split(|c: char| !c.is_ascii_lowercase()).any(|word| word.len() > 2);
            assert!(!foreign && !zh.contains("finding-"), "{zh}");
            let en = finding(Lang::En, one, zone);
            assert!(en.is_ascii() || !en.contains('第'), "{en}");
            assert!(!en.contains("finding-"), "{en}");
        }
        let zh = finding(Lang::Zh, &all[8], zone);
        assert!(zh.contains("第 12 条") && !zh.contains("review"), "{zh}");
    }
}
