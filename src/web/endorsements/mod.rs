//! Endorsements that are entered for a leader: choosing the manuscript, entering the words with the scan, and the second pair of eyes
//! that confirms, countersigns or rejects.

mod deciding;
mod entering;
mod list;

use actix_web::web;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    list::routes(routes);
    deciding::routes(routes);
    entering::routes(routes);
}
