//! Entering an endorsement, by the leader or by a secretary on their behalf.

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::endorsements::{about, effect};
use crate::app::events::{self, LedgerEvent};
use crate::app::manuscript_case::LoadedCase;
use crate::app::{AppError, Tx, notification, transition};
use crate::domain::clock::Moment;
use crate::domain::deadline::WorkingTime;
use crate::domain::endorsement::leader_of;
use crate::domain::ids::{AttachmentId, EndorsementId, EntryId, ManuscriptId, UserId};
use crate::domain::notice::Letter;
use crate::domain::numbers::Day;
use crate::domain::outcome::{EndorsementKind, EndorsementState};
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::violation::{Param, Violation, Violations, prose, required_prose};
use crate::domain::vocabulary::Action;
use crate::store::attachments::{self, Attachment};
use crate::store::endorsements::{self, Endorsement};
use crate::store::ledger::contents;
use crate::store::types::SubjectKind;
use crate::store::{people, recipients};

/// The input of an endorsement. `{"kind": "noted"}` is sufficient for 圈阅.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEndorsement {
    /// Its kind.
    pub kind: EndorsementKind,
    /// 肯定性: whether it commends.
    #[serde(default)]
    pub commendatory: bool,
    /// Whether it is an instruction with the shorter time limit.
    #[serde(default)]
    pub urgent: bool,
    /// The text; not required for `noted`.
    #[serde(default)]
    pub words: String,
    /// The day on which the leader wrote it; today by default.
    #[serde(default)]
    pub date: Option<Day>,
    /// The date by which an instruction is to be carried out, if the leader sets one; at most 30 working days from now.
    #[serde(default)]
    pub due_on: Option<Day>,
    /// The leader; required only from a secretary of several leaders who received the manuscript.
    #[serde(default)]
    pub leader_id: Option<UserId>,
    /// The scan of the paper, uploaded before as an attachment with `subject` `endorsement`.
    #[serde(default)]
    pub scan_id: Option<AttachmentId>,
}

/// Enters an endorsement. The leader's own is confirmed at once; one entered on their behalf waits for the leader or for a second person.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it, violations, and refusals: [`Refusal::Repeated`] for a second 圈阅, and for
/// the same text of the same kind and day.
pub fn enter(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, new: &NewEndorsement) -> Result<EndorsementId, AppError> {
    let mut loaded = transition::load(tx, actor, id)?;
    let (leader, acting) = leader(actor, &loaded, new.leader_id)?;
    let permit = transition::judge(tx, &acting, &loaded, Action::Endorse)?.permit;
    let (mut row, scan) = parse(tx, actor, &loaded, leader, new)?;
    refuse_repeat(tx, &row)?;
    let entry: EntryId = tx.id();
    if row.state.has_effect() {
        effect::open_window(tx, actor.channel, &mut row, entry)?;
    }
    endorsements::insert(tx.conn, &row)?;
    let mut deed = LedgerEvent::new(actor.channel, actor.user, permit, Action::Endorse.as_str(), "endorsement", row.id.0);
    deed.chain = id.0;
    deed.version = Some(row.version);
    deed.to = Some(row.state.as_str());
    deed.digests.insert("endorsement".to_owned(), contents::endorsement(&row));
    if let Some(scan) = &scan {
        attachments::belongs_to(tx.conn, scan.id, row.id.into())?;
        deed.digests.insert("scan".to_owned(), hex::encode(&scan.sha256));
    }
    deed.facts = json!({
        "kind": row.kind, "leader": row.leader_id, "date": row.endorsed_on, "commendatory": row.commendatory, "urgent": row.urgent,
    });
    events::append_event_as(tx, entry, deed)?;
    if row.state.has_effect() {
        effect::take(tx, actor, &mut loaded, &row, entry)?;
    } else {
        let about = about(tx, actor, &loaded, &row, entry);
        notification::tell(tx, &about, Letter::EndorsementEntered, [leader])?;
    }
    Ok(row.id)
}

/// Returns the leader of the endorsement, and the actor with only the grants by which they act for that leader.
fn leader(actor: &Actor, loaded: &LoadedCase, wanted: Option<UserId>) -> Result<(UserId, Actor), AppError> {
    let received = &loaded.case.standing.recipients;
    let mut mine: Vec<UserId> = actor.grants.iter().filter_map(|grant| leader_of(grant, actor.user)).collect();
    mine.retain(|leader| received.contains(leader));
    mine.sort_unstable();
    mine.dedup();
    let leader = match (wanted, mine.as_slice()) {
        (Some(wanted), mine) if mine.contains(&wanted) => wanted,
        (Some(_), [_, ..]) => return Err(Violation::new("leader_id", "unknown").into()),
        (None, mine) if mine.contains(&actor.user) => actor.user,
        (None, [one]) => *one,
        (None, [_, _, ..]) => return Err(Violation::required("leader_id").into()),
        // They act for none of the leaders who received it: the table gives the refusal.
        (_, []) => return Ok((actor.user, actor.clone())),
    };
    let grants = actor.grants.iter().filter(|grant| leader_of(grant, actor.user) == Some(leader)).cloned().collect();
    Ok((leader, Actor { grants, ..actor.clone() }))
}

