//! `/reading/{id}`: a manuscript that a leader has to read, and their endorsement.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::endorsements::{self, NewEndorsement};
use crate::app::reading::leaders::{LeaderCard, served, waiting};
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::outcome::EndorsementKind;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{Action, Part, Role};
use crate::web::components::quotes::{Circulation, Quotes};
use crate::web::components::suggestions::{MergedList, Suggestions};
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::manuscript::{ManuscriptPageData, Parts, VersionChoices, read};
use crate::web::navigation::NavItem;
use crate::web::problems::Problems;
use crate::web::session::{Visitor, see_other};

/// The keys of the prepared phrases.
const PHRASES: [&str; 4] = ["lead-phrase-study", "lead-phrase-absorb", "lead-phrase-report", "lead-phrase-read"];
/// The kinds that a leader can choose for a written endorsement.
const KINDS: [EndorsementKind; 3] = [EndorsementKind::Instruction, EndorsementKind::Guidance, EndorsementKind::Reference];

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/reading/{id}", web::get().to(open)).route("/reading/{id}/endorsements", web::post().to(endorse));
}

#[derive(Template)]
#[template(path = "reading/open.html", config = "src/web/askama.toml")]
struct OpenPage {
    f: Layout,
    whole: ManuscriptPageData,
    me: UserId,
    noted: bool,
    /// The due date of an instruction without a date: normally, and if urgent.
    due: (Moment, Moment),
    /// The number of minutes in which it can be withdrawn.
    undo_minutes: i64,
    others: Vec<LeaderCard>,
    typed: Fields,
}

async fn open(visitor: Visitor, id: web::Path<ManuscriptId>) -> PageResult {
    show(&visitor, StatusCode::OK, *id, Problems::default(), Fields::default()).await
}

type OpenManuscript = (ManuscriptPageData, (Moment, Moment), i64, Vec<LeaderCard>);

async fn show(visitor: &Visitor, status: StatusCode, id: ManuscriptId, problems: Problems, typed: Fields) -> PageResult {
    let leaders = served(&visitor.actor, Role::Leader);
    if leaders.is_empty() {
        return Err(AppError::NotFound.into());
    }
    let mine = leaders.clone();
    let gather = move |tx: &mut Tx<'_>, actor: &Actor| -> Result<OpenManuscript, AppError> {
        let whole = read(tx, actor, id)?;
        let others = waiting(tx, actor, &mine, None, 10)?.0;
        Ok((whole, endorsements::usual_due(tx, actor)?, endorsements::undo_minutes(tx, actor)?, others))
    };
    let (whole, due, undo_minutes, others) = visitor.read(gather).await?;
    // This page shows only manuscripts that were forwarded to the leader.
    let before_me = whole.circulation.iter().find(|one| leaders.contains(&one.user_id)).ok_or(AppError::NotFound)?;
    let (me, noted) = (before_me.user_id, before_me.marked.is_some());
    let place = if noted { NavItem::Read } else { NavItem::Leader };
    let f = visitor.frame(place).with(problems);
    html_with(status, &OpenPage { f, whole, me, noted, due, undo_minutes, others, typed })
}

async fn endorse(id: web::Path<ManuscriptId>, form: PageForm) -> PageResult {
    let (id, PageForm { visitor, fields }) = (*id, form);
    if let Some(phrase) = fields.read::<usize>("phrase") {
        let fields = with_phrase(&visitor, fields, phrase);
        return show(&visitor, StatusCode::OK, id, Problems::default(), fields).await;
    }
    let new: NewEndorsement = match fields.input() {
        Ok(new) => new,
        Err(error) => return again(&visitor, id, error, fields).await,
    };
    let kind = new.kind;
    match visitor.write(move |tx, actor| endorsements::enter(tx, actor, id, &new)).await {
        Ok(_) if kind == EndorsementKind::Noted => Ok(see_other("/reading", Some("noted"))),
        Ok(_) => Ok(see_other(&format!("/reading/{id}"), Some("endorsed"))),
        // The page shows the first one.
        Err(AppError::Refused(Refusal::Repeated { .. })) => Ok(see_other(&format!("/reading/{id}"), Some("repeated"))),
        Err(error) => again(&visitor, id, error, fields).await,
    }
}

async fn again(visitor: &Visitor, id: ManuscriptId, error: AppError, fields: Fields) -> PageResult {
    let problems = visitor.problems(error)?;
    show(visitor, StatusCode::UNPROCESSABLE_ENTITY, id, problems, fields).await
}

/// The form with a phrase appended to the input; the script does the same in the page.
fn with_phrase(visitor: &Visitor, fields: Fields, phrase: usize) -> Fields {
    let more = PHRASES.get(phrase).map(|key| crate::text::t(visitor.lang, key, &[])).unwrap_or_default();
    let words = format!("{}{more}", fields.get("words"));
    let others = fields.carried().filter(|(name, _)| name != "words" && name != "phrase").cloned();
    others.chain([("words".to_owned(), words)]).collect::<Vec<_>>().into()
}

impl OpenPage {
    fn authors(&self) -> String {
        let authors = self.whole.view.authors.iter();
        let one = |parts: [&str; 3]| parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(&self.f.t("sug-comma"));
        authors.map(|author| one([&author.name, &author.organization, &author.post])).collect::<Vec<_>>().join("；")
    }

    fn called(&self) -> String {
        self.whole.view.bulletins.last().map(|one| one.called.clone()).unwrap_or_default()
    }

    fn shown(&self) -> VersionChoices<'_> {
        VersionChoices::of(&self.whole)
    }

    fn parts(&self) -> Parts<'_> {
        self.shown().parts(&self.shown().pick(None))
    }

    fn circulation(&self) -> Circulation<'_> {
        Circulation::of(&self.f, &self.whole.circulation, Some(self.me))
    }

    fn quotes(&self) -> Quotes<'_> {
        let quotes = Quotes::of(&self.f, &self.whole.view.endorsements, &self.whole.view.attachments);
        quotes.returning(format!("/reading/{}", self.whole.view.id))
    }

    fn suggestions(&self) -> Suggestions<'_> {
        Suggestions::of(&self.f, &self.whole.view)
    }

    /// The manuscripts that are merged into it.
    fn merged(&self) -> MergedList<'_> {
        MergedList::of(&self.f, &self.whole.view.merged, false)
    }

    /// Whether departments have answered; the answers are then shown with the suggestions.
    fn is_answered(&self) -> bool {
        self.whole.view.assignments.iter().any(|one| !one.replies.is_empty())
    }

    fn may(&self) -> bool {
        self.whole.view.allowed_actions.contains(&Action::Endorse)
    }

    fn phrases(&self) -> Vec<String> {
        PHRASES.iter().map(|key| self.f.t(key)).collect()
    }

    fn kinds(&self) -> [EndorsementKind; 3] {
        KINDS
    }

    fn kind_word(&self, kind: &EndorsementKind) -> String {
        self.f.t(&format!("lead-kind-{kind}"))
    }

    /// Whether it can be withdrawn, and until when.
    fn last(&self) -> String {
        if self.undo_minutes > 0 { self.f.n("lead-undo", "n", self.undo_minutes) } else { self.f.t("lead-final") }
    }

    fn chosen(&self, kind: &EndorsementKind) -> bool {
        self.typed.find("kind").map_or(*kind == EndorsementKind::Guidance, |typed| typed == kind.as_str())
    }

    fn clock(&self) -> String {
        let due = |at| self.f.counted_date(at);
        self.f.t2("lead-clock", "usual", due(&self.due.0), "urgent", due(&self.due.1))
    }
}
