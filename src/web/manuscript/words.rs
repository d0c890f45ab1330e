//! The texts that the template of a manuscript's page uses.

use crate::app::handling::views::ReportView;
use crate::app::reading::views::{AuthorView, ManuscriptView, RequestView};
use crate::domain::clock::Moment;
use crate::domain::outcome::{AdoptionForm, AdoptionLevel};
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{Action, DeclineReason, Part, Stage};
use crate::text::{self, Arg};
use crate::web::components::files::size;
use crate::web::components::line::StageLine;
use crate::web::components::quotes::{Circulation, Quotes};
use crate::web::components::suggestions::{MergedList, Suggestions};
use crate::web::components::timeline::Timeline;
use crate::web::manuscript::course::CourseParts;
use crate::web::manuscript::page::{ManuscriptPage, VersionChoices};
use crate::web::manuscript::panel::PanelButton;

impl ManuscriptPage {
    pub(super) fn v(&self) -> &ManuscriptView {
        &self.whole.view
    }

    pub(super) fn line(&self) -> StageLine<'_> {
        StageLine::of(&self.f, self.v(), self.is_mine())
    }

    pub(super) fn suggestions(&self) -> Suggestions<'_> {
        Suggestions::of(&self.f, self.v())
    }

    /// The course of the target, which an author of a merged manuscript reads.
    pub(super) fn course(&self) -> Option<CourseParts<'_>> {
        let number = self.v().merged_into.as_ref()?.number.as_deref().unwrap_or_default();
        Some(CourseParts { f: &self.f, number, course: self.v().course.as_ref()? })
    }

    /// The manuscripts that are merged into it, for readers who handle it.
    pub(super) fn merged(&self) -> MergedList<'_> {
        let handled = matches!(self.v().stage, Stage::Forwarded | Stage::Handling);
        MergedList::of(&self.f, &self.v().merged, handled)
    }

    pub(super) fn quotes(&self) -> Quotes<'_> {
        Quotes::of(&self.f, &self.v().endorsements, &self.v().attachments)
    }

    pub(super) fn circulation(&self) -> Circulation<'_> {
        Circulation::of(&self.f, &self.whole.circulation, Some(self.me))
    }

    pub(super) fn timeline(&self) -> Timeline<'_> {
        let now = if self.v().where_is_it.desk.is_some() { self.where_now() } else { String::new() };
        Timeline::of(&self.f, &self.whole.history, now)
    }

    pub(super) fn shown(&self) -> VersionChoices<'_> {
        VersionChoices::of(&self.whole)
    }

    /// The label of the back link.
    pub(super) fn back_name(&self) -> String {
        let place = self.f.nav.iter().find(|link| link.place == self.back);
        place.map_or_else(|| self.f.t("frame-home"), |link| link.name.clone())
    }

    /// The next step, for the bottom of the page on a phone.
    pub(super) fn next(&self) -> Option<&PanelButton> {
        self.acts.first().filter(|act| act.main)
    }

    /// Number, category, kind.
    pub(super) fn above(&self) -> String {
        let number = self.v().number.clone().unwrap_or_else(|| self.f.t("man-draft-number"));
        [number, self.v().category.clone(), self.f.word(self.v().kind)]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · ")
    }

    /// The authors, each with organisation and post.
    pub(super) fn authors(&self) -> String {
        let one = |author: &AuthorView| {
            let details = [author.organization.as_str(), author.post.as_str()];
            let details = details.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(&self.f.t("sug-comma"));
            if details.is_empty() { author.name.clone() } else { self.f.t2("man-author", "name", &author.name, "details", &details) }
        };
        let names = self.v().authors.iter().map(one).collect::<Vec<_>>().join(&self.f.t("man-and"));
        if self.v().authors.len() > 1 { self.f.t1("man-by-joint", "names", &names) } else { names }
    }

    /// Whether the manuscript waits for the reader.
    pub(super) fn is_mine(&self) -> bool {
        self.acts.iter().any(|act| act.main)
    }

    /// Whether the queue in which it waits has nobody to work it.
    pub(super) fn is_unstaffed(&self) -> bool {
        self.v().where_is_it.unstaffed
    }

    /// Who has it, in a sentence.
    pub(super) fn where_now(&self) -> String {
        let stage = self.stage();
        match self.v().where_is_it.desk {
            _ if self.is_mine() => {
                self.f.t1("man-now-you", "what", self.acts.iter().find(|act| act.main).map_or(stage, |act| act.words.clone()))
            }
            Some(role) => self.f.t2("man-now-at", "who", self.f.word(role), "what", &stage),
            None => self.f.t1("man-now-rest", "stage", &stage),
        }
    }

    pub(super) fn stage(&self) -> String {
        let stage = self.v().outcome.unwrap_or(self.v().stage);
        match (self.is_author(), self.v().merged_into.is_some()) {
            (true, true) => text::stage_for_merged(self.f.lang, stage),
            (true, false) => text::stage_for_author(self.f.lang, stage),
            (false, _) => self.f.word(stage),
        }
    }

    fn is_author(&self) -> bool {
        self.v().authors.iter().any(|author| author.user_id == self.me)
    }

    /// The heading of the changes that the author is asked for, addressed to the author or about them.
    pub(super) fn requests_title(&self) -> String {
        if self.is_author() { self.f.t("man-requests-you") } else { self.f.t("man-requests") }
    }

    /// Since when it is there, when it is due, and the usual duration.
    pub(super) fn where_more(&self) -> String {
        let at = &self.v().where_is_it;
        let mut parts = vec![self.f.t1("man-since", "ago", self.f.ago(&at.since))];
        parts.extend(at.due_at.map(|due| self.f.t1("man-due", "date", self.f.due_date(&due, &at.due_is_provisional))));
        parts.extend(at.usual_working_days.map(|days| self.f.n("man-usual", "n", days)));
        parts.join(&self.f.t("sug-comma"))
    }

    /// The reasons why expected acts are missing.
    pub(super) fn explain_denials(&self) -> Vec<String> {
        let say = |(action, refusal): &(Action, Refusal)| {
            // In the reader's terms for the stage; the reader sees the newest state already.
            if matches!(refusal, Refusal::WrongStage { .. }) {
                return self.f.t2("man-why-stage", "action", self.f.word(*action), "stage", self.stage());
            }
            let why = self.f.refusal(refusal);
            self.f.t2("man-why-not", "action", self.f.word(*action), "why", &why)
        };
        self.whole.refused.iter().map(say).collect()
    }

    /// The passage to which a request refers.
    pub(super) fn passage(&self, request: &RequestView) -> String {
        let Some(version) = self.whole.versions.iter().find(|version| version.revision == request.revision) else { return String::new() };
        let part = match request.part {
            Part::Title => version.title.clone(),
            Part::Situation => version.situation.clone(),
            Part::Causes => version.causes.clone(),
            Part::Suggestions => version.suggestions.join("\n"),
        };
        let (from, to) = (usize::try_from(request.from).unwrap_or(0), usize::try_from(request.to).unwrap_or(0));
        part.chars().skip(from).take(to.saturating_sub(from)).collect()
    }

    /// The version and the part to which a request refers.
    pub(super) fn pointed(&self, request: &RequestView) -> String {
        let args = [("part", Arg::from(self.f.word(request.part))), ("revision", Arg::from(request.revision))];
        self.f.args("man-request-part", &args)
    }

    /// The progress that a department reports: on one suggestion, or on all.
    pub(super) fn reported(&self, report: &ReportView) -> String {
        match report.number {
            Some(number) => self.f.args("man-report-number", &[("n", Arg::from(number)), ("words", Arg::from(&report.words))]),
            None => report.words.clone(),
        }
    }

    pub(super) fn decided(&self, action: &str) -> String {
        let key = format!("did-manuscript-{action}");
        if text::has(&key) { self.f.t(&key) } else { self.f.t("did-something") }
    }

    pub(super) fn reason(&self, code: &str) -> String {
        code.parse::<DeclineReason>().map_or_else(|_| code.to_owned(), |reason| self.f.word(reason))
    }

    pub(super) fn numbers(&self, numbers: &[u32]) -> String {
        numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(&self.f.t("man-and"))
    }

    pub(super) fn size(&self, bytes: &i64) -> String {
        size(*bytes)
    }

    /// The code of the receipt, as on the receipt's page and in letters, and its position in the ledger.
    pub(super) fn proof(&self) -> Option<String> {
        let receipt = self.whole.receipt.as_ref()?;
        let code = receipt.leaf.get(..12)?.to_uppercase();
        let code = format!("{}-{}-{}", &code[..4], &code[4..8], &code[8..]);
        Some(match receipt.position {
            Some(place) => {
                self.f.args("man-receipt", &[("code", Arg::from(&code)), ("n", Arg::Number(i64::try_from(place + 1).unwrap_or(i64::MAX)))])
            }
            None => self.f.t1("man-receipt-early", "code", &code),
        })
    }

    pub(super) fn may(&self, action: Action) -> bool {
        self.v().allowed_actions.contains(&action)
    }

    pub(super) fn undo_until(&self) -> Option<String> {
        let until: Moment = self.v().undo_until.filter(|_| self.may(Action::Undo))?;
        Some(self.f.t1("man-undo", "until", self.f.time_of_day(&until)))
    }

    pub(super) fn levels(&self) -> &'static [AdoptionLevel] {
        AdoptionLevel::ALL
    }

    pub(super) fn forms(&self) -> &'static [AdoptionForm] {
        AdoptionForm::ALL
    }
}
