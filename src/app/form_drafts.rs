//! Unsent input of forms about a manuscript. Only its writer reads it. It is valid while the manuscript stays at the stage for which it was
//! written, and is restored when a decision is undone: the row stores the time at which the manuscript entered its stage, and an undo
//! restores that time.

use crate::app::intake::drafts::{self, DraftChange};
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::{AppError, StoreError, Tx};
use crate::domain::characters::is_blank;
use crate::domain::clock::Moment;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::queues::WorkQueue;
use crate::domain::violation::Violation;
use crate::domain::vocabulary::Stage;
use crate::store::form_drafts::{self, FormDraftRow};
use crate::store::texts;

/// The largest size of a form, its requests included, as a multiple of the longest text's characters.
const TEXTS: usize = 4;

/// The kind of form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormKind {
    /// The author's form: a pasted text, with a signature below it.
    Writing,
    /// The form of a decision in this queue.
    Deciding(WorkQueue),
}

impl FormKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Writing => "writing",
            Self::Deciding(WorkQueue::Screening) => "screening",
            Self::Deciding(WorkQueue::Signing) => "signing",
            Self::Deciding(_) => "review",
        }
    }

    /// Returns whether the form belongs to the manuscript in its current state.
    fn fits(self, loaded: &LoadedCase) -> bool {
        match self {
            Self::Writing => matches!(loaded.row.stage, Stage::Draft | Stage::Returned),
            Self::Deciding(queue) => queue.row().stages.contains(&loaded.row.stage),
        }
    }
}

/// The saved input of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormDraft {
    /// Names and values, in their order.
    pub fields: Vec<(String, String)>,
    /// When it was saved.
    pub saved_at: Moment,
}

/// Returns the caller's own saved input.
///
/// # Errors
/// [`AppError::NotFound`] for a manuscript that they may not see.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, form: FormKind) -> Result<Option<FormDraft>, AppError> {
    let loaded = manuscript_case::view(tx, actor, id)?;
    find_of(tx, actor, &loaded, form)
}

fn find_of(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase, form: FormKind) -> Result<Option<FormDraft>, AppError> {
    if !form.fits(loaded) {
        return Ok(None);
    }
    let Some(row) = form_drafts::find(tx.conn, actor.user, loaded.row.id, form.as_str(), loaded.row.stage_since)? else { return Ok(None) };
    let fields = serde_json::from_str(&row.fields).map_err(|error| StoreError::unreadable("form_drafts.fields", &error))?;
    Ok(Some(FormDraft { fields, saved_at: row.saved_at }))
}

/// Stores the caller's input; input without any text is not stored. Returns whether the form belongs to the manuscript in its current
/// state.
///
/// # Errors
/// [`AppError::NotFound`]; a violation for what is too long.
pub fn keep(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, form: FormKind, fields: &[(String, String)]) -> Result<bool, AppError> {
    let loaded = manuscript_case::load_for_form(tx, actor, id)?;
    if !form.fits(&loaded) {
        return Ok(false);
    }
    if fields.is_empty() {
        form_drafts::discard(tx.conn, actor.user, id, form.as_str())?;
        return Ok(true);
    }
    let max = tx.text_limits().hard.saturating_mul(TEXTS);
    let length = fields.iter().map(|(_, value)| value.chars().count()).sum();
    if length > max {
        return Err(Violation::beyond("text", "too_long", length, max).into());
    }
    let fields = serde_json::to_string(fields).map_err(|error| StoreError::unreadable("form_drafts.fields", &error))?;
    let row = FormDraftRow {
        user_id: actor.user,
        manuscript_id: id,
        form: form.as_str().to_owned(),
        stage_since: loaded.row.stage_since,
        fields,
        saved_at: tx.now,
    };
    form_drafts::keep(tx.conn, &row)?;
    Ok(true)
}

/// Input that the author must settle before submitting the manuscript: it is part of no field, and would otherwise be lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unsettled {
    /// Names and date below a pasted text, neither included nor dropped so far.
    pub signature: String,
    /// Whether there is a pasted text that has not been split into parts.
    pub has_whole: bool,
}

impl Unsettled {
    /// Returns the violations that prevent the submission.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        let whole = self.has_whole.then(|| Violation::new("whole", "not_split"));
        let signature = (!self.signature.is_empty()).then(|| Violation::new(SIGNATURE, "unsettled"));
        whole.into_iter().chain(signature).collect()
    }
}

/// The field with names and date.
const SIGNATURE: &str = "signature";

/// Reads the input that the caller has not settled.
///
/// # Errors
/// Fails with [`AppError::Store`].
pub(crate) fn unsettled(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase) -> Result<Unsettled, AppError> {
    let Some(draft) = find_of(tx, actor, loaded, FormKind::Writing)? else { return Ok(Unsettled::default()) };
    let text = |field: &str| draft.fields.iter().find(|(name, text)| name == field && !is_blank(text)).map(|(_, text)| text.clone());
    Ok(Unsettled { signature: text(SIGNATURE).unwrap_or_default(), has_whole: text("whole").is_some() })
}

/// Settles names and date below a pasted text: they become the last lines of the last suggestion, or are dropped. Does nothing if there are
/// none.
///
/// # Errors
/// [`AppError::Stale`] if they are included and the manuscript has another version than `seen`; as [`drafts::save`].
pub fn settle_signature(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, keeps: bool) -> Result<(), AppError> {
    let loaded = manuscript_case::view(tx, actor, id)?;
    let Some(draft) = find_of(tx, actor, &loaded, FormKind::Writing)? else { return Ok(()) };
    let (signature, rest): (Vec<_>, Vec<_>) = draft.fields.into_iter().partition(|(name, _)| name == SIGNATURE);
    if keeps && !signature.is_empty() {
        let lines = signature.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n");
        let mut suggestions = texts::find(tx.conn, loaded.row.text_id)?.text()?.suggestions;
        match suggestions.last_mut() {
            Some(last) => *last = format!("{}\n{lines}", last.trim_end()),
            None => suggestions.push(lines),
        }
        drafts::save(tx, actor, id, seen, &DraftChange { suggestions: Some(suggestions), ..DraftChange::default() })?;
    }
    keep(tx, actor, id, FormKind::Writing, &rest)?;
    Ok(())
}
