//! Signing a bulletin, which issues it: the number, the manuscripts before the leaders, everybody told.

use chrono::Datelike;
use serde_json::json;

use crate::app::bulletins::changed::{check_recipients, check_texts};
use crate::app::bulletins::{BulletinWithItems, called, enter, for_act, is_bound, tell};
use crate::app::edited_text::digest_as;
use crate::app::manuscript_case::LoadedCase;
use crate::app::step::StepDetails;
use crate::app::{AppError, Tx, merging, outgoing, transition};
use crate::domain::bulletin::BulletinAction;
use crate::domain::deadline::WorkingTime;
use crate::domain::ids::{BulletinId, EntryId, ManuscriptId, UserId};
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::states::BulletinState;
use crate::domain::violation::Violations;
use crate::domain::vocabulary::Action;
use crate::store::bulletins::{self, Bulletin};
use crate::store::channels;
use crate::store::ledger::contents;
use crate::store::recipients::{self, RecipientRow};

/// Issues a bulletin.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; refusals, also those of a manuscript that stands elsewhere by now.
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
    // Which text of each is in it, before the entry, which speaks of that as well.
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

/// Its manuscripts, locked in one order by everybody, so that no two acts wait for each other.
pub(super) fn load_all(tx: &mut Tx<'_>, actor: &Actor, whole: &BulletinWithItems) -> Result<Vec<LoadedCase>, AppError> {
    let mut ids: Vec<ManuscriptId> = whole.items.iter().map(|item| item.manuscript_id).collect();
    ids.sort_unstable();
    ids.into_iter().map(|id| transition::load(tx, actor, id)).collect()
}

/// 第N期 of the year and 总第N期 of the series; supplements have both counted apart. A number that was given is never given again.
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

/// One manuscript's step: its stage, the text as it was issued, the leaders before whom it is now.
fn put_before(tx: &mut Tx<'_>, actor: &Actor, whole: &BulletinWithItems, loaded: &mut LoadedCase) -> Result<(), AppError> {
    let mut step = StepDetails { facts: json!({ "bulletin": whole.row.id, "called": called(&whole.row) }), ..StepDetails::default() };
    step.digests = digest_as(tx, loaded, "issued_text")?;
    let leaders = contents::recipients(loaded.row.id, Some(whole.row.id), &whole.leaders());
    step.digests.insert("recipients".to_owned(), leaders);
    let done = transition::take(tx, actor, loaded, Action::Issue, step, |_| {})?;
    receive(tx, loaded, Some(whole.row.id), &whole.leaders(), done.entry)
}

/// From now on these leaders, and their secretaries, see the manuscript.
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
