//! Drafts: creating, saving, discarding. Saving makes no ledger entry, unless it voids a signature.

use std::sync::Arc;

use crate::app::events::{self, LedgerEvent};
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::notification::{self, About};
use crate::app::{AppError, Tx, staffing, transition, windows};
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::manuscript::{Declarations, Draft, DraftForm};
use crate::domain::notice::Letter;
use crate::domain::permission::{Actor, Permit};
use crate::domain::refusal::Refusal;
use crate::domain::violation::Violation;
use crate::domain::vocabulary::{Action, Classification, Kind, Role, Stage, TextKind};
use crate::mail::letters::LetterFacts;
use crate::store::channels::OrganizationRow;
use crate::store::ledger::{self, contents};
use crate::store::manuscripts::{self, Details};
use crate::store::rows::{AuthorRow, ManuscriptRow, TextRow};
use crate::store::{attachments, people, proof, texts};

/// The ledger's name of the entry about work on a returned manuscript within the undo window of the return.
const WORK_BEGUN: &str = "work_begun";

/// A new draft.
#[derive(Debug, Clone, Default)]
pub struct NewDraft {
    /// The content so far.
    pub form: DraftForm,
    /// Whether it is written in the name of the author's organisation.
    pub for_organization: bool,
    /// The author, if staff enter a paper manuscript (代录).
    pub author: Option<UserId>,
}

/// Changes of a draft; absent fields stay unchanged.
#[derive(Debug, Clone, Default)]
pub struct DraftChange {
    /// 案由
    pub title: Option<String>,
    /// 类别
    pub category: Option<String>,
    /// 建言, 监督意见 or 调研报告
    pub kind: Option<Kind>,
    /// 情况问题
    pub situation: Option<String>,
    /// 原因分析
    pub causes: Option<String>,
    /// 建议条目
    pub suggestions: Option<Vec<String>>,
    /// 关键词
    pub keywords: Option<Vec<String>>,
    /// The declarations.
    pub declarations: Option<Declarations>,
    /// Whether it is written in the name of the author's organisation.
    pub for_organization: Option<bool>,
}

/// Creates a draft and returns its id.
///
/// # Errors
/// [`Refusal::WrongRole`] for anybody who is no submitter, or who enters for another person without being staff; violations of the form.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewDraft) -> Result<ManuscriptId, AppError> {
    let fresh = prepare(tx, actor, new)?;
    manuscript_case::insert_fresh(tx, &fresh.loaded, &fresh.text)?;
    Ok(fresh.loaded.row.id)
}

/// A manuscript that is created but not written yet.
pub(crate) struct Fresh {
    /// Its row, its author, and the facts that the rules consider.
    pub loaded: LoadedCase,
    /// Its text.
    pub text: TextRow,
    /// The parsed form.
    pub draft: Draft,
}

/// Builds a draft without writing it, so that a manuscript which is submitted at once is written once.
pub(crate) fn prepare(tx: &mut Tx<'_>, actor: &Actor, new: &NewDraft) -> Result<Fresh, AppError> {
    let draft = parse(tx, actor, &new.form)?;
    let (author, entered_by) = match new.author.filter(|author| *author != actor.user) {
        None => (actor.user, None),
        Some(author) => {
            actor.need(&[Role::Reviewer, Role::Screener])?;
            (author, Some(actor.user))
        }
    };
    let organization = organization_of(tx, actor, author)?;
    let person = tx.person(author)?;
    let details = Details {
        keywords: draft.keywords.clone(),
        declarations: draft.declarations.clone(),
        author_name: person.name.clone(),
        author_post: person.post.clone(),
        organization_name: organization.name.clone(),
        for_organization: new.for_organization,
    };
    let id: ManuscriptId = tx.id();
    let text = TextRow::open(tx.id(), id, 1, TextKind::Original, &draft.text, actor.user, tx.now);
    let row = draft_row(tx, actor, id, &draft, &details, &text, author, entered_by, organization.id)?;
    let first = AuthorRow {
        manuscript_id: id,
        user_id: author,
        position: 0,
        name: person.name.clone(),
        post: person.post.clone(),
        organization_name: organization.name.clone(),
        invited_at: tx.now,
        signed_at: None,
        withdrawn_at: None,
    };
    let screening = staffing::screening(tx, &organization, &[author])?;
    let loaded = manuscript_case::fresh(row, first, screening)?;
    Ok(Fresh { loaded, text, draft })
}

