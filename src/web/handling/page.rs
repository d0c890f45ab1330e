//! The page of an assignment, for the department, the office, and all others who may read it.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::attachments::AttachmentView;
use crate::app::handling::merged::NumberedSuggestion;
use crate::app::handling::prospects::{self, Horizon};
use crate::app::handling::reading;
use crate::app::handling::views::{AssignmentView, ItemView, ReplyView};
use crate::app::reading::body;
use crate::app::reading::views::ManuscriptView;
use crate::domain::assignment::{AssignmentAction, AssignmentPart, Consultation};
use crate::domain::ids::AssignmentId;
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::{Answer, Part, Role};
use crate::web::components::files::size;
use crate::web::components::suggestions::{self, MergedList};
use crate::web::dispatch::assignment::source;
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::handling::act_preview::{ActConsequences, GroupNames, clock};
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::problems::Problems;
use crate::web::session::Visitor;

#[derive(Template)]
#[template(path = "handling/assignment.html", config = "src/web/askama.toml")]
struct HandledAssignmentPage {
    f: Layout,
    a: AssignmentView,
    view: ManuscriptView,
    horizon: Horizon,
    names: GroupNames,
    /// The name of the form that came back.
    active: &'static str,
    typed: Fields,
    office: bool,
    me: String,
    max_mb: usize,
}

/// A suggestion with its answer.
struct Suggested<'a> {
    at: usize,
    number: u32,
    words: String,
    /// Its source; empty for the manuscript's own.
    source: String,
    /// The answer that is valid or waits to be checked; otherwise the last one, as a starting point.
    item: Option<&'a ItemView>,
}

pub(super) async fn show(visitor: Visitor, path: web::Path<AssignmentId>) -> PageResult {
    page(&visitor, path.into_inner(), None, Problems::default(), StatusCode::OK).await
}

