//! Composing a bulletin and submitting it to the signers. A draft is saved without an entry in the ledger.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::bulletins::changed::{check_recipients, editors};
use crate::app::bulletins::{FOREWORD, enter, for_act, outgoing_title, tell};
use crate::app::events::{self, LedgerEvent};
use crate::app::transition::words;
use crate::app::{AppError, Tx, manuscript_case};
use crate::domain::bulletin::{self, BulletinAction, BulletinKind, RecipientKind};
use crate::domain::ids::{BulletinId, ManuscriptId, UserId};
use crate::domain::outgoing::EditedTextState;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::states::BulletinState;
use crate::domain::violation::{Violation, Violations, line, prose};
use crate::domain::vocabulary::Stage;
use crate::store::bulletins::{self, Bulletin, BulletinItemRow, BulletinRecipientRow};
use crate::store::manuscripts;

/// The largest number of manuscripts in one bulletin.
const MOST_MANUSCRIPTS: usize = 50;
/// The largest number of recipients of one bulletin.
const MOST_RECIPIENTS: usize = 100;

/// A chosen recipient, and how they are named at the foot of the bulletin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenRecipient {
    /// The leader.
    pub user_id: UserId,
    /// 报, 送 or 发; 报 by default.
    #[serde(default = "report")]
    pub kind: RecipientKind,
}

const fn report() -> RecipientKind {
    RecipientKind::Report
}

/// The content of a bulletin; it may be incomplete until submission.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BulletinForm {
    /// The series, one of the channel's list; the first one by default.
    pub series: Option<String>,
    /// 单篇, 综合 or 转送; by default chosen by the number of manuscripts.
    pub kind: Option<BulletinKind>,
    /// The title; by default that of the manuscript if there is only one.
    pub title: String,
    /// 编者按: the editor's foreword.
    pub foreword: String,
    /// 增刊: numbered separately.
    pub supplement: bool,
    /// The manuscripts, in order.
    pub manuscripts: Vec<ManuscriptId>,
    /// The recipients.
    pub recipients: Vec<ChosenRecipient>,
}

/// Changes of a bulletin; absent fields stay unchanged.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BulletinChange {
    /// The series, one of the channel's list.
    pub series: Option<String>,
    /// 单篇, 综合 or 转送.
    pub kind: Option<BulletinKind>,
    /// The title.
    pub title: Option<String>,
    /// 编者按.
    pub foreword: Option<String>,
    /// 增刊.
    pub supplement: Option<bool>,
    /// The manuscripts, in order; the complete list.
    pub manuscripts: Option<Vec<ManuscriptId>>,
    /// The recipients; the complete list.
    pub recipients: Option<Vec<ChosenRecipient>>,
}

/// Creates a bulletin.
///
/// # Errors
/// Violations, and refusals.
pub fn compose(tx: &mut Tx<'_>, actor: &Actor, form: &BulletinForm) -> Result<BulletinId, AppError> {
    let decision = bulletin::decide(None, actor, BulletinAction::Compose)?;
    let mut row = Bulletin {
        id: tx.id(),
        channel_id: actor.channel,
        series: String::new(),
        kind: BulletinKind::Single,
        title: String::new(),
        foreword: String::new(),
        supplement: false,
        state: BulletinState::Draft,
        version: 1,
        editor_id: actor.user,
        signer_id: None,
        year: None,
        issue_number: None,
        total_number: None,
        created_at: tx.now,
        submitted_at: None,
        issued_at: None,
        cancelled_at: None,
        reason: None,
    };
    let (items, to) = fill(tx, actor, &mut row, form)?;
    bulletins::insert(tx.conn, &row)?;
    bulletins::set_contents(tx.conn, row.id, &items, &to)?;
    let wrote = !row.foreword.is_empty();
    enter(tx, actor, &decision, None, &row, |deed| deed.facts = foreword(wrote))?;
    Ok(row.id)
}

