//! Bulletins: composing, signing, issuing, cancelling. The acts on a bulletin are a chain of their own in the ledger; their effect on a
//! manuscript is a step in that manuscript's chain.

mod changed;
mod choosing;
mod composing;
mod issuing;
mod views;
mod waiting;

pub(crate) use changed::{lock_submitted, take_back_to_draft};
pub use choosing::{LeaderChoice, issuer, leaders, told};
pub(crate) use composing::check_leaders;
pub use composing::{BulletinChange, BulletinForm, ChosenRecipient, compose, discard, edit, send_back, submit};
pub(crate) use issuing::receive;
pub use issuing::{cancel, issue};
pub use views::{
    BulletinLine, BulletinListQuery, BulletinSlice, BulletinView, InBulletin, IssuedText, ManuscriptInBulletin, PrintedCheckpoint,
    RecipientView, find, list,
};
pub(crate) use views::{IssuedIn, bulletins_of, issued_bulletins_of};
pub use waiting::to_sign;

use crate::app::events::{self, LedgerEvent};
use crate::app::notification::{self, About, Hints};
use crate::app::{AppError, Tx, four_eyes, outgoing};
use crate::domain::bulletin::{self, BulletinAction, BulletinDecision};
use crate::domain::endorsement::leader_of;
use crate::domain::ids::{BulletinId, ChannelId, EntryId, UserId};
use crate::domain::numbers::IssueNumber;
use crate::domain::permission::Actor;
use crate::domain::states::BulletinState;
use crate::domain::vocabulary::Role;
use crate::mail::letters::LetterFacts;
use crate::store::bulletins::{self, Bulletin, BulletinItemRow, BulletinRecipientRow, BulletinScope};
use crate::store::ledger::{contents, reading};
use crate::store::rows::ManuscriptRow;
use crate::store::{manuscripts, texts};

/// The fact of an entry which states that the act wrote the foreword.
const FOREWORD: &str = "foreword";

/// A bulletin with its content.
pub(crate) struct BulletinWithItems {
    /// Its row.
    pub row: Bulletin,
    /// Its manuscripts, in order.
    pub items: Vec<BulletinItemRow>,
    /// Its recipients.
    pub to: Vec<BulletinRecipientRow>,
}

impl BulletinWithItems {
    fn leaders(&self) -> Vec<UserId> {
        self.to.iter().map(|one| one.user_id).collect()
    }
}

/// Returns the scope of bulletins that this person may find, or `None` for anybody without a part in them.
///
/// Before a bulletin is issued, it is hidden from staff who wrote one of its manuscripts: as authors they must not learn of it yet, and
/// nobody decides on their own manuscripts.
fn within(tx: &mut Tx<'_>, actor: &Actor) -> Result<Option<BulletinScope>, AppError> {
    if actor.holds(Role::Reviewer) || actor.holds(Role::Signer) {
        let others = actor.grants.iter().flat_map(|grant| [grant.for_user, grant.serves]).flatten();
        let but_not_by: Vec<UserId> = others.chain([actor.user]).collect();
        let but_not_of = texts::targets_of(tx.conn, &but_not_by, tx.now)?;
        return Ok(Some(BulletinScope::Office { but_not_by, but_not_of }));
    }
    if actor.holds(Role::Dispatcher) {
        return Ok(Some(BulletinScope::Issued));
    }
    let leaders: Vec<UserId> = actor.grants.iter().filter_map(|grant| leader_of(grant, actor.user)).collect();
    Ok((!leaders.is_empty()).then_some(BulletinScope::To(leaders)))
}

/// Loads a bulletin that this person may see.
fn whole(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId) -> Result<BulletinWithItems, AppError> {
    let within = within(tx, actor)?.ok_or(AppError::NotFound)?;
    let row = bulletins::find(tx.conn, actor.channel, id, &within)?;
    let (items, to) = (bulletins::items(tx.conn, &[id])?, bulletins::addressees(tx.conn, &[id])?);
    let whole = BulletinWithItems { row, items, to };
    if bulletin::sees(actor, whole.row.state, &whole.leaders()) { Ok(whole) } else { Err(AppError::NotFound) }
}

/// Loads a bulletin without a check of rights, for the consequences of another act.
fn load_row(tx: &mut Tx<'_>, channel: ChannelId, id: BulletinId) -> Result<BulletinWithItems, AppError> {
    let row = bulletins::find(tx.conn, channel, id, &BulletinScope::Office { but_not_by: Vec::new(), but_not_of: Vec::new() })?;
    let (items, to) = (bulletins::items(tx.conn, &[id])?, bulletins::addressees(tx.conn, &[id])?);
    Ok(BulletinWithItems { row, items, to })
}

/// Loads a bulletin for an act, locked; the rules are checked before the version, so that changes are disclosed only to those who may make
/// them.
fn for_act(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: BulletinId,
    seen: i64,
    action: BulletinAction,
) -> Result<(BulletinWithItems, BulletinDecision), AppError> {
    bulletins::lock(tx.conn, id)?;
    let whole = whole(tx, actor, id)?;
    let decision = bulletin::decide(Some(whole.row.state), actor, action)?;
    match whole.row.version {
        current if current == seen => Ok((whole, decision)),
        current => Err(AppError::Stale { current }),
    }
}