/// Renders the page, with the form that came back, if any.
pub(in crate::web) async fn page(
    visitor: &Visitor,
    id: AssignmentId,
    sent: Option<(&'static str, Fields)>,
    problems: Problems,
    status: StatusCode,
) -> PageResult {
    let (a, view, horizon) = visitor
        .read(move |tx, actor| {
            let a = reading::read(tx, actor, id)?;
            let view = body::manuscript(tx, actor, a.manuscript_id)?;
            Ok((a, view, prospects::horizon(tx, actor, id)?))
        })
        .await?;
    let office = visitor.is(Role::Dispatcher);
    let place = if office {
        NavItem::Dispatch
    } else if visitor.is(Role::Handler) {
        NavItem::Handling
    } else {
        NavItem::Manuscripts
    };
    let f = visitor.frame(place).with(problems);
    let (active, typed) = sent.unwrap_or_default();
    let names = GroupNames::of(&view).with(&a);
    let (me, max_mb) = (visitor.me.name.clone(), visitor.app.settings.limits.attachment_bytes / (1024 * 1024));
    html_with(status, &HandledAssignmentPage { f, a, view, horizon, names, active, typed, office, me, max_mb })
}

impl HandledAssignmentPage {
    fn may(&self, action: &str) -> bool {
        self.a.allowed_actions.iter().any(|one| one.as_str() == action)
    }

    /// Whether nothing can be done except adding a file, for which there is a form elsewhere.
    fn idle(&self) -> bool {
        self.a.allowed_actions.iter().all(|one| *one == AssignmentAction::Attach)
    }

    fn is_endorsed(&self) -> bool {
        self.view.endorsements.iter().any(|one| !one.words.is_empty())
    }

    /// Whether a file that was added by mistake can be removed: before the answer, and after it was sent back.
    fn takes_out(&self) -> bool {
        self.may("attach") && self.a.state == AssignmentState::Received
    }

    /// The consequences of an act.
    fn after(&self, action: &str) -> ActConsequences {
        let action: AssignmentAction = action.parse().unwrap_or(AssignmentAction::Urge);
        ActConsequences::of(&self.f, action, &self.names, clock(&self.f, action, &self.a, &self.horizon))
    }

    /// The back link: the first of these pages that the reader's navigation contains.
    fn back(&self) -> (&'static str, String) {
        let has = |place: &NavItem| self.f.nav.iter().any(|link| link.place == *place);
        let place = [NavItem::Dispatch, NavItem::Handling, NavItem::Manuscripts].into_iter().find(has).unwrap_or(NavItem::Inbox);
        (place.path(), self.f.t(&format!("place-{}", place.key())))
    }

    /// The typed value of a field in the form that came back.
    fn val(&self, form: &str, name: &str) -> &str {
        if self.active == form { self.typed.get(name) } else { "" }
    }

    fn is(&self, form: &str, name: &str, value: impl AsRef<str>) -> bool {
        self.val(form, name) == value.as_ref()
    }

    /// The problem with a field of the form that came back.
    fn bad(&self, form: &str, name: impl AsRef<str>) -> Option<&str> {
        if self.active == form { self.f.problems.at(name.as_ref()) } else { None }
    }

    /// The id of a field: the summary of problems links to the fields of the form that came back.
    fn id(&self, form: &str, name: impl AsRef<str>) -> String {
        let name = name.as_ref();
        if self.active == form { format!("f-{name}") } else { format!("f-{form}-{name}") }
    }

    fn is_open(&self, form: &str) -> bool {
        self.active == form
    }

    fn version(&self) -> i64 {
        self.typed.read("version").filter(|_| self.f.problems.stale.is_none() && !self.active.is_empty()).unwrap_or(self.a.version)
    }

    fn department(&self) -> bool {
        !self.office && self.a.internal.is_some()
    }

    /// The last answer, which is to be checked.
    fn last(&self) -> Option<&ReplyView> {
        self.a.replies.last()
    }

    /// Earlier answers, newest first, and those that were sent back.
    fn earlier(&self) -> Vec<&ReplyView> {
        let shown = usize::from(!self.may("reply"));
        self.a.replies.iter().rev().skip(shown).collect()
    }

    /// The suggestions of this department.
    fn suggested(&self) -> Vec<Suggested<'_>> {
        let item = |number: u32| self.last().and_then(|reply| reply.items.iter().find(|one| one.number == i64::from(number)));
        let of = |number: u32| self.horizon.suggestions.iter().find(|one| one.number == number);
        let all = self.horizon.numbers.iter().enumerate().filter_map(|(at, number)| Some((at, *number, of(*number)?)));
        let suggested = |(at, number, one): (usize, u32, &NumberedSuggestion)| Suggested {
            at,
            number,
            words: one.words.clone(),
            source: source(&self.f, one),
            item: item(number),
        };
        all.map(suggested).collect()
    }

    /// The suggestions that other departments answer.
    fn others(&self) -> Vec<(u32, &String)> {
        let others = self.horizon.suggestions.iter().filter(|one| !self.horizon.numbers.contains(&one.number));
        others.map(|one| (one.number, &one.words)).collect()
    }

    /// The manuscripts that are merged into this one, for readers who handle it.
    fn merged(&self) -> MergedList<'_> {
        MergedList::of(&self.f, &self.view.merged, false)
    }

    /// The name of a field of an answer.
    fn field(&self, one: &Suggested<'_>, part: &str) -> String {
        format!("items[{}].{part}", one.at)
    }

    /// The value of an answer's field: the typed one, otherwise that of the last answer.
    fn answer_val(&self, one: &Suggested<'_>, part: &str) -> String {
        if self.active == "reply" {
            return self.typed.get(&self.field(one, part)).to_owned();
        }
        let Some(item) = one.item else { return String::new() };
        match part {
            "words" => item.words.clone(),
            "answer" => item.answer.to_string(),
            _ => item.promised_on.clone().unwrap_or_default(),
        }
    }

    fn is_answer(&self, one: &Suggested<'_>, answer: &Answer) -> bool {
        self.answer_val(one, "answer") == answer.as_str()
    }

    /// The value of a field of the whole answer.
    fn whole_val(&self, part: &str) -> String {
        if self.active == "reply" {
            return self.typed.get(part).to_owned();
        }
        let last = self.last();
        match part {
            "words" => last.map(|reply| reply.words.clone()).unwrap_or_default(),
            "result_code" => last.and_then(|reply| reply.result.as_ref()).map(|result| result.code.clone()).unwrap_or_default(),
            "consultation" => last.and_then(|reply| reply.consultation).map(|one| one.to_string()).unwrap_or_default(),
            "officer" => last.map_or_else(|| self.me.clone(), |reply| reply.officer.clone()),
            _ => last.map(|reply| reply.officer_phone.clone()).unwrap_or_default(),
        }
    }

    /// The officer of an opinion.
    fn officer(&self) -> &str {
        if self.active == "contribution" { self.typed.get("officer") } else { &self.me }
    }

    fn answers(&self) -> &'static [Answer] {
        Answer::ALL
    }

    fn consultations(&self) -> &'static [Consultation] {
        Consultation::ALL
    }

    /// 列入计划 2027年3月31日前
    fn answered(&self, item: &ItemView) -> String {
        suggestions::answered(&self.f, item.answer, item.promised_on.as_deref().and_then(|day| day.parse().ok()))
    }

    fn check(&self, number: &u32, part: &str) -> &str {
        self.val("reply-review", &format!("checks[{number}].{part}"))
    }

    fn check_bad(&self, number: &u32) -> Option<&str> {
        self.bad("reply-review", format!("checks[{number}].mark"))
    }

    /// The suggestions that were adopted, for a report.
    fn taken_up(&self) -> Vec<i64> {
        let items = self.last().map(|reply| reply.items.as_slice()).unwrap_or_default();
        items.iter().filter(|item| item.answer != Answer::NotAdopted).map(|item| item.number).collect()
    }

    /// The files that the department submitted, with their sizes.
    fn files(&self) -> Vec<(&AttachmentView, String)> {
        let own = self.view.attachments.iter().filter(|file| file.subject_id == self.a.id.into());
        own.map(|file| (file, size(file.bytes))).collect()
    }

    /// Situation and causes, as they were issued.
    fn text(&self) -> (&str, &str) {
        self.view.outgoing_edited().map_or((&self.view.situation, &self.view.causes), |text| (&text.situation, &text.causes))
    }

    fn part_situation(&self) -> Part {
        Part::Situation
    }

    fn part_causes(&self) -> Part {
        Part::Causes
    }

    /// The acts that the reader may expect and cannot perform, with the reasons.
    fn explain_denials(&self) -> Vec<String> {
        let Some(internal) = &self.a.internal else { return Vec::new() };
        let at_work = matches!(self.a.state, AssignmentState::Dispatched | AssignmentState::Received);
        let mut why = Vec::new();
        if self.department() && at_work {
            if !self.may("request_return") && self.f.is_past(&internal.return_until) {
                why.push(self.f.t1("handling-no-return", "date", self.f.short(&internal.return_until)));
            }
            if !self.may("request_extension") {
                let waits = internal.extensions.last().is_some_and(|last| last.granted.is_none());
                why.push(self.f.t(if waits { "handling-no-extension-asked" } else { "handling-no-extension-late" }));
            }
            if self.a.state == AssignmentState::Dispatched {
                why.push(self.f.t("handling-no-reply"));
            }
        }
        if self.office && matches!(self.a.state, AssignmentState::Replied | AssignmentState::Approved) {
            why.push(self.f.t("handling-no-urging"));
        }
        why
    }

    fn assists(&self) -> bool {
        self.a.part == AssignmentPart::Assisting
    }

    /// The state of the assignment, in a sentence.
    fn standing(&self) -> String {
        let key = match self.a.state {
            AssignmentState::Dispatched => "handling-now-dispatched",
            AssignmentState::Received if self.assists() => "handling-now-assisting",
            AssignmentState::Received => "handling-now-received",
            AssignmentState::ReturnRequested => "handling-now-return",
            AssignmentState::Replied => "handling-now-replied",
            AssignmentState::Approved if self.a.implemented_at.is_some() => "handling-now-implemented",
            AssignmentState::Approved => "handling-now-approved",
            AssignmentState::Contributed => "handling-now-contributed",
            AssignmentState::Returned => "handling-now-returned",
            AssignmentState::Cancelled => "handling-now-cancelled",
        };
        self.f.t1(key, "who", &self.a.organization.name)
    }

    /// The date that applies now, and whether it may still change.
    fn next_due(&self) -> Option<(crate::domain::clock::Moment, bool)> {
        match (self.a.state, &self.a.internal) {
            (AssignmentState::Dispatched, Some(internal)) => Some((internal.receive_by, internal.receive_by_is_provisional)),
            (AssignmentState::Dispatched | AssignmentState::Received | AssignmentState::ReturnRequested, _) => {
                Some((self.a.due_at, self.a.due_is_provisional))
            }
            _ => None,
        }
    }
}