/// Changes a draft.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn edit(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, seen: i64, change: &BulletinChange) -> Result<(), AppError> {
    let (whole, decision) = for_act(tx, actor, id, seen, BulletinAction::Edit)?;
    let mut row = whole.row;
    let change = change.clone();
    let kept = whole.to.iter().map(|one| ChosenRecipient { user_id: one.user_id, kind: one.kind });
    let form = BulletinForm {
        series: change.series.or_else(|| Some(row.series.clone())),
        kind: change.kind.or_else(|| change.manuscripts.is_none().then_some(row.kind)),
        title: change.title.unwrap_or_else(|| row.title.clone()),
        foreword: change.foreword.unwrap_or_else(|| row.foreword.clone()),
        supplement: change.supplement.unwrap_or(row.supplement),
        manuscripts: change.manuscripts.unwrap_or_else(|| whole.items.iter().map(|item| item.manuscript_id).collect()),
        recipients: change.recipients.unwrap_or_else(|| kept.collect()),
    };
    let before = row.foreword.clone();
    let (items, to) = fill(tx, actor, &mut row, &form)?;
    let wrote = !row.foreword.is_empty() && row.foreword != before;
    row.version += 1;
    bulletins::save(tx.conn, &row, seen)?;
    bulletins::set_contents(tx.conn, id, &items, &to)?;
    enter(tx, actor, &decision, Some(row.state), &row, |deed| deed.facts = foreword(wrote)).map(drop)
}

/// Returns the fact about the foreword for the entry: its writer must not issue the bulletin (four eyes).
fn foreword(wrote: bool) -> serde_json::Value {
    if wrote { serde_json::json!({ FOREWORD: true }) } else { serde_json::Value::Null }
}

/// Discards a draft.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; refusals.
pub fn discard(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, seen: i64) -> Result<(), AppError> {
    let (whole, decision) = for_act(tx, actor, id, seen, BulletinAction::Discard)?;
    bulletins::delete(tx.conn, id)?;
    let mut deed = LedgerEvent::new(actor.channel, actor.user, decision.permit, decision.row.action.as_str(), "bulletin", id.0);
    deed.from = Some(whole.row.state.as_str());
    events::append_event(tx, deed).map(drop)
}

/// Submits a draft to the signers.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; violations for what is missing; refusals.
pub fn submit(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, seen: i64) -> Result<(), AppError> {
    let (mut whole, decision) = for_act(tx, actor, id, seen, BulletinAction::Submit)?;
    let mut missing = Violations::default();
    let gaps = [("title", whole.row.title.is_empty()), ("manuscripts", whole.items.is_empty()), ("recipients", whole.to.is_empty())];
    for (field, _) in gaps.iter().filter(|(_, gap)| *gap) {
        missing.add(Violation::required(*field));
    }
    let ids: Vec<ManuscriptId> = whole.items.iter().map(|item| item.manuscript_id).collect();
    check_manuscripts(tx, actor, &ids, &mut missing)?;
    check_recipients(tx, actor, &whole.leaders(), &mut missing)?;
    missing.or(())?;
    let from = whole.row.state;
    whole.row.state = BulletinState::Submitted;
    whole.row.submitted_at = Some(tx.now);
    whole.row.reason = None;
    whole.row.version += 1;
    bulletins::save(tx.conn, &whole.row, seen)?;
    let entry = enter(tx, actor, &decision, Some(from), &whole.row, |_| {})?;
    tell(tx, actor, &decision, &whole, entry, None, &[])
}

/// Returns a bulletin to its editor.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn send_back(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, seen: i64, reason: &str) -> Result<(), AppError> {
    let (mut whole, decision) = for_act(tx, actor, id, seen, BulletinAction::SendBack)?;
    let reason = words(tx, "reason", reason)?;
    let from = whole.row.state;
    whole.row.state = BulletinState::Draft;
    whole.row.reason = Some(reason.clone());
    whole.row.version += 1;
    bulletins::save(tx.conn, &whole.row, seen)?;
    let entry = enter(tx, actor, &decision, Some(from), &whole.row, |_| {})?;
    let editors = editors(tx, &whole)?;
    tell(tx, actor, &decision, &whole, entry, Some(&reason), &editors)
}