/// Records an act on a bulletin that is saved already.
fn enter(
    tx: &mut Tx<'_>,
    actor: &Actor,
    decision: &BulletinDecision,
    from: Option<BulletinState>,
    row: &Bulletin,
    change: impl FnOnce(&mut LedgerEvent<'_>),
) -> Result<EntryId, AppError> {
    let mut deed = LedgerEvent::new(actor.channel, actor.user, decision.permit, decision.row.action.as_str(), "bulletin", row.id.0);
    deed.version = Some(row.version);
    deed.from = from.map(BulletinState::as_str);
    deed.to = Some(row.state.as_str());
    let (items, to) = (bulletins::items(tx.conn, &[row.id])?, bulletins::addressees(tx.conn, &[row.id])?);
    deed.digests.insert("bulletin".to_owned(), contents::bulletin(row, &items, &to));
    change(&mut deed);
    events::append_event(tx, deed)
}

/// Notifies the recipients in the bulletin's table; `named` are the persons whom the act itself names.
fn tell(
    tx: &mut Tx<'_>,
    actor: &Actor,
    decision: &BulletinDecision,
    whole: &BulletinWithItems,
    entry: EntryId,
    reason: Option<&str>,
    named: &[UserId],
) -> Result<(), AppError> {
    let facts = LetterFacts {
        bulletin: Some(called(&whole.row)),
        reason: reason.map(str::to_owned),
        path: Some(format!("/bulletins/{}", whole.row.id)),
        ..LetterFacts::default()
    };
    let about = About {
        entry,
        channel: actor.channel,
        manuscript: None,
        subject: whole.row.id.into(),
        facts,
        not_before: tx.now,
        actor: Some(actor.user),
    };
    let (authors, prepared_by) = (authors(tx, whole)?, prepared_by(tx, whole)?);
    let hints = Hints { named, authors: Some(&authors), prepared_by: &prepared_by, ..Hints::default() };
    let resolved = notification::resolve(tx, &about, decision.row.notices, hints)?;
    notification::write(tx, &about, &resolved).map(drop)
}

/// Returns the authors of its manuscripts and of those merged into them, who are notified only as authors.
fn authors(tx: &mut Tx<'_>, whole: &BulletinWithItems) -> Result<Vec<UserId>, AppError> {
    let mut authors = Vec::new();
    for item in &whole.items {
        authors.extend(notification::authors_of(tx, item.manuscript_id)?);
    }
    Ok(authors)
}

/// Returns the persons who must not issue it, because they wrote its foreword or one of its texts, or made one of the recommendations.
fn prepared_by(tx: &mut Tx<'_>, whole: &BulletinWithItems) -> Result<Vec<UserId>, AppError> {
    let mut persons = Vec::new();
    for item in &whole.items {
        let row = manuscripts::find(tx.conn, whole.row.channel_id, item.manuscript_id)?;
        persons.extend(four_eyes::prepared_by(tx, &row)?);
    }
    if !whole.row.foreword.is_empty() && four_eyes::is_in_force(tx, whole.row.channel_id)? {
        persons.extend(foreword_by(tx, &whole.row)?);
    }
    Ok(persons)
}

/// Returns the writer of the foreword, and the person stood in for, by the entries of the bulletin; its editor if no entry states it.
fn foreword_by(tx: &mut Tx<'_>, row: &Bulletin) -> Result<Vec<UserId>, AppError> {
    let entries = reading::earlier(tx.conn, row.channel_id, row.id.0)?;
    let wrote = entries.iter().filter(|entry| entry.facts[FOREWORD] == true);
    let writers: Vec<UserId> = wrote.flat_map(|entry| [entry.actor, entry.on_behalf_of]).flatten().collect();
    Ok(if writers.is_empty() { vec![row.editor_id] } else { writers })
}

/// Returns whether four eyes forbid this person to issue it, for whomever they act.
fn is_bound(tx: &mut Tx<'_>, actor: &Actor, whole: &BulletinWithItems) -> Result<bool, AppError> {
    let persons = prepared_by(tx, whole)?;
    let acts_for = bulletin::decide(Some(whole.row.state), actor, BulletinAction::Issue).ok().and_then(|one| one.permit.on_behalf_of);
    Ok([Some(actor.user), acts_for].into_iter().flatten().any(|user| persons.contains(&user)))
}

/// Returns the title of the outgoing text, which the office may have edited.
fn outgoing_title(tx: &mut Tx<'_>, row: &ManuscriptRow) -> Result<String, AppError> {
    Ok(outgoing::outgoing_text(tx, row)?.title)
}

/// Returns its usual name: 《直通车专报》第3期, and before it has a number 《直通车专报》 with its title.
fn called(row: &Bulletin) -> String {
    match number(row) {
        Some(number) => format!("《{}》{number}", row.series),
        None => format!("《{}》{}", row.series, row.title),
    }
}

/// Returns its number, once it was issued.
fn number(row: &Bulletin) -> Option<IssueNumber> {
    Some(IssueNumber {
        year: i32::try_from(row.year?).ok()?,
        issue: u32::try_from(row.issue_number?).ok()?,
        running: u32::try_from(row.total_number?).ok()?,
        supplement: row.supplement,
    })
}
