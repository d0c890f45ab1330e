//! The columns of a manuscript that a list reads.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::ManuscriptId;
use crate::domain::vocabulary::{Kind, Stage};
use crate::store::rows::ManuscriptRow;
use crate::store::schema::manuscripts;

/// The data of one line of a list.
#[derive(Debug, Clone, Queryable)]
pub(crate) struct ListedManuscript {
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
    pub untold_versions: i64,
}

impl ListedManuscript {
    /// Its place in a list.
    pub(crate) fn key(&self) -> ListKey {
        (self.due_at, self.id)
    }
}

/// The place of a row in its list: its due date, where the list is in their order, and its id.
pub(crate) type ListKey = (Option<Moment>, ManuscriptId);

impl From<ManuscriptRow> for ListedManuscript {
    fn from(row: ManuscriptRow) -> Self {
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
            untold_versions: row.untold_versions,
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
    manuscripts::untold_versions,
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
    manuscripts::untold_versions,
);