/// Returns the organisation in which an author writes. The actor's own is known from their grants; another person's is loaded.
fn organization_of(tx: &mut Tx<'_>, actor: &Actor, author: UserId) -> Result<Arc<OrganizationRow>, AppError> {
    let organization = if author == actor.user {
        let own = actor.grants.iter().find(|grant| grant.role == Role::Submitter && grant.for_user.is_none());
        own.ok_or_else(|| Refusal::WrongRole { needed: vec![Role::Submitter] })?.organization
    } else {
        let grants = people::grants_of(tx.conn, author, actor.channel)?;
        let theirs = grants.iter().find(|grant| grant.role == Role::Submitter);
        theirs.ok_or_else(|| Violation::new("author", "unknown_person"))?.organization_id
    };
    let found = tx.organization(actor.channel, organization)?;
    // A closed organisation accepts no new manuscripts.
    if found.closed_at.is_some() { Err(Violation::new("author", "closed_organization").into()) } else { Ok(found) }
}

#[expect(clippy::too_many_arguments, reason = "a row has many columns; each comes from another place")]
fn draft_row(
    tx: &Tx<'_>,
    actor: &Actor,
    id: ManuscriptId,
    draft: &Draft,
    details: &Details,
    text: &TextRow,
    author: UserId,
    entered_by: Option<UserId>,
    organization: crate::domain::ids::OrganizationId,
) -> Result<ManuscriptRow, AppError> {
    Ok(ManuscriptRow {
        id,
        channel_id: actor.channel,
        number: None,
        stage: Stage::Draft,
        former_stage: None,
        version: 1,
        title: draft.text.title.as_str().to_owned(),
        category: draft.category.clone(),
        kind: draft.kind,
        urgent: false,
        details: details.to_json()?,
        text_id: text.id,
        edited_text_id: None,
        organization_id: organization,
        first_author_id: author,
        entered_by,
        created_at: tx.now,
        stage_since: tx.now,
        due_at: None,
        submitted_at: None,
        screening_at: None,
        review_at: None,
        signing_at: None,
        accepted_at: None,
        forwarded_at: None,
        handling_at: None,
        concluded_at: None,
        returned_from: None,
        merged_into: None,
        pending: None,
        pending_until: None,
        untold_versions: 0,
    })
}

fn parse(tx: &mut Tx<'_>, actor: &Actor, form: &DraftForm) -> Result<Draft, AppError> {
    // A classified text must not be stored at all, not even as a draft.
    if form.declarations.as_ref().is_some_and(|declared| declared.classification != Classification::None) {
        return Err(Refusal::Classified.into());
    }
    let settings = tx.channel_settings(actor.channel)?;
    Ok(Draft::parse(form, &tx.text_limits(), &settings.categories)?)
}

/// Saves changes to a draft or a returned manuscript. A change of the text or the form voids the signatures of joint authors.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; refusals; violations.
pub fn save(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, change: &DraftChange) -> Result<(), AppError> {
    let mut loaded = transition::load(tx, actor, id)?;
    let sight = loaded.sight(actor);
    transition::judge(tx, actor, &loaded, Action::Save)?;
    loaded.expect(seen, sight, tx.now)?;
    let old = texts::find(tx.conn, loaded.row.text_id)?;
    let old_text = old.text()?;
    let mut details = loaded.row.details()?;
    let form = DraftForm {
        title: change.title.clone().unwrap_or_else(|| old_text.title.as_str().to_owned()),
        category: change.category.clone().unwrap_or_else(|| loaded.row.category.clone()),
        kind: change.kind.or(Some(loaded.row.kind)),
        situation: change.situation.clone().unwrap_or_else(|| old_text.situation.clone()),
        causes: change.causes.clone().unwrap_or_else(|| old_text.causes.clone()),
        suggestions: change.suggestions.clone().unwrap_or_else(|| old_text.suggestions.clone()),
        keywords: change.keywords.clone().unwrap_or_else(|| details.keywords.clone()),
        declarations: change.declarations.clone().or_else(|| details.declarations.clone()),
    };
    let draft = parse(tx, actor, &form)?;
    let before = loaded.row.clone();
    let text_changed = draft.text != old_text;
    if text_changed {
        keep_text(tx, actor, &mut loaded.row, old, &draft)?;
    }
    details.keywords = draft.keywords;
    details.declarations = draft.declarations;
    details.for_organization = change.for_organization.unwrap_or(details.for_organization);
    let row = &mut loaded.row;
    if row.stage == Stage::Draft {
        // Other people continue to read the submitted title of a returned manuscript.
        row.title = draft.text.title.as_str().to_owned();
    }
    row.category = draft.category;
    row.kind = draft.kind;
    row.details = details.to_json()?;
    if text_changed || contents::form(row)? != contents::form(&before)? {
        void_signatures(tx, actor, &loaded)?;
    }
    record_work(tx, actor, &mut loaded)?;
    loaded.row.version += 1;
    Ok(manuscripts::save_form(tx.conn, &loaded.row, before.version)?)
}

