//! A manuscript with all that the rules look at, loaded once per act.

use serde::{Deserialize, Serialize};

use crate::desk::{DeskError, Tx, four_eyes, outgoing};
use crate::domain::building::builds_on;
use crate::domain::clock::Moment;
use crate::domain::ids::{EntryId, ManuscriptId, UserId};
use crate::domain::outgoing::EditedText;
use crate::domain::permission::{self, Actor, Author, Reached, Sight, Standing, sight};
use crate::domain::transition::{Case, Pending, is_signed_in};
use crate::domain::words::Stage;
use crate::store::assignments::{self, Assignment};
use crate::store::ledger::reading;
use crate::store::manuscripts::{self, Manuscript};
use crate::store::texts;
use crate::store::{StoreError, channels, recipients};

/// A decision that can still be taken back: kept in `manuscripts.pending`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Held {
    /// Its entry: if another one is the chain's last, somebody has acted since.
    pub entry: EntryId,
    /// Who decided; nobody for a consequence, which is taken back with the decision that brought it.
    pub by: Option<UserId>,
    /// The row before the decision.
    pub before: Manuscript,
    /// The manuscripts that went their own way again because of it.
    #[serde(default)]
    pub released: Vec<Released>,
}

/// A manuscript that was merged into a declined one, and returned to review with that decision.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Released {
    /// Which.
    pub manuscript: ManuscriptId,
    /// The entry by which it returned; nil in a row from before it was kept, which can't be taken back any more.
    #[serde(default = "nobody_knows")]
    pub entry: EntryId,
    /// Where its authors had not been told of the merger: the row that it has again if the decision is taken back.
    #[serde(default)]
    pub joined: Option<Manuscript>,
}

fn nobody_knows() -> EntryId {
    EntryId(uuid::Uuid::nil())
}

/// A manuscript, loaded.
pub(crate) struct Loaded {
    /// Its row.
    pub row: Manuscript,
    /// Its authors, in order.
    pub authors: Vec<texts::Author>,
    /// Its assignments; empty before it was forwarded.
    pub assignments: Vec<Assignment>,
    /// What the rules look at.
    pub case: Case,
    /// The decision whose window is open.
    pub held: Option<Held>,
}

impl Loaded {
    /// In which capacities this person sees it.
    pub(crate) fn sight(&self, actor: &Actor) -> Sight {
        sight(actor, &self.case.standing)
    }

    /// The row as this person may see it: authors see the one before a decision that is not announced yet.
    pub(crate) fn shown(&self, sight: Sight, now: Moment) -> &Manuscript {
        match (&self.held, self.row.pending_until) {
            (Some(held), Some(until)) if until > now && sight.author_only() => &held.before,
            _ => &self.row,
        }
    }

    /// Refuses a caller who decided on another version than the one that he would see now.
    pub(crate) fn expect(&self, seen: i64, sight: Sight, now: Moment) -> Result<(), DeskError> {
        match self.shown(sight, now).version {
            current if current == seen => Ok(()),
            current => Err(DeskError::Stale { current }),
        }
    }
}

