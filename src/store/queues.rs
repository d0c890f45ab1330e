//! Counts of the work queues, by organisation.

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::domain::ids::{ChannelId, ManuscriptId, OrganizationId};
use crate::domain::queues::QueueRow;
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::Stage;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::schema::{assignments, manuscripts};

/// The organisations whose manuscripts or assignments wait in a queue, each with their number.
pub(crate) fn waiting(conn: &mut AnyConn, channel: ChannelId, queue: &QueueRow) -> Result<Vec<(OrganizationId, i64)>, StoreError> {
    let stages: Vec<Stage> = queue.stages.to_vec();
    let states: Vec<AssignmentState> = queue.states.to_vec();
    let mut found: Vec<(OrganizationId, i64)> = Vec::new();
    if !stages.is_empty() {
        let rows = manuscripts::table.filter(manuscripts::channel_id.eq(channel)).filter(manuscripts::stage.eq_any(stages));
        found.extend(
            rows.group_by(manuscripts::organization_id)
                .select((manuscripts::organization_id, count_star()))
                .load::<(OrganizationId, i64)>(conn)?,
        );
    }
    if !states.is_empty() {
        let rows = assignments::table.filter(assignments::channel_id.eq(channel)).filter(assignments::state.eq_any(states));
        found.extend(
            rows.group_by(assignments::organization_id)
                .select((assignments::organization_id, count_star()))
                .load::<(OrganizationId, i64)>(conn)?,
        );
    }
    Ok(found)
}

/// The manuscripts that wait to be screened, with their channels and organisations.
pub(crate) fn in_screening(conn: &mut AnyConn) -> Result<Vec<(ManuscriptId, ChannelId, OrganizationId)>, StoreError> {
    let rows = manuscripts::table.filter(manuscripts::stage.eq(Stage::Screening)).order(manuscripts::id);
    Ok(rows.select((manuscripts::id, manuscripts::channel_id, manuscripts::organization_id)).load(conn)?)
}
