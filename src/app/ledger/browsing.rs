//! Searching the ledger for auditors: conditions with an index are searched by it; other conditions are applied to the newest entries of
//! that range, and the result states how far back it was searched.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::app::accounts::versions::{PeopleThen, PersonThen};
use crate::app::ledger::reading::LedgerOf;
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::folding::{folded, number};
use crate::domain::ids::{AnyId, EntryId, ManuscriptId, UserId};
use crate::domain::ledger::Entry;
use crate::domain::permission::Actor;
use crate::domain::violation::{Violation, Violations};
use crate::domain::vocabulary::Role;
use crate::store::ledger::browsing::{Leaf, LedgerSpan, leaves};
use crate::store::{StoreError, ledger::reading, manuscripts, people};

/// Entries on a page.
pub const ENTRIES: usize = 50;
/// The largest number of entries that are examined for one page.
pub const LOOKED_AT: usize = 3_000;
/// The number of entries that are read at a time.
const CHUNK: usize = 500;

/// The search conditions, as they were typed; an empty field is no condition.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The ledger.
    pub of: LedgerOf,
    /// A manuscript's number, or the id of any object.
    pub about: String,
    /// The kind of the changed object.
    pub kind: String,
    /// The act.
    pub action: String,
    /// The actor: a login or an id.
    pub actor: String,
    /// The first day, `YYYY-MM-DD`.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Only entries before this one.
    pub after: Option<EntryId>,
}

/// An entry, with details that help to read it.
#[derive(Debug, Clone)]
pub struct EntrySeen {
    /// Its position, from 0, once it is sealed.
    pub position: Option<u64>,
    /// SHA-256(0x00 ‖ bytes), in hexadecimal digits.
    pub leaf: String,
    /// Its content.
    pub entry: Entry,
    /// The number of its manuscript.
    pub number: Option<String>,
    /// The actor, as they were then.
    pub actor: Option<PersonThen>,
}

/// A page of results.
#[derive(Debug, Clone, Default)]
pub struct Leafed {
    /// Newest first.
    pub entries: Vec<EntrySeen>,
    /// The entry from which the next page continues; absent at the end.
    pub further: Option<EntryId>,
    /// How far back the ledger was searched, if the limit was reached before the page was full.
    pub looked_until: Option<Moment>,
}

/// Conditions on an entry beyond the range that the index gives.
#[derive(Default)]
struct EntryConditions {
    object: Option<Uuid>,
    kind: Option<String>,
    action: Option<String>,
    actor: Option<UserId>,
}

impl EntryConditions {
    fn is_any(&self) -> bool {
        self.object.is_none() && self.kind.is_none() && self.action.is_none() && self.actor.is_none()
    }

    fn takes(&self, entry: &Entry) -> bool {
        self.object.is_none_or(|id| entry.object.id == id)
            && self.kind.as_ref().is_none_or(|kind| entry.object.kind == *kind)
            && self.action.as_ref().is_none_or(|action| entry.action == *action)
            && self.actor.is_none_or(|actor| entry.actor == Some(actor) || entry.on_behalf_of == Some(actor))
    }
}

/// Returns a page of the ledger.
///
/// # Errors
/// A refusal for anybody but auditors; violations of the search conditions.
pub fn browse(tx: &mut Tx<'_>, actor: &Actor, question: &Question) -> Result<Leafed, AppError> {
    actor.need(&[Role::Auditor])?;
    let (mut span, wanted) = understand(tx, actor, question)?;
    let mut found = Leafed::default();
    let (mut looked_at, mut last) = (0, None);
    let chunk = if wanted.is_any() { ENTRIES + 1 } else { CHUNK };
    loop {
        let rows = leaves(tx.conn, question.of.id(actor), &span, i64::try_from(chunk).unwrap_or(i64::MAX))?;
        let end = rows.len() < chunk;
        for row in rows {
            if found.entries.len() == ENTRIES {
                found.further = last.map(|(id, _)| id);
                return with_names(tx, actor, found);
            }
            (looked_at, last) = (looked_at + 1, Some((row.id, row.at)));
            let seen = read(row)?;
            if wanted.takes(&seen.entry) {
                found.entries.push(seen);
            }
        }
        if end {
            return with_names(tx, actor, found);
        }
        if looked_at >= LOOKED_AT {
            (found.further, found.looked_until) = last.unzip();
            return with_names(tx, actor, found);
        }
        span.after = last.map(|(id, _)| id);
    }
}