/// Loads a manuscript for an act by this person, locked.
///
/// # Errors
/// [`DeskError::NotFound`] also for what he may not see.
pub(crate) fn load(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<Loaded, DeskError> {
    let row = manuscripts::find_for_update(tx.conn, actor.channel, id)?;
    seen_by(actor, of_row(tx, row)?)
}

/// Loads a manuscript for a reading by this person.
///
/// # Errors
/// [`DeskError::NotFound`] also for what he may not see.
pub(crate) fn view(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<Loaded, DeskError> {
    let row = manuscripts::find(tx.conn, actor.channel, id)?;
    seen_by(actor, of_row(tx, row)?)
}

fn seen_by(actor: &Actor, loaded: Loaded) -> Result<Loaded, DeskError> {
    if loaded.sight(actor).reads() { Ok(loaded) } else { Err(DeskError::NotFound) }
}

/// What is around a manuscript besides its row and its authors.
#[derive(Default)]
struct Around {
    screening_wanted: bool,
    recipients: Vec<UserId>,
    assignments: Vec<Assignment>,
    merged_here: usize,
    merged_authors: Vec<UserId>,
    prepared_by: Vec<UserId>,
    target: Option<Manuscript>,
    acted_on: bool,
    edited: EditedText,
}

/// Loads what the rules need besides the row. What a stage can't have yet is not asked for.
pub(crate) fn of_row(tx: &mut Tx<'_>, row: Manuscript) -> Result<Loaded, DeskError> {
    let authors = texts::authors(tx.conn, row.id)?;
    let mut around = Around::default();
    if matches!(row.stage, Stage::Draft | Stage::Returned) {
        around.screening_wanted = channels::find_organization(tx.conn, row.channel_id, row.organization_id)?.screening;
    }
    if row.forwarded_at.is_some() {
        around.recipients = recipients::of_manuscript(tx.conn, row.id)?.into_iter().map(|one| one.user_id).collect();
        around.assignments = assignments::of_manuscript(tx.conn, row.id)?;
    }
    if row.review_at.is_some() {
        around.merged_here = usize::try_from(manuscripts::count_merged(tx.conn, row.id)?).unwrap_or(usize::MAX);
    }
    if around.merged_here > 0 {
        around.merged_authors = texts::authors_of_merged(tx.conn, row.id)?;
    }
    around.prepared_by = four_eyes::prepared_by(tx, &row)?;
    if let Some(target) = row.merged_into {
        around.target = Some(manuscripts::find(tx.conn, row.channel_id, target)?);
    }
    if row.edited_text_id.is_some() {
        around.edited = outgoing::outgoing(tx, &row)?.edited();
    }
    let held = held(&row)?;
    if let (Some(held), Some(_)) = (&held, row.pending_until) {
        around.acted_on = acted_on(tx, &row, held)?;
    }
    assemble(row, authors, held, around)
}

/// A manuscript that is just being made up, by one author.
pub(crate) fn fresh(row: Manuscript, author: texts::Author, screening_wanted: bool) -> Result<Loaded, DeskError> {
    assemble(row, vec![author], None, Around { screening_wanted, ..Around::default() })
}

impl Loaded {
    /// What this has become by the act that has just changed its row, if that can be said without asking: where it was not forwarded,
    /// merged or returned, an act changes nothing around it; only a recommendation changes who may sign.
    pub(crate) fn after_act(self) -> Option<Self> {
        let known = self.row.forwarded_at.is_none()
            && self.row.merged_into.is_none()
            && self.assignments.is_empty()
            && !matches!(self.row.stage, Stage::Draft | Stage::Returned)
            && is_signed_in(self.row.stage) == is_signed_in(self.case.stage);
        let held = held(&self.row).ok().filter(|_| known)?;
        let Standing { merged_authors, prepared_by, .. } = self.case.standing;
        let (merged_here, edited) = (self.case.merged_here, self.case.edited);
        let around = Around { merged_here, merged_authors, prepared_by, edited, ..Around::default() };
        assemble(self.row, self.authors, held, around).ok()
    }
}

fn assemble(row: Manuscript, authors: Vec<texts::Author>, held: Option<Held>, around: Around) -> Result<Loaded, DeskError> {
    let Around { screening_wanted, recipients, assignments, merged_here, merged_authors, prepared_by, target, acted_on, edited } = around;
    let target_held = match &target {
        Some(target) => self::held(target)?.map(|held| held.before.stage).zip(target.pending_until),
        None => None,
    };
    let pending = match (&held, row.pending_until) {
        (Some(held), Some(until)) => Some(Pending { by: held.by, until, former: held.before.stage, acted_on }),
        _ => None,
    };
    let case = Case {
        standing: Standing { merged_authors, prepared_by, ..standing(&row, &authors, recipients, &assignments) },
        stage: row.stage,
        former: row.former_stage,
        returned_from: row.returned_from,
        screening_wanted,
        merged_here,
        target: target.map(|target| target.former_stage.unwrap_or(target.stage)),
        target_held,
        open_assignments: assignments.iter().filter(|one| is_open(one)).count(),
        edited,
        was_forwarded: row.forwarded_at.is_some(),
        pending,
    };
    Ok(Loaded { row, authors, assignments, case, held })
}

fn standing(row: &Manuscript, authors: &[texts::Author], recipients: Vec<UserId>, assignments: &[Assignment]) -> Standing {
    Standing {
        channel: row.channel_id,
        organization: row.organization_id,
        authors: authors.iter().map(|one| rule(row, one)).collect(),
        merged_authors: Vec::new(),
        prepared_by: Vec::new(),
        entered_by: row.entered_by,
        reached: Reached {
            screening: row.screening_at.is_some(),
            review: row.review_at.is_some(),
            signing: row.signing_at.is_some(),
            accepted: row.accepted_at.is_some(),
        },
        recipients,
        charged: assignments.iter().filter(|one| one.state.is_charged()).map(|one| one.organization_id).collect(),
    }
}

fn rule(row: &Manuscript, author: &texts::Author) -> Author {
    let first = author.user_id == row.first_author_id;
    permission::Author { user: author.user_id, first, signed: author.signed_at.is_some() }
}

/// An assisting department never blocks the conclusion.
fn is_open(assignment: &Assignment) -> bool {
    !assignment.state.is_settled() && assignment.lead_id.is_none()
}

/// The decision on this manuscript that can be taken back, if there is one.
pub(crate) fn held(row: &Manuscript) -> Result<Option<Held>, DeskError> {
    let held = row.pending.as_deref().map(serde_json::from_str).transpose();
    held.map_err(|error| StoreError::unreadable("manuscripts.pending", &error).into())
}

/// Whether somebody has built on the decision, or on what it brought about in another manuscript.
fn acted_on(tx: &mut Tx<'_>, row: &Manuscript, held: &Held) -> Result<bool, DeskError> {
    let released = held.released.iter().map(|one| (one.manuscript, one.entry));
    for (id, said) in std::iter::once((row.id, held.entry)).chain(released) {
        let head = reading::head(tx.conn, id.into())?;
        // Mostly the decision is the newest entry; only else the later ones are read.
        if head.is_some_and(|last| last != said) && reading::since(tx.conn, row.channel_id, id.0, said)?.iter().any(builds_on) {
            return Ok(true);
        }
    }
    Ok(false)
}
