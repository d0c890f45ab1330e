//! Bulletins as people may read them.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::bulletins::{BulletinWithItems, called, is_bound, number, whole, within};
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::{AppError, Tx, merging, outgoing};
use crate::domain::bulletin::{self, BulletinAction, BulletinKind, RecipientKind};
use crate::domain::clock::Moment;
use crate::domain::ids::{BulletinId, ManuscriptId, UserId};
use crate::domain::numbers::IssueNumber;
use crate::domain::outgoing::EditedTextState;
use crate::domain::permission::Actor;
use crate::domain::states::BulletinState;
use crate::domain::vocabulary::{Role, Stage};
use crate::store::bulletins::{self, Bulletin, BulletinItemRow};
use crate::store::{ledger, manuscripts, people, rows, texts};

/// A bulletin in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BulletinLine {
    /// Its id.
    pub id: BulletinId,
    /// The series.
    pub series: String,
    /// 单篇, 综合 or 转送.
    pub kind: BulletinKind,
    /// The title.
    pub title: String,
    /// Whether it is a supplement (增刊).
    pub supplement: bool,
    /// Its state.
    pub state: BulletinState,
    /// Its version.
    pub version: i64,
    /// Its number; absent before it was issued.
    pub number: Option<IssueNumber>,
    /// Its usual name: 《直通车专报》第3期（总第47期）.
    pub called: String,
    /// The number of its manuscripts.
    pub manuscript_count: usize,
    /// The time at which it was created.
    pub created_at: Moment,
    /// The time at which it was issued.
    pub issued_at: Option<Moment>,
    /// The time at which it was cancelled.
    pub cancelled_at: Option<Moment>,
}

/// A complete bulletin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BulletinView {
    /// The fields of a list.
    #[serde(flatten)]
    pub line: BulletinLine,
    /// 编者按.
    pub foreword: String,
    /// The editor.
    pub editor: String,
    /// The signer.
    pub signer: Option<String>,
    /// The time at which it was last submitted to the signers.
    pub submitted_at: Option<Moment>,
    /// The reason for sending it back, or for cancelling it.
    pub reason: Option<String>,
    /// The recipients.
    pub recipients: Vec<RecipientView>,
    /// Its manuscripts, in order, as far as the reader may see them.
    pub manuscripts: Vec<ManuscriptInBulletin>,
    /// The ledger's newest checkpoint at the time of issue; it is printed on the sheet, so that every printed copy is an anchor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<PrintedCheckpoint>,
    /// The actions that the reader may perform now.
    pub allowed_actions: Vec<BulletinAction>,
}

/// A checkpoint of the ledger, as it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PrintedCheckpoint {
    /// The number of entries that it covers.
    pub size: u64,
    /// The root over them, in hexadecimal digits.
    pub root: String,
}

/// A recipient of a bulletin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecipientView {
    /// The leader.
    pub user_id: UserId,
    /// Their name.
    pub name: String,
    /// Their post.
    pub post: String,
    /// 报, 送 or 发.
    pub kind: RecipientKind,
    /// Whether they are a leader of the channel with an active account at present; it is not issued to others.
    pub active: bool,
}

/// A manuscript in a bulletin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ManuscriptInBulletin {
    /// The manuscript.
    pub id: ManuscriptId,
    /// Its number.
    pub number: Option<String>,
    /// Its current stage.
    pub stage: Stage,
    /// Whether its author has corrected the original since the office edited it; the edited text must be updated before anything goes out.
    pub outdated: bool,
    /// The text; after the issue, as it was issued.
    pub text: IssuedText,
    /// Its authors, each with their organisation, in order.
    pub authors: Vec<String>,
}

/// The text of a manuscript in a bulletin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssuedText {
    /// 案由
    pub title: String,
    /// 情况问题
    pub situation: String,
    /// 原因分析
    pub causes: String,
    /// 建议条目
    pub suggestions: Vec<String>,
    /// SHA-256 of the text, as the ledger names it.
    pub digest: Option<String>,
}

/// A bulletin that contains a manuscript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InBulletin {
    /// The bulletin; only for readers who may open it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<BulletinId>,
    /// Its usual name: 《直通车专报》第3期（总第47期）.
    pub called: String,
    /// Its state.
    pub state: BulletinState,
    /// Its number.
    pub number: Option<IssueNumber>,
    /// The time at which it was issued.
    pub issued_at: Option<Moment>,
}

