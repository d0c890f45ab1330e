//! The outbox: the state of each letter, and retries. Addresses are masked, texts are not shown.

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::app::mail_settings::{self, MailState};
use crate::app::notices::{self, LetterState, MailServer, Sending, Slice};
use crate::app::resending::{self, LetterSelection, Unsent};
use crate::app::webhooks;
use crate::domain::clock::Moment;
use crate::domain::ids::LetterId;
use crate::domain::notice::MailStage;
use crate::domain::vocabulary::Role;
use crate::mail::render;
use crate::mail::trial::Trial;
use crate::text::word;
use crate::web::errors::PageResult;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::{Visitor, see_other};

/// The number of letters on a page.
const LETTERS: usize = 50;

#[derive(Deserialize)]
pub(super) struct OutboxQuery {
    state: Option<LetterState>,
    before: Option<LetterId>,
}

#[derive(Template)]
#[template(path = "operations/outbox.html", config = "src/web/askama.toml")]
struct OutboxPage {
    f: Layout,
    letters: Vec<Sending>,
    servers: Vec<MailServer>,
    /// Whether letters are delivered.
    mail: MailState,
    /// Whether the visitor may change the settings of the mail server.
    may_set: bool,
    /// The number of failing webhooks, for administrators of the channel.
    webhooks: Option<usize>,
    /// The result of a trial letter.
    trial: Option<Trial>,
    state: Option<LetterState>,
    more: Option<LetterId>,
}

pub(super) async fn outbox(visitor: Visitor, query: web::Query<OutboxQuery>) -> PageResult {
    show(&visitor, query.into_inner(), None).await
}

/// Tests the mail server stage by stage, and sends the administrator a letter.
pub(super) async fn trial(form: PageForm) -> PageResult {
    let visitor = form.visitor;
    let lang = visitor.lang;
    // Refuses everybody else before anything is sent.
    let order = visitor.read(move |tx, actor| mail_settings::for_trial(tx, actor, lang)).await?;
    let trial = mail_settings::try_out(order).await;
    show(&visitor, OutboxQuery { state: None, before: None }, Some(trial)).await
}

async fn show(visitor: &Visitor, query: OutboxQuery, trial: Option<Trial>) -> PageResult {
    let OutboxQuery { state, before } = query;
    let limit = i64::try_from(LETTERS + 1).unwrap_or(i64::MAX);
    let reading = visitor.read(move |tx, actor| {
        let letters = notices::outbox(tx, actor, state, Slice { before, limit })?;
        let may_set = mail_settings::is_administrator(tx, actor)?;
        let webhooks = if actor.holds(Role::SystemAdmin) { Some(webhooks::failing(tx, actor)?) } else { None };
        Ok((letters, notices::failing_servers(tx, actor)?, mail_settings::state(tx)?, may_set, webhooks))
    });
    let (mut letters, servers, mail, may_set, webhooks) = reading.await?;
    let more = (letters.len() > LETTERS).then(|| letters.get(LETTERS - 1).map(|one| one.id)).flatten();
    letters.truncate(LETTERS);
    visitor.page(NavItem::Outbox, |f| OutboxPage { f, letters, servers, mail, may_set, webhooks, trial, state, more })
}

/// Since when a mail server accepts no letters, the stage at which it failed, its response, and the time of the next attempt.
pub(super) fn server_words(f: &Layout, server: &MailServer) -> String {
    let stage = server.stage.map(|stage| word(f.lang, stage)).unwrap_or_default();
    let time = |at: Option<Moment>| at.map(|at| f.date_time(&at)).unwrap_or_default();
    let args = [
        ("server", server.name.clone().into()),
        ("since", time(server.failing_since).into()),
        ("stage", stage.into()),
        ("answer", server.answer.clone().unwrap_or_default().into()),
        ("next", time(server.next_try_at.map(|at| at.max(f.now))).into()),
    ];
    f.args("mail-server-failing", &args)
}

/// The stages of a trial: those that succeeded, and the failed one with the server's response. If encryption was skipped, that is stated in
/// its place.
pub(super) fn stages_of(f: &Layout, trial: &Trial) -> Vec<(bool, String)> {
    let mut lines: Vec<(bool, String)> = trial.passed.iter().map(|stage| (true, word(f.lang, *stage))).collect();
    if trial.is_encrypted() == Some(false) {
        let place = trial.passed.iter().position(|stage| *stage > MailStage::Tls).unwrap_or(lines.len());
        lines.insert(place, (false, f.t1("mail-trial-unencrypted", "stage", word(f.lang, MailStage::Tls))));
    }
    if let Some((stage, answer)) = &trial.failed {
        lines.push((false, f.t2("mail-trial-failed", "stage", word(f.lang, *stage), "answer", answer.as_str())));
    }
    lines
}

/// The result of a trial.
pub(super) fn trial_words(f: &Layout, trial: &Trial) -> String {
    match (&trial.failed, &trial.problem) {
        (_, Some(problem)) => problem.clone(),
        (Some(_), None) => f.t("mail-trial-not-sent"),
        (None, None) => {
            let key = if trial.is_encrypted() == Some(false) { "mail-trial-sent-unencrypted" } else { "mail-trial-sent" };
            f.t1(key, "answer", trial.answer.as_str())
        }
    }
}

