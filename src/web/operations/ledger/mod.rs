//! 留痕: the newest checkpoint, checks of the whole ledger, and the entries, newest first. Shows ids and acts, never a title or a text.

mod receipt;
mod words;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use url::form_urlencoded;

use crate::app::ledger::browsing::{self, Leafed, Question};
use crate::app::ledger::checks::{self, CheckOutcome, CheckView};
use crate::app::ledger::reading::{self, CheckpointView, LedgerOf};
use crate::app::{AppError, four_eyes};
use crate::domain::characters::is_blank;
use crate::domain::clock::Moment;
use crate::web::errors::{PageResult, html_with};
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::operations::ledger::words::{ActGroup, EntryLine};
use crate::web::problems::Problems;
use crate::web::session::{Visitor, see_other};

/// The name of the installation's ledger in the address.
const INSTALLATION: &str = "installation";

/// The number of checks on the page; the newest one is shown in detail.
const CHECKS: i64 = 4;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/ledger", web::get().to(ledger))
        .route("/ledger/checkpoint", web::get().to(checkpoint))
        .route("/ledger/checks", web::post().to(check))
        .route("/ledger/receipt", web::get().to(receipt::ask))
        .route("/ledger/receipt", web::post().to(receipt::check));
}

/// The filters in the address.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct LedgerQuery {
    /// `installation`, or empty for the channel.
    of: String,
    about: String,
    /// A kind of object, or `KIND.ACTION`.
    act: String,
    actor: String,
    from: String,
    to: String,
    after: String,
}

impl LedgerQuery {
    fn question(&self) -> Question {
        let (kind, action) = self.act.split_once('.').unwrap_or((&self.act, ""));
        Question {
            of: self.ledger(),
            about: self.about.clone(),
            kind: kind.to_owned(),
            action: action.to_owned(),
            actor: self.actor.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            after: self.after.parse().ok(),
        }
    }

    fn ledger(&self) -> LedgerOf {
        if self.is_installation() { LedgerOf::Installation } else { LedgerOf::Channel }
    }

    fn is_installation(&self) -> bool {
        self.of == INSTALLATION
    }

    fn is_any(&self) -> bool {
        is_blank(&self.about) && !self.is_detailed()
    }

    /// Whether there are filters besides the object.
    fn is_detailed(&self) -> bool {
        [&self.act, &self.actor, &self.from, &self.to].iter().any(|field| !is_blank(field))
    }

    /// The same query, starting from an entry.
    fn from(&self, after: impl ToString) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let fields =
            [("of", &self.of), ("about", &self.about), ("act", &self.act), ("actor", &self.actor), ("from", &self.from), ("to", &self.to)];
        query.extend_pairs(fields.into_iter().filter(|(_, value)| !value.is_empty()));
        query.append_pair("after", &after.to_string());
        format!("/ledger?{}#entries", query.finish())
    }
}

#[derive(Template)]
#[template(path = "operations/ledger.html", config = "src/web/askama.toml")]
struct LedgerPage {
    f: Layout,
    newest: Option<CheckpointView>,
    checks: Vec<CheckView>,
    query: LedgerQuery,
    groups: Vec<ActGroup>,
    lines: Vec<EntryLine>,
    further: Option<String>,
    looked_until: Option<Moment>,
    /// Whether the person who recommends a manuscript is excluded from signing it.
    four_eyes: bool,
}

async fn ledger(visitor: Visitor, query: web::Query<LedgerQuery>) -> PageResult {
    let query = query.into_inner();
    let (question, of) = (query.question(), query.ledger());
    let reading = visitor.read(move |tx, actor| {
        let newest = match reading::checkpoint(tx, actor, of) {
            Ok(newest) => Some(newest),
            // Nothing has been signed yet.
            Err(AppError::NotFound) => None,
            Err(error) => return Err(error),
        };
        let four_eyes = four_eyes::is_in_force(tx, actor.channel)?;
        Ok((newest, checks::newest(tx, actor, CHECKS)?, four_eyes, browsing::browse(tx, actor, &question)))
    });
    let (newest, checks, four_eyes, found) = reading.await?;
    let (found, problems, status) = match found {
        Ok(found) => (found, Problems::default(), StatusCode::OK),
        Err(error @ AppError::Invalid(_)) => (Leafed::default(), visitor.problems(error)?.of_no_form(), StatusCode::UNPROCESSABLE_ENTITY),
        Err(error) => return Err(error.into()),
    };
    let f = visitor.frame(NavItem::Ledger).with(problems);
    let lines = found.entries.iter().map(|one| words::line(&f, one)).collect();
    let further = found.further.map(|id| query.from(id));
    let groups = words::groups(&f, &query.act);
    html_with(status, &LedgerPage { newest, checks, groups, lines, further, looked_until: found.looked_until, four_eyes, query, f })
}

/// Requests a check; a job performs it, and the page shows its result.
async fn check(form: PageForm) -> PageResult {
    form.visitor.write(checks::ask).await?;
    Ok(see_other("/ledger#checks", Some("ledger-asked")))
}

/// Downloads the signed note, which is to be stored outside the server.
async fn checkpoint(visitor: Visitor, query: web::Query<LedgerQuery>) -> PageResult {
    let of = query.ledger();
    let newest = visitor.read(move |tx, actor| reading::checkpoint(tx, actor, of)).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(("content-disposition", "attachment; filename=\"checkpoint.txt\""))
        .body(newest.note))
}

impl LedgerPage {
    /// The class, the icon and the text of a check's state.
    fn stands(&self, check: &CheckView) -> (&'static str, &'static str, String) {
        match &check.outcome {
            CheckOutcome::Waits => ("plan", "open", self.f.t("ledger-check-waits")),
            CheckOutcome::Runs => ("plan", "clock", self.f.t("ledger-check-runs")),
            CheckOutcome::Good => ("ok", "tick", self.f.t("ledger-check-good")),
            CheckOutcome::Bad(findings) => ("late", "late", self.f.n("ledger-check-bad", "n", findings.len())),
            CheckOutcome::Failed(_) => ("soon", "no", self.f.t("ledger-check-failed")),
        }
    }

    /// The scope of the check, or the required action.
    fn says(&self, check: &CheckView) -> String {
        match &check.outcome {
            CheckOutcome::Waits | CheckOutcome::Runs => self.f.t("ledger-check-leave"),
            CheckOutcome::Good => {
                let args = [("entries", check.entries.into()), ("checkpoints", check.checkpoints.into())];
                let anchors = match check.anchors.iter().max() {
                    Some(size) => self.f.t1("ledger-check-anchored", "n", size.to_string()),
                    None => self.f.t("ledger-check-unanchored"),
                };
                self.f.args("ledger-check-good-words", &args) + &anchors
            }
            CheckOutcome::Bad(_) => self.f.t("ledger-check-bad-words"),
            CheckOutcome::Failed(_) => self.f.t("ledger-check-failed-words"),
        }
    }

    /// The details for the person who repairs the ledger.
    fn details<'a>(&self, check: &'a CheckView) -> Vec<&'a str> {
        match &check.outcome {
            CheckOutcome::Bad(findings) => findings.iter().map(|one| one.in_lang(self.f.lang)).collect(),
            CheckOutcome::Failed(why) => vec![why],
            _ => Vec::new(),
        }
    }

    /// Whether a check has been requested and is not finished.
    fn is_open(&self) -> bool {
        self.checks.first().is_some_and(|check| check.ended_at.is_none())
    }
}