/// Stores the text. An open text is overwritten; a sealed one stays unchanged, and the next round is started beside it.
fn keep_text(tx: &mut Tx<'_>, actor: &Actor, row: &mut ManuscriptRow, mut old: TextRow, draft: &Draft) -> Result<(), AppError> {
    if old.sealed_at.is_none() {
        old.set(&draft.text);
        return Ok(texts::save(tx.conn, &old)?);
    }
    let round = texts::next_round(tx.conn, row.id, TextKind::Original)?;
    let next = TextRow::open(tx.id(), row.id, round, TextKind::Original, &draft.text, actor.user, tx.now);
    texts::insert(tx.conn, &next)?;
    row.text_id = next.id;
    Ok(())
}

/// Voids the signatures of joint authors, which do not cover the change.
pub(crate) fn void_signatures(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase) -> Result<(), AppError> {
    let signed: Vec<UserId> = loaded.authors.iter().filter(|author| author.signed_at.is_some()).map(|author| author.user_id).collect();
    if signed.is_empty() {
        return Ok(());
    }
    for user in &signed {
        texts::set_signature(tx.conn, loaded.row.id, *user, None)?;
    }
    let permit = actor.grants.first().map_or(Permit::SYSTEM, Permit::of);
    let mut deed = LedgerEvent::new(actor.channel, actor.user, permit, "void_signatures", "manuscript", loaded.row.id.0);
    deed.version = Some(loaded.row.version + 1);
    deed.facts = serde_json::json!({ "signatures": signed.len() });
    let entry = events::append_event(tx, deed)?;
    let about = About {
        entry,
        channel: actor.channel,
        manuscript: Some(&loaded.row),
        subject: loaded.row.id.into(),
        facts: LetterFacts::default(),
        not_before: tx.now,
        actor: Some(actor.user),
    };
    notification::tell(tx, &about, Letter::SignatureVoided, signed.into_iter().filter(|user| *user != actor.user))
}

/// Records work on a returned manuscript while the return can still be undone; staff who entered the manuscript and can return it may do
/// this. From then on the return is final, so that none of that work is lost, and its authors are notified, because they would otherwise
/// see the work without the return. Recorded once.
pub(crate) fn record_work(tx: &mut Tx<'_>, actor: &Actor, loaded: &mut LoadedCase) -> Result<(), AppError> {
    if loaded.row.stage != Stage::Returned || loaded.case.pending.is_none() {
        return Ok(());
    }
    let permit = transition::judge(tx, actor, loaded, Action::Save)?.permit;
    windows::close_early(tx, loaded)?;
    let deed = LedgerEvent::new(actor.channel, actor.user, permit, WORK_BEGUN, "manuscript", loaded.row.id.0);
    events::append_event(tx, deed).map(drop)
}

/// Discards a draft.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; refusals.
pub fn discard(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<(), AppError> {
    let loaded = transition::load(tx, actor, id)?;
    transition::judge(tx, actor, &loaded, Action::Discard)?;
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    texts::left_author(tx.conn, id)?;
    attachments::delete_of(tx.conn, id)?;
    texts::delete_of(tx.conn, id)?;
    manuscripts::delete(tx.conn, id)?;
    if ledger::reading::head(tx.conn, id.into())?.is_none() {
        proof::leave_unproved();
        return Ok(());
    }
    // A person has signed it, or was invited, so the ledger has entries about it and must record that it is deleted.
    let permit = actor.grants.first().map_or(Permit::SYSTEM, Permit::of);
    let mut deed = LedgerEvent::new(actor.channel, actor.user, permit, Action::Discard.as_str(), "manuscript", id.0);
    deed.from = Some(loaded.row.stage.as_str());
    events::append_event(tx, deed)?;
    Ok(())
}
