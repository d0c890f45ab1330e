//! A manuscript with all facts that the rules consider, loaded once per act.

use crate::app::handling::merged::{self, Mergers, authors_of, merged_as_read};
use crate::app::pending_decision::{PendingDecision, acted_on, as_announced, pending_decision, unannounced};
use crate::app::staffing::{self, ScreeningNeed};
use crate::app::{AppError, Tx, four_eyes, outgoing};
use crate::domain::clock::Moment;
use crate::domain::ids::{EntryId, ManuscriptId, UserId};
use crate::domain::outgoing::EditedTextState;
use crate::domain::permission::{Actor, ManuscriptStanding, ReadThrough, Visibility, sight};
use crate::domain::transition::{Case, is_signed_in};
use crate::domain::vocabulary::Stage;
use crate::store::assignments::{self, Assignment};
use crate::store::rows::{self, ManuscriptRow, TextRow};
use crate::store::{manuscripts, texts};

mod assembly;

use assembly::assemble;

/// A loaded manuscript.
pub(crate) struct LoadedCase {
    /// Its row.
    pub row: ManuscriptRow,
    /// Its authors, in order.
    pub authors: Vec<rows::AuthorRow>,
    /// Its assignments; empty before it was forwarded.
    pub assignments: Vec<Assignment>,
    /// The facts that the rules consider.
    pub case: Case,
    /// Whether its author's organisation screens it; determined only while it is with its author.
    pub screening: ScreeningNeed,
    /// The decision whose undo window is open.
    pub held: Option<PendingDecision>,
    /// The entries of decisions that are concealed, because the reader must not learn of them yet.
    pub concealed: Vec<EntryId>,
}

impl LoadedCase {
    /// Returns the capacities in which this person sees it.
    pub(crate) fn sight(&self, actor: &Actor) -> Visibility {
        sight(actor, &self.case.standing)
    }

    /// Returns the persons who wrote or signed it, or a manuscript that is merged into it.
    pub(crate) fn involved(&self) -> impl Iterator<Item = UserId> {
        self.authors.iter().map(|author| author.user_id).chain(self.case.standing.merged_authors.iter().copied())
    }

    /// Returns the decisions on it that authors must not learn of yet, newest first.
    pub(crate) fn unannounced(&self, now: Moment) -> Vec<&PendingDecision> {
        unannounced(self.held.as_ref(), self.row.pending_until, now)
    }

    /// Returns the manuscripts that were released by decisions of which authors must not learn yet.
    fn released(&self, now: Moment) -> Vec<ManuscriptId> {
        self.unannounced(now).iter().flat_map(|held| &held.released).map(|one| one.manuscript).collect()
    }

    /// Returns the row as this person may see it: authors see the row before decisions that are not announced yet.
    pub(crate) fn shown(&self, sight: Visibility, now: Moment) -> &ManuscriptRow {
        let unannounced = if sight.author_only() { self.unannounced(now) } else { Vec::new() };
        unannounced.last().map_or(&self.row, |held| &held.before)
    }

    /// Returns whether this entry is concealed from the reader.
    pub(crate) fn conceals(&self, entry: EntryId) -> bool {
        self.concealed.contains(&entry)
    }

    /// Refuses a caller whose decision is based on another version than the one that they would see now.
    pub(crate) fn expect(&self, seen: i64, sight: Visibility, now: Moment) -> Result<(), AppError> {
        match self.shown(sight, now).version_for(sight) {
            current if current == seen => Ok(()),
            current => Err(AppError::Stale { current }),
        }
    }
}

/// Locks manuscripts in the order of their ids, to avoid deadlocks.
pub(crate) fn lock(tx: &mut Tx<'_>, actor: &Actor, ids: impl IntoIterator<Item = ManuscriptId>) -> Result<(), AppError> {
    let ids: std::collections::BTreeSet<_> = ids.into_iter().collect();
    Ok(manuscripts::lock(tx.conn, actor.channel, &ids.into_iter().collect::<Vec<_>>())?)
}

