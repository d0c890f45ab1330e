//! Signing a bulletin, which issues it: assigns the number, forwards the manuscripts to the leaders, and notifies everybody concerned. Also
//! cancels an issued one: its number stays assigned, and manuscripts that leaders have endorsed stay before them.

use chrono::Datelike;
use serde_json::json;

use crate::app::bulletins::changed::{check_recipients, check_texts};
use crate::app::bulletins::{BulletinWithItems, called, enter, for_act, is_bound, tell};
use crate::app::edited_text::digest_as;
use crate::app::manuscript_case::LoadedCase;
use crate::app::step::StepDetails;
use crate::app::transition::{self, words};
use crate::app::{AppError, Tx, merging, outgoing};
use crate::domain::bulletin::BulletinAction;
use crate::domain::deadline::WorkingTime;
use crate::domain::ids::{BulletinId, EntryId, ManuscriptId, UserId};
use crate::domain::outcome::EndorsementState;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::states::BulletinState;
use crate::domain::violation::Violations;
use crate::domain::vocabulary::{Action, Stage};
use crate::store::bulletins::{self, Bulletin};
use crate::store::ledger::contents;
use crate::store::recipients::{self, RecipientRow};
use crate::store::{channels, endorsements};

/// Issues a bulletin.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; refusals, also those of a manuscript whose stage has changed.
pub fn issue(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, seen: i64) -> Result<(), AppError> {
    let (mut whole, decision) = for_act(tx, actor, id, seen, BulletinAction::Issue)?;
    if is_bound(tx, actor, &whole)? {
        return Err(Refusal::FourEyes.into());
    }
    let mut manuscripts = load_all(tx, actor, &whole)?;
    let mut wrong = Violations::default();
    check_texts(&whole, &manuscripts, &mut wrong);
    check_recipients(tx, actor, &whole.leaders(), &mut wrong)?;
    wrong.or(())?;
    for loaded in &manuscripts {
        transition::judge(tx, actor, loaded, Action::Issue)?;
    }
    let from = whole.row.state;
    whole.row.state = BulletinState::Issued;
    whole.row.signer_id = Some(actor.user);
    whole.row.issued_at = Some(tx.now);
    whole.row.version += 1;
    take_number(tx, &mut whole.row)?;
    bulletins::save(tx.conn, &whole.row, seen)?;
    // Stores which text of each manuscript is in it, before the entry, which names these rows as well.
    for loaded in &manuscripts {
        let text = outgoing::outgoing(tx, &loaded.row)?.text;
        bulletins::set_text(tx.conn, id, loaded.row.id, text)?;
        let credited = merging::credited(tx, loaded)?;
        if !credited.is_empty() {
            bulletins::set_credited(tx.conn, id, loaded.row.id, &credited)?;
        }
    }
    let ids: Vec<ManuscriptId> = whole.items.iter().map(|item| item.manuscript_id).collect();
    let facts = json!({
        "series": whole.row.series, "supplement": whole.row.supplement, "year": whole.row.year, "issue": whole.row.issue_number,
        "running": whole.row.total_number, "manuscripts": ids, "recipients": whole.leaders(),
    });
    let entry = enter(tx, actor, &decision, Some(from), &whole.row, |deed| deed.facts = facts)?;
    for loaded in &mut manuscripts {
        put_before(tx, actor, &whole, loaded)?;
    }
    tell(tx, actor, &decision, &whole, entry, None, &whole.leaders())
}

/// Loads its manuscripts, locked in a fixed order to avoid deadlocks.
fn load_all(tx: &mut Tx<'_>, actor: &Actor, whole: &BulletinWithItems) -> Result<Vec<LoadedCase>, AppError> {
    let mut ids: Vec<ManuscriptId> = whole.items.iter().map(|item| item.manuscript_id).collect();
    ids.sort_unstable();
    ids.into_iter().map(|id| transition::load(tx, actor, id)).collect()
}