fn parse(
    tx: &mut Tx<'_>,
    actor: &Actor,
    loaded: &LoadedCase,
    leader: UserId,
    new: &NewEndorsement,
) -> Result<(Endorsement, Option<Attachment>), AppError> {
    let mut wrong = Violations::default();
    let max = tx.settings.limits.reason_chars;
    let words = wrong.take(match new.kind {
        EndorsementKind::Noted => prose("words", &new.words, max),
        _ => required_prose("words", &new.words, max),
    });
    let (day, due_at) = days(tx, actor, new, &mut wrong)?;
    let scan = new.scan_id.map(|id| scan(tx, actor, loaded, id)).transpose()?.flatten();
    if new.scan_id.is_some() && scan.is_none() {
        wrong.add(Violation::new("scan_id", "unknown"));
    }
    wrong.or(())?;
    let person = people::find(tx.conn, leader)?;
    let through = recipients::of_manuscript(tx.conn, loaded.row.id)?.into_iter().rev().find(|one| one.user_id == leader);
    let own = leader == actor.user;
    let row = Endorsement {
        id: tx.id(),
        channel_id: actor.channel,
        manuscript_id: loaded.row.id,
        bulletin_id: through.and_then(|one| one.bulletin_id),
        leader_id: leader,
        leader_name: person.name,
        leader_post: person.post,
        kind: new.kind,
        commendatory: new.commendatory,
        urgent: new.urgent,
        words,
        endorsed_on: day.to_string(),
        due_at,
        scan_id: scan.as_ref().map(|scan| scan.id),
        state: if own { EndorsementState::Confirmed } else { EndorsementState::Entered },
        version: 1,
        entered_by: actor.user,
        entered_at: tx.now,
        decided_by: own.then_some(actor.user),
        decided_at: own.then_some(tx.now),
        reason: None,
        held_until: None,
        held_entry: None,
        undone_at: None,
    };
    Ok((row, scan))
}

/// Returns the day of the endorsement, and the end of the day that the leader set, both in the channel's time zone.
fn days(tx: &mut Tx<'_>, actor: &Actor, new: &NewEndorsement, wrong: &mut Violations) -> Result<(Day, Option<Moment>), AppError> {
    let settings = tx.channel_settings(actor.channel)?;
    let calendar = tx.calendar(actor.channel)?;
    let time = WorkingTime { limits: &settings.limits, calendar: &calendar };
    let today = time.date(tx.now);
    let day = new.date.unwrap_or(Day(today));
    if day.0 > today {
        wrong.add(Violation::new("date", "date_future"));
    }
    let Some(due) = new.due_on.filter(|_| new.kind == EndorsementKind::Instruction) else { return Ok((day, None)) };
    let last = time.date(time.provisional(tx.now, settings.limits.instruction_at_most()).due);
    if due.0 < today {
        wrong.add(Violation::new("due_on", "date_passed"));
    } else if due.0 > last {
        let params = vec![("max", Param::Text(last.to_string()))];
        wrong.add(Violation { params, ..Violation::new("due_on", "date_beyond") });
    }
    Ok((day, Some(time.end_of(due.0))))
}

/// Returns the scan that this person uploaded for this manuscript and that belongs to no endorsement yet.
fn scan(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase, id: AttachmentId) -> Result<Option<Attachment>, AppError> {
    let rows = attachments::of_manuscript(tx.conn, loaded.row.id)?;
    Ok(rows.into_iter().find(|row| {
        row.id == id
            && row.subject_kind == SubjectKind::Endorsement
            && row.subject_id == loaded.row.id.into()
            && row.uploaded_by == actor.user
    }))
}

/// Refuses a repeated endorsement: 圈阅 states that the leader has read the manuscript, which is entered once, and the same applies to the
/// same text of the same kind and day.
fn refuse_repeat(tx: &mut Tx<'_>, row: &Endorsement) -> Result<(), AppError> {
    let there = endorsements::of_manuscript(tx.conn, row.manuscript_id)?;
    let same = |one: &&Endorsement| {
        one.leader_id == row.leader_id
            && one.state != EndorsementState::Rejected
            && one.kind == row.kind
            && (row.kind == EndorsementKind::Noted || one.words.trim() == row.words.trim() && one.endorsed_on == row.endorsed_on)
    };
    match there.iter().find(same) {
        Some(first) => Err(Refusal::Repeated { first: first.id.into() }.into()),
        None => Ok(()),
    }
}