/// Copies a form into the row; reports all violations at once.
fn fill(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &mut Bulletin,
    form: &BulletinForm,
) -> Result<(Vec<BulletinItemRow>, Vec<BulletinRecipientRow>), AppError> {
    let mut wrong = Violations::default();
    let settings = tx.channel_settings(actor.channel)?;
    let series = form.series.clone().or_else(|| settings.series.first().cloned()).unwrap_or_default();
    if !settings.series.contains(&series) {
        wrong.add(Violation::new("series", "unknown"));
    }
    row.series = series;
    row.title = wrong.take(line("title", &form.title, tx.settings.limits.title_chars));
    row.foreword = wrong.take(prose("foreword", &form.foreword, tx.settings.limits.reason_chars));
    row.supplement = form.supplement;
    let count = form.manuscripts.len();
    row.kind = form.kind.unwrap_or(if count > 1 { BulletinKind::Compiled } else { BulletinKind::Single });
    let most = if row.kind == BulletinKind::Single { 1 } else { MOST_MANUSCRIPTS };
    if count > most {
        wrong.add(Violation::beyond("manuscripts", "too_many", count, most));
        return Err(wrong.into_vec().into());
    }
    let titles = check_manuscripts(tx, actor, &form.manuscripts, &mut wrong)?;
    if let (true, [only]) = (row.title.is_empty(), titles.as_slice()) {
        row.title.clone_from(only);
    }
    let to = recipients(tx, actor, row.id, &form.recipients, &mut wrong)?;
    wrong.or(())?;
    let item = |(manuscript, position)| BulletinItemRow {
        bulletin_id: row.id,
        manuscript_id: manuscript,
        position,
        text_id: None,
        credited: None,
    };
    Ok((form.manuscripts.iter().copied().zip(1..).map(item).collect(), to))
}

/// Checks that each manuscript is named once, visible as staff, and accepted; returns their titles.
fn check_manuscripts(tx: &mut Tx<'_>, actor: &Actor, ids: &[ManuscriptId], wrong: &mut Violations) -> Result<Vec<String>, AppError> {
    let mut titles = Vec::new();
    for (at, id) in ids.iter().enumerate() {
        let field = format!("manuscripts[{at}]");
        let loaded = match manuscripts::find(tx.conn, actor.channel, *id) {
            Ok(row) => manuscript_case::of_row(tx, row)?,
            Err(crate::store::StoreError::NotFound) => {
                wrong.add(Violation::new(field, "unknown"));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        if loaded.case.standing.is_involved(actor.user) {
            return Err(Refusal::OwnManuscript.into());
        }
        let stands = matches!(loaded.row.stage, Stage::Accepted | Stage::Forwarded | Stage::Handling | Stage::Concluded);
        if !loaded.sight(actor).internal() {
            wrong.add(Violation::new(field, "unknown"));
        } else if ids[..at].contains(id) {
            wrong.add(Violation::new(field, "duplicate"));
        } else if !stands {
            wrong.add(Violation::new(field, "not_accepted"));
        } else if loaded.case.edited == EditedTextState::Outdated {
            wrong.add(Violation::new(field, "outdated"));
        }
        titles.push(outgoing_title(tx, &loaded.row)?);
    }
    Ok(titles)
}

fn recipients(
    tx: &mut Tx<'_>,
    actor: &Actor,
    bulletin_id: BulletinId,
    chosen: &[ChosenRecipient],
    wrong: &mut Violations,
) -> Result<Vec<BulletinRecipientRow>, AppError> {
    let users: Vec<UserId> = chosen.iter().map(|one| one.user_id).collect();
    check_leaders(tx, actor, &users, wrong)?;
    Ok(chosen.iter().map(|one| BulletinRecipientRow { bulletin_id, user_id: one.user_id, kind: one.kind }).collect())
}

/// Checks that each person is named once, and is a leader of this channel.
pub(crate) fn check_leaders(tx: &mut Tx<'_>, actor: &Actor, chosen: &[UserId], wrong: &mut Violations) -> Result<(), AppError> {
    if chosen.len() > MOST_RECIPIENTS {
        wrong.add(Violation::beyond("recipients", "too_many", chosen.len(), MOST_RECIPIENTS));
        return Ok(());
    }
    check_recipients(tx, actor, chosen, wrong)
}
