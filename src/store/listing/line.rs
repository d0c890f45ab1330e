//! The columns that a line of a list is read from.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::ManuscriptId;
use crate::domain::words::{Kind, Stage};
use crate::store::manuscripts::Manuscript;
use crate::store::schema::manuscripts;

/// What a line of a list is made of.
#[derive(Debug, Clone, Queryable)]
pub(crate) struct Listed {
    pub id: ManuscriptId,
    pub number: Option<String>,
    pub stage: Stage,
    pub former_stage: Option<Stage>,
    pub version: i64,
    pub title: String,
    pub category: String,
    pub kind: Kind,
    pub urgent: bool,
    pub details: String,
    pub stage_since: Moment,
    pub due_at: Option<Moment>,
    pub submitted_at: Option<Moment>,
    pub merged_into: Option<ManuscriptId>,
    pub pending_until: Option<Moment>,
}

impl From<Manuscript> for Listed {
    fn from(row: Manuscript) -> Self {
        Self {
            id: row.id,
            number: row.number,
            stage: row.stage,
            former_stage: row.former_stage,
            version: row.version,
            title: row.title,
            category: row.category,
            kind: row.kind,
            urgent: row.urgent,
            details: row.details,
            stage_since: row.stage_since,
            due_at: row.due_at,
            submitted_at: row.submitted_at,
            merged_into: row.merged_into,
            pending_until: row.pending_until,
        }
    }
}

pub(super) type Columns = (
    manuscripts::id,
    manuscripts::number,
    manuscripts::stage,
    manuscripts::former_stage,
    manuscripts::version,
    manuscripts::title,
    manuscripts::category,
    manuscripts::kind,
    manuscripts::urgent,
    manuscripts::details,
    manuscripts::stage_since,
    manuscripts::due_at,
    manuscripts::submitted_at,
    manuscripts::merged_into,
    manuscripts::pending_until,
);

pub(super) const COLUMNS: Columns = (
    manuscripts::id,
    manuscripts::number,
    manuscripts::stage,
    manuscripts::former_stage,
    manuscripts::version,
    manuscripts::title,
    manuscripts::category,
    manuscripts::kind,
    manuscripts::urgent,
    manuscripts::details,
    manuscripts::stage_since,
    manuscripts::due_at,
    manuscripts::submitted_at,
    manuscripts::merged_into,
    manuscripts::pending_until,
);
