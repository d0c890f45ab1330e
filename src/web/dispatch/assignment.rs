//! 交办: the departments, how they share the work, and the due date.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::handling::merged::{NumberedSuggestion, Source};
use crate::app::handling::prospects::{self, LeadTime, Prospects};
use crate::app::reading::body;
use crate::app::reading::views::ManuscriptView;
use crate::app::{AppError, handling};
use crate::domain::assignment::{AssignmentForm, AssignmentPart};
use crate::domain::ids::{EndorsementId, ManuscriptId, OrganizationId};
use crate::domain::vocabulary::{Action, Stage};
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::handling::act_preview::{ActConsequences, GroupNames};
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::problems::Problems;
use crate::web::session::{Visitor, see_other};

/// The number of department rows on a new form.
const ROWS: usize = 4;
/// The largest number of department rows.
const MOST_ROWS: usize = 20;

#[derive(Template)]
#[template(path = "dispatch/assignment.html", config = "src/web/askama.toml")]
struct DispatchedAssignmentPage {
    f: Layout,
    view: ManuscriptView,
    choice: Prospects,
    typed: Fields,
    rows: usize,
    after: ActConsequences,
}

pub(super) async fn show(visitor: Visitor, path: web::Path<ManuscriptId>) -> PageResult {
    let id = path.into_inner();
    page(&visitor, id, Fields::default(), Problems::default(), StatusCode::OK).await
}