/// An issued bulletin that contains a manuscript, with the authors of merged manuscripts whom it names there.
pub(crate) struct IssuedIn {
    pub(crate) bulletin: InBulletin,
    pub(crate) credited: Vec<UserId>,
}

/// The query of a list.
#[derive(Debug, Clone, Default)]
pub struct BulletinListQuery {
    /// Only in this state.
    pub state: Option<BulletinState>,
    /// Only of this series.
    pub series: Option<String>,
    /// The last bulletin of the previous page.
    pub after: Option<BulletinId>,
    /// The largest number of bulletins.
    pub limit: i64,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct BulletinSlice {
    /// Its bulletins, newest first.
    pub items: Vec<BulletinLine>,
    /// The key from which the next page continues; absent at the end.
    pub next: Option<BulletinId>,
}

/// Returns one bulletin.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId) -> Result<BulletinView, AppError> {
    let whole = whole(tx, actor, id)?;
    let people: Vec<UserId> = whole.leaders().into_iter().chain([whole.row.editor_id]).chain(whole.row.signer_id).collect();
    let people: BTreeMap<UserId, people::User> = people::find_many(tx.conn, &people)?.into_iter().map(|user| (user.id, user)).collect();
    let leaders = people::holders(tx.conn, actor.channel, Role::Leader, None)?;
    let name = |user: UserId| people.get(&user).map(|user| user.name.clone()).unwrap_or_default();
    let recipient = |one: &bulletins::BulletinRecipientRow| RecipientView {
        user_id: one.user_id,
        name: name(one.user_id),
        post: people.get(&one.user_id).map(|user| user.post.clone()).unwrap_or_default(),
        kind: one.kind,
        active: leaders.contains(&one.user_id),
    };
    let checkpoint = match whole.row.issued_at {
        Some(at) => ledger::reading::checkpoint_at(tx.conn, actor.channel, at)?,
        None => None,
    };
    let mut allowed_actions = bulletin::allowed(whole.row.state, actor);
    if allowed_actions.contains(&BulletinAction::Issue) && is_bound(tx, actor, &whole)? {
        allowed_actions.retain(|action| *action != BulletinAction::Issue);
    }
    Ok(BulletinView {
        checkpoint: checkpoint.map(|(size, root)| PrintedCheckpoint { size, root: hex::encode(root) }),
        line: line(&whole.row, whole.items.len()),
        foreword: whole.row.foreword.clone(),
        editor: name(whole.row.editor_id),
        signer: whole.row.signer_id.map(name),
        submitted_at: whole.row.submitted_at,
        reason: whole.row.reason.clone(),
        recipients: whole.to.iter().map(recipient).collect(),
        manuscripts: manuscripts_of(tx, actor, &whole)?,
        allowed_actions,
    })
}

fn manuscripts_of(tx: &mut Tx<'_>, actor: &Actor, whole: &BulletinWithItems) -> Result<Vec<ManuscriptInBulletin>, AppError> {
    let mut seen = Vec::with_capacity(whole.items.len());
    for item in &whole.items {
        let row = manuscripts::find(tx.conn, actor.channel, item.manuscript_id)?;
        let loaded = manuscript_case::of_row(tx, row)?;
        let sight = loaded.sight(actor);
        // A reader who is only its author reads the manuscript on its own page.
        if sight.internal() || sight.leader {
            seen.push(manuscript(tx, &loaded, item)?);
        }
    }
    Ok(seen)
}

fn manuscript(tx: &mut Tx<'_>, loaded: &LoadedCase, item: &BulletinItemRow) -> Result<ManuscriptInBulletin, AppError> {
    let text = match item.text_id {
        Some(issued) => issued,
        None => outgoing::outgoing(tx, &loaded.row)?.text,
    };
    let row = texts::find(tx.conn, text)?;
    let text = row.text()?;
    let text = IssuedText {
        title: text.title.as_str().to_owned(),
        situation: text.situation,
        causes: text.causes,
        suggestions: text.suggestions,
        digest: row.digest.as_ref().map(hex::encode),
    };
    let author = |author: &rows::AuthorRow| format!("{} {}", author.organization_name, author.name).trim().to_owned();
    let mut authors: Vec<String> = loaded.authors.iter().map(author).collect();
    // Authors of merged manuscripts are named too: as of the issue, and before that as of now.
    let credited = match item.credited()? {
        Some(credited) => credited,
        None if item.text_id.is_none() => merging::credited(tx, loaded)?,
        None => Vec::new(),
    };
    for (manuscript, user) in credited {
        authors.extend(texts::authors(tx.conn, manuscript)?.iter().filter(|one| one.user_id == user).map(author));
    }
    let outdated = item.text_id.is_none() && loaded.case.edited == EditedTextState::Outdated;
    let (id, number, stage) = (loaded.row.id, loaded.row.number.clone(), loaded.row.stage);
    Ok(ManuscriptInBulletin { id, number, stage, outdated, text, authors })
}

