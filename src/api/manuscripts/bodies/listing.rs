//! The filters of a list of manuscripts.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::reading::list::ManuscriptListQuery;
use crate::domain::characters::is_blank;
use crate::domain::clock::Moment;
use crate::domain::ids::{ManuscriptId, OrganizationId, UserId};
use crate::domain::vocabulary::Stage;

/// In which order a list comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Earliest due date first; what has none is left out.
    Due,
}

/// Whose desk a list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeskOf {
    /// What waits for me.
    Mine,
}

/// The filters of a list of manuscripts.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Only in this stage, as you read it.
    pub stage: Option<Stage>,
    /// Only of this category.
    pub category: Option<String>,
    /// Words in the title, or the beginning of the number.
    pub q: Option<String>,
    /// Only by this author.
    pub author: Option<UserId>,
    /// Only of authors of this organisation.
    pub organization: Option<OrganizationId>,
    /// Handed in at or after this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Moment>,
    /// Handed in before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<Moment>,
    /// Only what waits for you.
    #[param(inline)]
    pub desk: Option<DeskOf>,
    /// By due date instead of newest first.
    #[param(inline)]
    pub sort: Option<Sort>,
    /// At most so many lines.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl ListQuery {
    /// Converts the filters to the query of the use case.
    pub(crate) fn wish(self, limit: i64, after: Option<ManuscriptId>) -> ManuscriptListQuery {
        ManuscriptListQuery {
            stage: self.stage,
            category: self.category,
            organization: self.organization,
            author: self.author,
            from: self.from,
            to: self.to,
            q: self.q.filter(|q| !is_blank(q)),
            mine: self.desk == Some(DeskOf::Mine),
            own: false,
            by_due: self.sort == Some(Sort::Due),
            after,
            limit,
        }
    }
}
