//! What somebody has typed about a manuscript and not sent yet. It is read by its writer alone, holds while the manuscript is at the
//! stage that it was written for, and is there again when a decision is taken back: the row names the time since when the manuscript
//! has been at its stage, and an undo restores that time.

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

/// A form may hold so many characters for each one of the longest text, its requests among them.
const TEXTS: usize = 4;

/// Which form was being filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormKind {
    /// The author's: a pasted text, a signature under it.
    Writing,
    /// A decision of this queue.
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

    /// Whether the form belongs to the manuscript as it is now.
    fn fits(self, loaded: &LoadedCase) -> bool {
        match self {
            Self::Writing => matches!(loaded.row.stage, Stage::Draft | Stage::Returned),
            Self::Deciding(queue) => queue.row().stages.contains(&loaded.row.stage),
        }
    }
}

/// An unfinished form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormDraft {
    /// Names and values, in their order.
    pub fields: Vec<(String, String)>,
    /// When it was saved.
    pub saved_at: Moment,
}

/// The caller's own unfinished form.
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

/// Keeps what the caller has typed; without any words nothing is kept. Says whether the form belongs to the manuscript as it is now.
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

/// What a writer must still say before the manuscript is handed in: these words are part of no field, and would be lost unasked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unsettled {
    /// Names and date under a pasted text, neither kept nor dropped.
    pub signature: String,
    /// Whether a pasted text has not been taken apart.
    pub has_whole: bool,
}

impl Unsettled {
    /// What stands against handing it in.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        let whole = self.has_whole.then(|| Violation::new("whole", "not_split"));
        let signature = (!self.signature.is_empty()).then(|| Violation::new(SIGNATURE, "unsettled"));
        whole.into_iter().chain(signature).collect()
    }
}

/// The field with names and date.
const SIGNATURE: &str = "signature";

/// Reads what the caller has not settled.
///
/// # Errors
/// [`AppError::Store`].
pub(crate) fn unsettled(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase) -> Result<Unsettled, AppError> {
    let Some(draft) = find_of(tx, actor, loaded, FormKind::Writing)? else { return Ok(Unsettled::default()) };
    let text = |field: &str| draft.fields.iter().find(|(name, text)| name == field && !is_blank(text)).map(|(_, text)| text.clone());
    Ok(Unsettled { signature: text(SIGNATURE).unwrap_or_default(), has_whole: text("whole").is_some() })
}

/// Settles names and date under a pasted text: they become the last lines of the last suggestion, or go. Without any, nothing is done.
///
/// # Errors
/// [`AppError::Stale`] if they are kept and the manuscript has another version than `seen`; as [`drafts::save`].
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