pub(super) async fn retry(form: PageForm, path: web::Path<LetterId>) -> PageResult {
    let id = path.into_inner();
    form.visitor.write(move |tx, actor| resending::retry(tx, actor, id)).await?;
    let back = form.fields.read::<LetterState>("state").map_or_else(|| "/outbox".to_owned(), |state| format!("/outbox?state={state}"));
    Ok(see_other(&back, Some("letter-retried")))
}

/// Retries the selected letters, or all that were given up.
pub(super) async fn retry_many(form: PageForm) -> PageResult {
    let chosen = match form.fields.find("all") {
        Some(all) => LetterSelection::All(all.parse().unwrap_or(Unsent::Failed)),
        None => LetterSelection::Ids(form.fields.all("letter").iter().filter_map(|id| id.parse().ok()).collect()),
    };
    let again = form.visitor.write(move |tx, actor| resending::retry_many(tx, actor, chosen)).await?;
    let back = form.fields.read::<LetterState>("state").map_or_else(|| "/outbox".to_owned(), |state| format!("/outbox?state={state}"));
    Ok(see_other(&back, Some(if again == 0 { "letter-none-retried" } else { "letter-retried" })))
}

impl OutboxPage {
    fn states(&self) -> [LetterState; 6] {
        use LetterState::{Failed, Filed, Queued, Revoked, Sent, Withheld};
        [Queued, Sent, Filed, Failed, Withheld, Revoked]
    }

    /// Since when a mail server accepts no letters, the stage at which it failed, its response, and the time of the next attempt.
    fn server_words(&self, server: &MailServer) -> String {
        server_words(&self.f, server)
    }

    fn stages_of(&self, trial: &Trial) -> Vec<(bool, String)> {
        stages_of(&self.f, trial)
    }

    fn trial_words(&self, trial: &Trial) -> String {
        trial_words(&self.f, trial)
    }

    fn is_only_files(&self) -> bool {
        self.mail == MailState::OnlyFiles
    }

    fn is_unreadable(&self) -> bool {
        self.mail == MailState::Unreadable
    }

    /// The letters of the page that can all be sent again at once.
    fn unsent(&self) -> Option<Unsent> {
        let any = |state| self.letters.iter().any(|letter| letter.state == state && self.may_retry(letter));
        if any(LetterState::Failed) { Some(Unsent::Failed) } else { any(LetterState::Filed).then_some(Unsent::Filed) }
    }

    fn all_words(&self, unsent: &Unsent) -> String {
        self.f.t(match unsent {
            Unsent::Failed => "outbox-retry-all",
            Unsent::Filed => "outbox-send-all-filed",
        })
    }

    fn again_words(&self, letter: &Sending) -> String {
        self.f.t(if letter.state == LetterState::Filed { "outbox-send-filed" } else { "outbox-retry" })
    }

    /// Why a letter was not sent.
    fn reason(&self, letter: &Sending) -> Option<String> {
        letter.reason.map(|reason| word(self.f.lang, reason))
    }

    fn is_state(&self, state: &LetterState) -> bool {
        self.state == Some(*state)
    }

    fn state_words(&self, state: &LetterState) -> String {
        self.f.t(match state {
            LetterState::Queued => "outbox-queued",
            LetterState::Leased => "outbox-leased",
            LetterState::Sent => "outbox-sent",
            LetterState::Filed => "outbox-filed",
            LetterState::Withheld => "outbox-withheld",
            LetterState::Failed => "outbox-failed",
            LetterState::Revoked => "outbox-revoked",
            LetterState::None => "outbox-none",
        })
    }

    /// The class and the icon of a state.
    fn shape(&self, state: &LetterState) -> (&'static str, &'static str) {
        match state {
            LetterState::Queued | LetterState::Leased => ("plan", "clock"),
            LetterState::Sent => ("ok", "tick"),
            LetterState::Failed | LetterState::Filed => ("late", "late"),
            LetterState::Withheld => ("soon", "no"),
            LetterState::Revoked | LetterState::None => ("no", "no"),
        }
    }

    /// The kind of a letter: its subject line without its object.
    fn kind(&self, letter: &Sending) -> String {
        letter.kind.map_or_else(|| "…".to_owned(), |kind| render::name(kind, self.f.lang))
    }

    /// The previous attempts and the next step.
    fn tries(&self, letter: &Sending) -> String {
        match (letter.state, letter.next_try_at, letter.sent_at) {
            (LetterState::Failed, ..) => self.f.n("outbox-given-up", "n", letter.attempts),
            (LetterState::Queued, Some(at), _) if letter.attempts > 0 => {
                let tried = self.f.n("outbox-attempts", "n", letter.attempts);
                format!("{tried} · {}", self.f.t1("outbox-next-try", "when", self.f.date_time(&at)))
            }
            (_, _, Some(at)) => self.f.t1("outbox-sent-at", "when", self.f.date_time(&at)),
            _ => String::new(),
        }
    }

    fn may_retry(&self, letter: &Sending) -> bool {
        match letter.state {
            LetterState::Failed | LetterState::Queued | LetterState::Withheld => true,
            LetterState::Filed => self.mail == MailState::Sends && letter.sent_at.is_some_and(|at| resending::is_young(at, self.f.now)),
            _ => false,
        }
    }
}