pub(super) fn line(row: &Bulletin, manuscript_count: usize) -> BulletinLine {
    BulletinLine {
        id: row.id,
        series: row.series.clone(),
        kind: row.kind,
        title: row.title.clone(),
        supplement: row.supplement,
        state: row.state,
        version: row.version,
        number: number(row),
        called: called(row),
        manuscript_count,
        created_at: row.created_at,
        issued_at: row.issued_at,
        cancelled_at: row.cancelled_at,
    }
}

/// Returns a page of the bulletins that this person may see.
///
/// # Errors
/// Fails if a database operation fails.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, wish: &BulletinListQuery) -> Result<BulletinSlice, AppError> {
    let Some(within) = within(tx, actor)? else { return Ok(BulletinSlice { items: Vec::new(), next: None }) };
    let series = wish.series.as_deref();
    let mut rows = bulletins::list(tx.conn, actor.channel, &within, wish.state, series, wish.after, wish.limit + 1)?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > wish.limit;
    rows.truncate(usize::try_from(wish.limit).unwrap_or(usize::MAX));
    let next = rows.last().map(|row| row.id).filter(|_| more);
    let ids: Vec<BulletinId> = rows.iter().map(|row| row.id).collect();
    let items = bulletins::items(tx.conn, &ids)?;
    let count = |id: BulletinId| items.iter().filter(|item| item.bulletin_id == id).count();
    Ok(BulletinSlice { items: rows.iter().map(|row| line(row, count(row.id))).collect(), next })
}

/// Returns the bulletins in which a manuscript was issued, as shown to readers who may not open them.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn issued_bulletins_of(tx: &mut Tx<'_>, loaded: &LoadedCase) -> Result<Vec<IssuedIn>, AppError> {
    let mut rows = bulletins::of_manuscript(tx.conn, loaded.row.id)?;
    rows.retain(|row| row.state == BulletinState::Issued);
    let ids: Vec<BulletinId> = rows.iter().map(|row| row.id).collect();
    let items = bulletins::items(tx.conn, &ids)?;
    let mut issued = Vec::with_capacity(rows.len());
    for row in &rows {
        let item = items.iter().find(|item| item.bulletin_id == row.id && item.manuscript_id == loaded.row.id);
        let credited = item.map(BulletinItemRow::credited).transpose()?.flatten().unwrap_or_default();
        let bulletin = InBulletin { id: None, called: called(row), state: row.state, number: number(row), issued_at: row.issued_at };
        issued.push(IssuedIn { bulletin, credited: credited.into_iter().map(|(_, user)| user).collect() });
    }
    Ok(issued)
}

/// Returns the bulletins that contain a manuscript: for the office all of them, for leaders those that they received, for any other reader
/// of the manuscript the number and the day of issued ones.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn bulletins_of(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase) -> Result<Vec<InBulletin>, AppError> {
    let sight = loaded.sight(actor);
    if loaded.row.accepted_at.is_none() || !sight.reads() {
        return Ok(Vec::new());
    }
    let rows = tx.bulletins_with(loaded.row.id)?;
    let to = if rows.is_empty() { Vec::new() } else { tx.bulletin_recipients_of(loaded.row.id)? };
    let view = |row: &Bulletin| {
        let leaders: Vec<UserId> = to.iter().filter(|one| one.bulletin_id == row.id).map(|one| one.user_id).collect();
        let opens = (sight.internal() || sight.leader) && bulletin::sees(actor, row.state, &leaders);
        let shown = opens || row.state == BulletinState::Issued;
        let id = opens.then_some(row.id);
        shown.then(|| InBulletin { id, called: called(row), state: row.state, number: number(row), issued_at: row.issued_at })
    };
    Ok(rows.iter().filter_map(view).collect())
}
