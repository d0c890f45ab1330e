//! Builds the facts that the rules consider, from a manuscript's row and its related data.

use crate::app::AppError;
use crate::app::manuscript_case::{CaseContext, LoadedCase};
use crate::app::pending_decision::PendingDecision;
use crate::app::staffing::ScreeningNeed;
use crate::domain::ids::UserId;
use crate::domain::permission::{self, Author, ManuscriptStanding, ReachedDesks};
use crate::domain::transition::{Case, Pending};
use crate::domain::vocabulary::Stage;
use crate::store::assignments::Assignment;
use crate::store::rows::{self, ManuscriptRow};

pub(super) fn assemble(
    row: ManuscriptRow,
    authors: Vec<rows::AuthorRow>,
    held: Option<PendingDecision>,
    around: CaseContext,
) -> Result<LoadedCase, AppError> {
    let CaseContext { screening, recipients, assignments, merged_here, merged_authors, prepared_by, target, target_authors, .. } = around;
    let CaseContext { acted_on, edited, mergers, through, answered_alone, .. } = around;
    let pending = match (&held, row.pending_until) {
        (Some(held), Some(until)) => Some(Pending { by: held.by, until, former: held.before.stage, acted_on }),
        _ => None,
    };
    let case = Case {
        standing: ManuscriptStanding { merged_authors, prepared_by, through, ..standing(&row, &authors, recipients, &assignments) },
        stage: row.stage,
        former: row.former_stage,
        returned_from: row.returned_from,
        screening_wanted: screening == ScreeningNeed::Wanted,
        merged_here,
        merged_open: if row.stage == Stage::Handling { mergers.undecided } else { 0 },
        unassigned: mergers.unassigned,
        answered_alone,
        target: target.map(|target| target.former_stage.unwrap_or(target.stage)),
        target_authors,
        open_assignments: assignments.iter().filter(|one| is_open(one)).count(),
        edited,
        was_forwarded: row.forwarded_at.is_some(),
        pending,
        unannounced: None,
    };
    Ok(LoadedCase { row, authors, assignments, case, screening, held, concealed: Vec::new() })
}

fn standing(row: &ManuscriptRow, authors: &[rows::AuthorRow], recipients: Vec<UserId>, assignments: &[Assignment]) -> ManuscriptStanding {
    ManuscriptStanding {
        channel: row.channel_id,
        organization: row.organization_id,
        authors: authors.iter().map(|one| rule(row, one)).collect(),
        merged_authors: Vec::new(),
        prepared_by: Vec::new(),
        entered_by: row.entered_by,
        reached: ReachedDesks {
            screening: row.screening_at.is_some(),
            review: row.review_at.is_some(),
            signing: row.signing_at.is_some(),
            accepted: row.accepted_at.is_some(),
        },
        recipients,
        charged: assignments.iter().filter(|one| one.state.is_charged()).map(|one| one.organization_id).collect(),
        through: None,
    }
}

fn rule(row: &ManuscriptRow, author: &rows::AuthorRow) -> Author {
    let first = author.user_id == row.first_author_id;
    permission::Author { user: author.user_id, first, signed: author.signed_at.is_some() }
}

/// Returns whether an assignment is open; an assisting department never blocks the conclusion.
fn is_open(assignment: &Assignment) -> bool {
    !assignment.state.is_settled() && assignment.lead_id.is_none()
}