pub(super) async fn assign(form: PageForm, path: web::Path<ManuscriptId>) -> PageResult {
    let (id, PageForm { visitor, fields }) = (path.into_inner(), form);
    if fields.has("more") {
        return page(&visitor, id, fields, Problems::default(), StatusCode::OK).await;
    }
    let (typed, places) = command(&fields);
    let done = visitor.write(move |tx, actor| handling::assign(tx, actor, id, typed.seen()?, &typed.input()?).map(drop)).await;
    match done.map_err(|error| in_place(error, &places)) {
        Ok(()) => Ok(see_other(&format!("/manuscripts/{id}"), Some("assigned"))),
        Err(error) => {
            let problems = visitor.problems(error)?;
            page(&visitor, id, fields, problems, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

async fn page(visitor: &Visitor, id: ManuscriptId, typed: Fields, problems: Problems, status: StatusCode) -> PageResult {
    let (view, choice) =
        visitor.read(move |tx, actor| Ok((body::manuscript(tx, actor, id)?, prospects::prospects(tx, actor, id)?))).await?;
    let f = visitor.frame(NavItem::Dispatch).with(problems);
    let used = (0..MOST_ROWS).filter(|row| typed.has(&format!("departments[{row}].organization_id"))).count();
    let rows = (used.max(ROWS) + if typed.has("more") { 2 } else { 0 }).min(MOST_ROWS);
    let names = GroupNames::of(&view);
    let clock = clock(&f, &choice);
    let mut after = ActConsequences::of_manuscript(&f, Action::Assign, view.stage, Stage::Handling, &names, clock);
    after.who = f.t2("assign-who", "who", &after.who, "minutes", choice.undo_minutes.to_string());
    html_with(status, &DispatchedAssignmentPage { f, view, choice, typed, rows, after })
}

fn clock(f: &Layout, choice: &Prospects) -> String {
    let receive = f.counted_short(&choice.receive_by);
    let due = f.due_short(&choice.plain.due, &choice.plain.is_provisional);
    let days = choice.return_days.to_string();
    f.args("assign-clock", &[("receive", receive.into()), ("due", due.into()), ("days", days.into())])
}

/// Converts the form to the input of the command: the rows in which a department was chosen, in order, each with the part that the form of
/// the assignment gives it. Also returns the row of each department.
fn command(fields: &Fields) -> (Fields, Vec<usize>) {
    let form = fields.get("form");
    let (is_joint, is_split) = (form == AssignmentForm::Joint.as_str(), form == AssignmentForm::Split.as_str());
    let (mut sent, mut places) = (Vec::new(), Vec::new());
    let rows = if is_joint || is_split { MOST_ROWS } else { 1 };
    for row in (0..rows).filter(|row| !fields.get(&format!("departments[{row}].organization_id")).is_empty()) {
        let (at, is_lead) = (places.len(), row == 0);
        let mut send = |part: &str, value: String| sent.push((format!("departments[{at}].{part}"), value));
        send("organization_id", fields.get(&format!("departments[{row}].organization_id")).to_owned());
        if is_joint {
            send("part", if is_lead { AssignmentPart::Lead } else { AssignmentPart::Assisting }.to_string());
        }
        if is_split || fields.has("share") && (!is_joint || is_lead) {
            fields.all(&format!("departments[{row}].suggestions")).into_iter().for_each(|one| send("suggestions", one));
        }
        places.push(row);
    }
    let rest = fields.carried().filter(|(name, _)| !name.starts_with("departments[")).cloned();
    // Without any row the input is an empty list, rather than a missing one.
    let empty = places.is_empty().then(|| ("departments".to_owned(), String::new()));
    (rest.chain(empty).chain(sent).collect::<Vec<_>>().into(), places)
}

/// The source of a suggestion in words; empty for the manuscript's own.
pub(in crate::web) fn source(f: &Layout, one: &NumberedSuggestion) -> String {
    let of =
        |source: &Source| f.t2("sug-from-merged", "number", source.number.as_deref().unwrap_or_default(), "n", source.place.to_string());
    one.source.as_ref().map(of).unwrap_or_default()
}

/// Moves the problems of the third department to the row in which the third department was chosen.
fn in_place(error: AppError, places: &[usize]) -> AppError {
    let AppError::Invalid(mut violations) = error else { return error };
    for one in &mut violations {
        let Some((at, rest)) = one.field.strip_prefix("departments[").and_then(|rest| rest.split_once(']')) else { continue };
        if let Some(row) = at.parse::<usize>().ok().and_then(|at| places.get(at)) {
            one.field = format!("departments[{row}]{rest}");
        }
    }
    AppError::Invalid(violations)
}

impl DispatchedAssignmentPage {
    /// The source of a suggestion in words.
    fn source(&self, one: &NumberedSuggestion) -> String {
        source(&self.f, one)
    }

    /// Whether there are suggestions besides the manuscript's own, so that a department can be assigned some of them.
    fn has_taken(&self) -> bool {
        self.view.stage == Stage::Handling && self.choice.suggestions.iter().any(|one| one.source.is_some())
    }

    /// The number of merged manuscripts that wait for a decision on their suggestions.
    fn undecided(&self) -> usize {
        self.view.merged.iter().filter(|one| !one.decided).count()
    }

    fn forms(&self) -> &'static [AssignmentForm] {
        AssignmentForm::ALL
    }

    fn is_form(&self, form: &AssignmentForm) -> bool {
        self.typed.read("form").unwrap_or(AssignmentForm::Single) == *form
    }

    fn hint(&self, form: &AssignmentForm) -> String {
        self.f.t(&format!("assign-form-{form}"))
    }

    fn field(&self, row: &usize, name: &str) -> String {
        format!("departments[{row}].{name}")
    }

    fn is_chosen(&self, row: &usize, id: &OrganizationId) -> bool {
        self.typed.read(&self.field(row, "organization_id")) == Some(*id)
    }

    fn takes(&self, row: &usize, number: &u32) -> bool {
        self.typed.all(&self.field(row, "suggestions")).contains(&number.to_string())
    }

    fn problem(&self, row: &usize, name: &str) -> Option<&str> {
        self.f.problems.at(&self.field(row, name))
    }

    /// The instructions with their text and dates.
    fn instructions(&self) -> Vec<(EndorsementId, String, bool)> {
        let picked: Option<EndorsementId> = self.typed.read("endorsement_id");
        let fresh = !self.typed.has("version");
        let last = self.choice.instructions.last().map(|(id, _)| *id);
        let line = |(id, span): &(EndorsementId, LeadTime)| {
            let of = self.view.endorsements.iter().find(|one| one.id == *id)?;
            let words: String = of.words.chars().take(40).collect();
            let args = [
                ("leader", of.leader.as_str().into()),
                ("words", words.into()),
                ("due", self.f.due_short(&span.due, &span.is_provisional).into()),
            ];
            Some((*id, self.f.args("assign-instruction", &args), if fresh { last == Some(*id) } else { picked == Some(*id) }))
        };
        self.choice.instructions.iter().filter_map(line).collect()
    }

    /// The rule for the due date, in words.
    fn rule(&self) -> String {
        let mut rules = vec![self.rule_of("assign-rule-plain", &self.choice.plain)];
        rules.extend(
            self.choice
                .instructions
                .iter()
                .map(|(_, span)| span)
                .max_by_key(|span| span.latest)
                .map(|span| self.rule_of("assign-rule-instruction", span)),
        );
        rules.join("")
    }

    fn rule_of(&self, key: &str, span: &LeadTime) -> String {
        self.f.t2(key, "due", self.f.due_date(&span.due, &span.is_provisional), "latest", self.f.date(&span.latest))
    }

    /// The latest day that the date picker offers.
    fn latest(&self) -> String {
        let all = self.choice.instructions.iter().map(|(_, span)| span.latest).chain([self.choice.plain.latest]);
        all.max().map(|at| self.f.time.date(at).to_string()).unwrap_or_default()
    }

    fn version(&self) -> i64 {
        self.typed.read("version").filter(|_| self.f.problems.stale.is_none()).unwrap_or(self.view.version)
    }
}