/// Assigns 第N期 of the year and 总第N期 of the series; supplements are numbered separately in both. A number is never assigned twice.
fn take_number(tx: &mut Tx<'_>, row: &mut Bulletin) -> Result<(), AppError> {
    let limits = tx.channel_settings(row.channel_id)?.limits.clone();
    let calendar = tx.calendar(row.channel_id)?;
    let year = WorkingTime { limits: &limits, calendar: &calendar }.date(tx.now).year();
    let series = format!("bulletin:{}:{}", if row.supplement { "supplement" } else { "regular" }, row.series);
    row.year = Some(i64::from(year));
    row.issue_number = Some(channels::next_number(tx.conn, row.channel_id, &format!("{series}:{year}"))?);
    row.total_number = Some(channels::next_number(tx.conn, row.channel_id, &format!("{series}:total"))?);
    Ok(())
}

/// Performs the step of one manuscript: its stage, the text as it was issued, the leaders who receive it.
fn put_before(tx: &mut Tx<'_>, actor: &Actor, whole: &BulletinWithItems, loaded: &mut LoadedCase) -> Result<(), AppError> {
    let mut step = StepDetails { facts: json!({ "bulletin": whole.row.id, "called": called(&whole.row) }), ..StepDetails::default() };
    step.digests = digest_as(tx, loaded, "issued_text")?;
    let leaders = contents::recipients(loaded.row.id, Some(whole.row.id), &whole.leaders());
    step.digests.insert("recipients".to_owned(), leaders);
    let done = transition::take(tx, actor, loaded, Action::Issue, step, |_| {})?;
    receive(tx, loaded, Some(whole.row.id), &whole.leaders(), done.entry)
}

/// Makes the manuscript visible to these leaders and their secretaries.
pub(crate) fn receive(
    tx: &mut Tx<'_>,
    loaded: &LoadedCase,
    bulletin: Option<BulletinId>,
    leaders: &[UserId],
    entry: EntryId,
) -> Result<(), AppError> {
    for leader in leaders {
        let row = RecipientRow {
            id: tx.id(),
            channel_id: loaded.row.channel_id,
            manuscript_id: loaded.row.id,
            user_id: *leader,
            bulletin_id: bulletin,
            entry_id: entry,
            created_at: tx.now,
            ended_at: None,
        };
        recipients::insert(tx.conn, &row)?;
    }
    Ok(())
}

/// Cancels a bulletin. A manuscript returns to `accepted` only if it is before no leader any more: it is still `forwarded`, has no
/// endorsement, is in no other issued bulletin and was not forwarded directly.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn cancel(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, seen: i64, reason: &str) -> Result<(), AppError> {
    let (mut whole, decision) = for_act(tx, actor, id, seen, BulletinAction::Cancel)?;
    let reason = words(tx, "reason", reason)?;
    let mut manuscripts = load_all(tx, actor, &whole)?;
    let from = whole.row.state;
    whole.row.state = BulletinState::Cancelled;
    whole.row.cancelled_at = Some(tx.now);
    whole.row.reason = Some(reason.clone());
    whole.row.version += 1;
    bulletins::save(tx.conn, &whole.row, seen)?;
    let entry = enter(tx, actor, &decision, Some(from), &whole.row, |_| {})?;
    for loaded in &mut manuscripts {
        take_back(tx, actor, id, loaded, &reason)?;
    }
    tell(tx, actor, &decision, &whole, entry, Some(&reason), &whole.leaders())
}

fn take_back(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, loaded: &mut LoadedCase, reason: &str) -> Result<(), AppError> {
    let there = endorsements::of_manuscript(tx.conn, loaded.row.id)?;
    let endorsed = there.iter().filter(|one| one.state != EndorsementState::Rejected);
    let endorsers: Vec<UserId> = endorsed.map(|one| one.leader_id).collect();
    recipients::end(tx.conn, id, loaded.row.id, &endorsers, tx.now)?;
    let still_before_somebody = !recipients::of_manuscript(tx.conn, loaded.row.id)?.is_empty();
    if loaded.row.stage != Stage::Forwarded || !endorsers.is_empty() || still_before_somebody {
        return Ok(());
    }
    // The reason is for the office; the authors are informed of the cancellation, not of the reason.
    let step = StepDetails { words: Some(reason.to_owned()), facts: json!({ "bulletin": id }), ..StepDetails::default() };
    transition::take(tx, actor, loaded, Action::Recall, step, |_| {}).map(|_| ())
}