/// Locks and loads a manuscript for an operation that is no act, such as saving an unfinished form.
pub(crate) fn load_for_form(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<LoadedCase, AppError> {
    Ok(load_as_read(tx, actor, id)?.0)
}

/// Locks and loads a manuscript as it is read, together with the number of this person's manuscripts that were merged into it without
/// their knowledge so far.
pub(crate) fn load_as_read(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<(LoadedCase, usize), AppError> {
    let row = manuscripts::find_for_update(tx.conn, actor.channel, id)?;
    let mut loaded = of_row(tx, row)?;
    let untold = take_mergers_as_read(tx, actor, &mut loaded)?;
    let mut loaded = seen_by(actor, loaded)?;
    let standing = &loaded.case.standing;
    let writes = standing.is_author(actor.user) || standing.entered_by == Some(actor.user);
    if writes && loaded.sight(actor).author_only() {
        let read = before_unannounced(tx, &loaded)?;
        loaded.case.unannounced = read.map(|read| Box::new(read.case));
    }
    Ok((loaded, untold))
}

/// Loads a manuscript to be read by this person; authors get the state before decisions that are not announced.
///
/// # Errors
/// [`AppError::NotFound`] also if they may not see it.
pub(crate) fn view(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<LoadedCase, AppError> {
    let row = tx.manuscript(actor.channel, id)?;
    let mut loaded = of_row(tx, row)?;
    take_mergers_as_read(tx, actor, &mut loaded)?;
    let loaded = seen_by(actor, loaded)?;
    if loaded.sight(actor).author_only() { as_authors_read(tx, loaded) } else { Ok(loaded) }
}

/// Makes a person whose own manuscript is merged into this one read it as its author does; it then appears in none of their work queues.
/// Neither a merger nor its end has this effect before it is announced to them. Returns the number of such mergers.
pub(crate) fn take_mergers_as_read(tx: &mut Tx<'_>, actor: &Actor, loaded: &mut LoadedCase) -> Result<usize, AppError> {
    let released = loaded.released(tx.now);
    if loaded.case.merged_here == 0 && released.is_empty() {
        return Ok(0);
    }
    let (id, channel) = (loaded.row.id, loaded.row.channel_id);
    let read = merged_as_read(tx, id, channel, &released)?;
    let mut untold = 0;
    for row in manuscripts::merged_into(tx.conn, id)?.into_iter().filter(|row| !read.contains(&row.id)) {
        untold += usize::from(texts::authors(tx.conn, row.id)?.iter().any(|author| author.user_id == actor.user));
    }
    loaded.case.merged_here -= untold;
    // A decision about those suggestions would be announced.
    loaded.case.merged_open = loaded.case.merged_open.saturating_sub(untold);
    loaded.case.standing.merged_authors = authors_of(tx, &read)?;
    Ok(untold)
}

/// Returns a manuscript as its authors read it.
pub(crate) fn as_authors_read(tx: &mut Tx<'_>, loaded: LoadedCase) -> Result<LoadedCase, AppError> {
    Ok(before_unannounced(tx, &loaded)?.unwrap_or(loaded))
}

/// Returns a manuscript as its authors read it if that differs from its current state, because a decision on it, on its target or on one
/// merged into it is not announced yet.
fn before_unannounced(tx: &mut Tx<'_>, loaded: &LoadedCase) -> Result<Option<LoadedCase>, AppError> {
    let open = loaded.unannounced(tx.now);
    if open.is_empty() && loaded.row.merged_into.is_none() && loaded.case.merged_here == 0 {
        return Ok(None);
    }
    let row = open.last().map_or_else(|| loaded.row.clone(), |held| held.before.clone());
    let concealed: Vec<EntryId> = open.iter().map(|held| held.entry).collect();
    let released = loaded.released(tx.now);
    let mut around = around(tx, &row, &loaded.authors)?;
    around.assignments.retain(|one| !concealed.contains(&one.entry_id));
    if row.review_at.is_some() {
        let merged = merged_as_read(tx, row.id, row.channel_id, &released)?;
        around.merged_here = merged.len();
        around.merged_authors = authors_of(tx, &merged)?;
    }
    around.target = around.target.map(|target| as_announced(target, tx.now)).transpose()?;
    let read = assemble(row, loaded.authors.clone(), None, around)?;
    Ok(Some(LoadedCase { concealed, ..read }))
}

fn seen_by(actor: &Actor, loaded: LoadedCase) -> Result<LoadedCase, AppError> {
    if loaded.sight(actor).reads() { Ok(loaded) } else { Err(AppError::NotFound) }
}

/// The facts of a manuscript besides its row and its authors.
#[derive(Default)]
struct CaseContext {
    screening: ScreeningNeed,
    recipients: Vec<UserId>,
    assignments: Vec<Assignment>,
    merged_here: usize,
    merged_authors: Vec<UserId>,
    mergers: Mergers,
    through: Option<ReadThrough>,
    answered_alone: bool,
    prepared_by: Vec<UserId>,
    target: Option<ManuscriptRow>,
    target_authors: Vec<UserId>,
    acted_on: bool,
    edited: EditedTextState,
}

/// Loads the facts that the rules need besides the row. Skips facts that cannot exist at the manuscript's stage.
pub(crate) fn of_row(tx: &mut Tx<'_>, row: ManuscriptRow) -> Result<LoadedCase, AppError> {
    let authors = tx.authors_of(row.id)?;
    let mut around = around(tx, &row, &authors)?;
    let held = pending_decision(&row)?;
    if let (Some(held), Some(_)) = (&held, row.pending_until) {
        around.acted_on = acted_on(tx, &row, held)?;
    }
    assemble(row, authors, held, around)
}

fn around(tx: &mut Tx<'_>, row: &ManuscriptRow, authors: &[rows::AuthorRow]) -> Result<CaseContext, AppError> {
    let mut around = CaseContext::default();
    if matches!(row.stage, Stage::Draft | Stage::Returned) {
        let organization = tx.organization_of(row)?;
        let users: Vec<UserId> = authors.iter().map(|author| author.user_id).collect();
        around.screening = staffing::screening(tx, &organization, &users)?;
    }
    if row.forwarded_at.is_some() {
        around.recipients = tx.recipients_of(row.id)?.into_iter().map(|one| one.user_id).collect();
        around.assignments = tx.assignments_of(row.id)?;
    }
    if row.review_at.is_some() {
        around.merged_here = tx.merged_count(row.id)?;
    }
    if around.merged_here > 0 {
        around.merged_authors = texts::authors_of_merged(tx.conn, row.id)?;
        around.mergers = merged::mergers(tx, row, &around.assignments)?;
    }
    around.prepared_by = four_eyes::prepared_by(tx, row)?;
    if let Some(target) = row.merged_into {
        let target_row = manuscripts::find(tx.conn, row.channel_id, target)?;
        let charged = if target_row.forwarded_at.is_some() { assignments::of_manuscript(tx.conn, target)? } else { Vec::new() };
        around.through = Some(merged::read_through(tx, &target_row, &charged)?);
        around.answered_alone = merged::is_answered_alone(tx, row.id, target, &charged)?;
        around.target = Some(target_row);
        around.target_authors = authors_of(tx, &[target])?;
        around.target_authors.extend(texts::authors_of_merged(tx.conn, target)?);
    }
    if row.edited_text_id.is_some() {
        around.edited = outgoing::outgoing(tx, row)?.edited();
    }
    Ok(around)
}

/// Returns a manuscript that is just being created, by one author.
pub(crate) fn fresh(row: ManuscriptRow, author: rows::AuthorRow, screening: ScreeningNeed) -> Result<LoadedCase, AppError> {
    assemble(row, vec![author], None, CaseContext { screening, ..CaseContext::default() })
}

impl LoadedCase {
    /// Returns the manuscript after the act that has just changed its row, if that is possible without a query: before a manuscript is
    /// forwarded, merged or returned, an act does not change its related facts, except that a recommendation changes who may sign.
    pub(crate) fn after_act(self) -> Option<Self> {
        let known = self.row.forwarded_at.is_none()
            && self.row.merged_into.is_none()
            && self.assignments.is_empty()
            && !matches!(self.row.stage, Stage::Draft | Stage::Returned)
            && is_signed_in(self.row.stage) == is_signed_in(self.case.stage);
        let held = pending_decision(&self.row).ok().filter(|_| known)?;
        let ManuscriptStanding { merged_authors, prepared_by, .. } = self.case.standing;
        let (merged_here, edited) = (self.case.merged_here, self.case.edited);
        let around = CaseContext { merged_here, merged_authors, prepared_by, edited, ..CaseContext::default() };
        assemble(self.row, self.authors, held, around).ok()
    }
}

/// Inserts a manuscript that was prepared in memory.
pub(crate) fn insert_fresh(tx: &mut Tx<'_>, loaded: &LoadedCase, text: &TextRow) -> Result<(), AppError> {
    manuscripts::insert(tx.conn, &loaded.row)?;
    texts::insert(tx.conn, text)?;
    for author in &loaded.authors {
        texts::insert_author(tx.conn, author)?;
    }
    Ok(())
}
