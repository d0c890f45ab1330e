//! Endorsements that are entered for a leader: choosing the manuscript, entering the text with the scan, and the check by a second person
//! who confirms, countersigns or rejects.

mod deciding;
mod entering;
mod list;

use actix_web::web;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    list::routes(routes);
    deciding::routes(routes);
    entering::routes(routes);
}
