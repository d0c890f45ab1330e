//! `/manuscripts`: writing, deciding, reading.

pub mod acts;
pub mod bodies;
pub mod drafts;
pub mod edited_text;
pub mod reading;

use crate::api::endpoints::Endpoints;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    drafts::routes(routes);
    acts::routes(routes);
    edited_text::routes(routes);
    reading::routes(routes);
}
