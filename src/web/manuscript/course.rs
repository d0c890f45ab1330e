//! The part of the page in which an author of a merged manuscript follows its target.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::app::handling::views::ReportView;
use crate::app::reading::course::{Course, CourseBulletin, DecisionView};
use crate::domain::vocabulary::Action;
use crate::text::Arg;
use crate::web::components::quotes::Quotes;
use crate::web::components::suggestions::Suggestions;
use crate::web::layout::Layout;

/// The course of the target, rendered in the page by `{{ course }}`.
#[derive(Template)]
#[template(path = "manuscript/course.html", config = "src/web/askama.toml")]
pub(super) struct CourseParts<'p> {
    pub(super) f: &'p Layout,
    /// The target's number.
    pub(super) number: &'p str,
    pub(super) course: &'p Course,
}

// The template escapes its values.
impl HtmlSafe for CourseParts<'_> {}

impl CourseParts<'_> {
    fn is_empty(&self) -> bool {
        let course = self.course;
        course.bulletins.is_empty()
            && course.endorsements.is_empty()
            && course.assignments.is_empty()
            && course.adoptions.is_empty()
            && course.decisions.is_empty()
    }

    fn quotes(&self) -> Quotes<'_> {
        Quotes::bare(self.f, &self.course.endorsements, &[])
    }

    fn suggestions(&self) -> Suggestions<'_> {
        let texts = self.course.suggestions.iter();
        let texts = texts.map(|one| (usize::try_from(one.number).unwrap_or_default(), one.words.as_str()));
        Suggestions::numbered(self.f, texts, &self.course.assignments)
    }

    fn answered(&self) -> bool {
        self.course.assignments.iter().any(|one| !one.replies.is_empty())
    }

    fn issued(&self, one: &CourseBulletin) -> String {
        let day = one.bulletin.issued_at.map(|at| self.f.short(&at));
        let named = one.names_you.then(|| self.f.t("man-course-named"));
        [day, named].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// The result, or what has been done about it since.
    fn said(&self, one: &DecisionView) -> String {
        let concluded = one.action == Action::Conclude.as_str();
        if concluded { self.f.t("man-course-result") } else { self.f.t(&format!("did-manuscript-{}", one.action)) }
    }

    fn reported(&self, report: &ReportView) -> String {
        match report.number {
            Some(number) => self.f.args("man-report-number", &[("n", Arg::from(number)), ("words", Arg::from(&report.words))]),
            None => report.words.clone(),
        }
    }
}