fn read(row: Leaf) -> Result<EntrySeen, StoreError> {
    let entry = Entry::from_bytes(&row.bytes).map_err(|flaw| StoreError::unreadable("ledger entry", &flaw))?;
    Ok(EntrySeen { position: row.position, leaf: hex::encode(row.leaf), entry, number: None, actor: None })
}

fn with_names(tx: &mut Tx<'_>, actor: &Actor, mut found: Leafed) -> Result<Leafed, AppError> {
    let mut chains: Vec<ManuscriptId> = found.entries.iter().map(|one| ManuscriptId(one.entry.chain)).collect();
    chains.sort_unstable();
    chains.dedup();
    let numbers = manuscripts::numbers(tx.conn, actor.channel, &chains)?;
    let people: Vec<UserId> = found.entries.iter().filter_map(|one| one.entry.actor).collect();
    let people = PeopleThen::load(tx.conn, &people)?;
    for one in &mut found.entries {
        one.actor = one.entry.actor.and_then(|user| people.at(user, one.entry.at));
        one.number = numbers.iter().find(|(id, _)| id.0 == one.entry.chain).and_then(|(_, number)| number.clone());
    }
    Ok(found)
}

/// Converts names and dates to ids and moments.
fn understand(tx: &mut Tx<'_>, actor: &Actor, question: &Question) -> Result<(LedgerSpan, EntryConditions), AppError> {
    let mut wrong = Violations::default();
    let said = |text: &str| Some(folded(text)).filter(|text| !text.is_empty());
    let mut wanted = EntryConditions { kind: said(&question.kind), action: said(&question.action), ..EntryConditions::default() };
    let mut span = LedgerSpan { chain: None, from: None, before: None, after: question.after };
    if let Some(about) = said(&question.about) {
        match object(tx, actor, &about)? {
            None => wrong.add(Violation::new("about", "unknown")),
            // The chains of manuscripts, persons and channels have an index; for parts of them the entries are searched.
            Some(id) if reading::head(tx.conn, AnyId(id))?.is_some() => span.chain = Some(id),
            Some(id) => wanted.object = Some(id),
        }
    }
    if let Some(login) = said(&question.actor) {
        let id = match login.parse() {
            Ok(id) => Some(id),
            Err(_) => people::find_by_login(tx.conn, actor.channel, &login)?.map(|user| user.id),
        };
        match id {
            Some(id) => wanted.actor = Some(id),
            None => wrong.add(Violation::new("actor", "unknown")),
        }
    }
    let from = wrong.take(day("from", &question.from));
    let to = wrong.take(day("to", &question.to));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        wrong.add(Violation::new("to", "backwards"));
    }
    let zone = tx.channel_settings(actor.channel)?.limits.time_zone;
    let begins = |day: NaiveDate| {
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        Moment::from(midnight.and_local_timezone(zone).earliest().map_or_else(|| midnight.and_utc(), |at| at.to_utc()))
    };
    (span.from, span.before) = (from.map(begins), to.and_then(|day| day.succ_opt()).map(begins));
    Ok(wrong.or((span, wanted))?)
}

/// Returns the id of a manuscript by its number, or of any object by its id.
fn object(tx: &mut Tx<'_>, actor: &Actor, about: &str) -> Result<Option<Uuid>, AppError> {
    match about.parse() {
        Ok(id) => Ok(Some(id)),
        Err(_) => Ok(manuscripts::by_number(tx.conn, actor.channel, about)?.map(|id| id.0)),
    }
}

fn day(field: &str, text: &str) -> Result<Option<NaiveDate>, Violation> {
    match number(text).as_str() {
        "" => Ok(None),
        text => NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Some).map_err(|_| Violation::new(field, "bad_date")),
    }
}
