//! The job queue: waiting, running, failed and dead jobs, which can be retried or discarded, one by one or many at once.

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use crate::app::jobs::{self, JobFilter, JobKind, JobQuery, JobSelection, JobState, JobView};
use crate::domain::ids::{ChannelId, JobId};
use crate::text::has;
use crate::web::errors::PageResult;
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::{Visitor, see_other};

/// The number of jobs on a page.
const JOBS: usize = 50;

#[derive(Deserialize)]
pub(super) struct JobsPageQuery {
    state: Option<JobFilter>,
    kind: Option<JobKind>,
    before: Option<JobId>,
}

#[derive(Template)]
#[template(path = "operations/jobs.html", config = "src/web/askama.toml")]
struct JobsPage {
    f: Layout,
    channel: ChannelId,
    jobs: Vec<JobView>,
    state: Option<JobFilter>,
    kind: Option<JobKind>,
    more: Option<JobId>,
    /// Whether this node has a folder for backups.
    has_backups: bool,
}

pub(super) async fn list(visitor: Visitor, query: web::Query<JobsPageQuery>) -> PageResult {
    let JobsPageQuery { state, kind, before } = query.into_inner();
    let limit = i64::try_from(JOBS + 1).unwrap_or(i64::MAX);
    let query = JobQuery { state, kind: kind.map(|kind| kind.to_string()), before };
    let mut jobs = visitor.read(move |tx, actor| jobs::list(tx, actor, &query, limit)).await?;
    let more = (jobs.len() > JOBS).then(|| jobs.get(JOBS - 1).map(|one| one.id)).flatten();
    jobs.truncate(JOBS);
    let channel = visitor.actor.channel;
    let has_backups = visitor.app.settings.backup.folder.is_some();
    visitor.page(NavItem::Jobs, |f| JobsPage { f, channel, jobs, state, kind, more, has_backups })
}

pub(super) async fn begin_backup(form: PageForm) -> PageResult {
    form.visitor.write(jobs::begin_backup).await?;
    Ok(see_other(&address(None, Some(JobKind::Backup), None), Some("backup-begun")))
}

pub(super) async fn retry(form: PageForm, path: web::Path<JobId>) -> PageResult {
    let id = path.into_inner();
    form.visitor.write(move |tx, actor| jobs::retry(tx, actor, id)).await?;
    Ok(see_other(&back(&form.fields), Some("job-retried")))
}

/// Retries the selected jobs, or all dead ones of the kind that the list shows.
pub(super) async fn retry_many(form: PageForm) -> PageResult {
    let chosen = if form.fields.has("all") {
        JobSelection::Dead(form.fields.read("kind"))
    } else {
        JobSelection::Ids(form.fields.all("job").iter().filter_map(|id| id.parse().ok()).collect())
    };
    let again = form.visitor.write(move |tx, actor| jobs::retry_many(tx, actor, chosen)).await?;
    Ok(see_other(&back(&form.fields), Some(if again == 0 { "job-none-retried" } else { "job-retried" })))
}

pub(super) async fn discard(form: PageForm, path: web::Path<JobId>) -> PageResult {
    let id = path.into_inner();
    form.visitor.write(move |tx, actor| jobs::discard(tx, actor, id)).await?;
    Ok(see_other(&back(&form.fields), Some("job-discarded")))
}

/// The address of the list that was shown.
fn back(fields: &Fields) -> String {
    address(fields.read("state"), fields.read("kind"), None)
}

fn address(state: Option<JobFilter>, kind: Option<JobKind>, before: Option<JobId>) -> String {
    let parts = [state.map(|of| format!("state={of}")), kind.map(|of| format!("kind={of}")), before.map(|of| format!("before={of}"))];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "/jobs".to_owned() } else { format!("/jobs?{}", parts.join("&")) }
}

impl JobsPage {
    /// The address of each state's list, its label, and whether it is shown.
    fn states(&self) -> Vec<(String, String, bool)> {
        let all = (address(None, self.kind, None), self.f.t("jobs-all"), self.state.is_none());
        let one = |state: &JobFilter| {
            (address(Some(*state), self.kind, None), self.f.t(&format!("jobs-filter-{state}")), self.state == Some(*state))
        };
        std::iter::once(all).chain(JobFilter::ALL.iter().map(one)).collect()
    }

    /// The list of jobs of the same kind.
    fn alike(&self, job: &JobView) -> String {
        address(self.state, job.kind.parse().ok(), None)
    }

    fn older(&self) -> Option<String> {
        self.more.map(|before| address(self.state, self.kind, Some(before)))
    }

    fn kind_words(&self, job: &JobView) -> String {
        job.kind.parse::<JobKind>().map_or_else(|_| job.kind.clone(), |kind| self.f.word(kind))
    }

    /// The ledger of a job that works on one. The numbers of threads have no meaning for readers.
    fn ledger(&self, job: &JobView) -> Option<String> {
        let ledger = ChannelId(job.key.as_ref()?.parse().ok()?);
        if ledger == ChannelId::INSTALLATION {
            return Some(self.f.t("ledger-of-installation"));
        }
        Some(if ledger == self.channel { self.f.channel.clone() } else { ledger.to_string() })
    }

    /// The class, the icon and the text of its state.
    fn shape(&self, job: &JobView) -> (&'static str, &'static str, String) {
        let words = |filter: JobFilter| self.f.t(&format!("jobs-filter-{filter}"));
        match job.state {
            JobState::Waiting if job.attempts > 0 => ("soon", "late", words(JobFilter::Failed)),
            JobState::Waiting => ("plan", "clock", words(JobFilter::Waiting)),
            JobState::Running => ("plan", "clock", words(JobFilter::Running)),
            JobState::Done => ("ok", "tick", words(JobFilter::Done)),
            JobState::Dead => ("late", "late", words(JobFilter::Dead)),
            JobState::Discarded => ("no", "no", words(JobFilter::Discarded)),
        }
    }

    /// When it ran or will run, the number of attempts, its progress.
    fn facts(&self, job: &JobView) -> Vec<String> {
        let f = &self.f;
        let mut facts = Vec::new();
        if let Some(at) = job.started_at {
            facts.push(f.t1("jobs-since", "when", f.ago(&at)));
        }
        if let Some(progress) = &job.progress {
            let step = progress.step.as_deref().unwrap_or_default();
            let key = format!("jobs-step-{step}");
            let of = if has(&key) { f.t(&key) } else { step.to_owned() };
            let args = [("done", progress.done.to_string().into()), ("total", progress.total.unwrap_or_default().to_string().into())];
            facts.push(format!("{of} {}", f.args(if progress.total.is_some() { "jobs-progress" } else { "jobs-progress-open" }, &args)));
        }
        // The first attempt is the run itself.
        if job.attempts > i64::from(job.state == JobState::Running) && job.state != JobState::Done {
            facts.push(f.n("jobs-attempts", "n", job.attempts));
        }
        if let Some(at) = job.next_run_at.filter(|at| *at > f.now) {
            facts.push(f.t1("jobs-next", "when", f.date_time(&at)));
        }
        if let Some(at) = job.done_at {
            facts.push(f.t1("jobs-done-at", "when", f.ago(&at)));
        }
        facts
    }

    /// The reason of its last failure.
    fn why(&self, job: &JobView) -> Option<String> {
        let fault = self.f.word(job.fault?);
        let why = job.error.as_ref().map_or_else(|| fault.clone(), |error| self.f.t2("jobs-why-details", "fault", &fault, "error", error));
        Some(match job.failed_at {
            Some(at) => self.f.t2("jobs-failed-at", "when", self.f.ago(&at), "why", why),
            None => why,
        })
    }

    fn may_retry(&self, job: &JobView) -> bool {
        job.state == JobState::Dead || job.state == JobState::Waiting && job.attempts > 0
    }

    fn may_discard(&self, job: &JobView) -> bool {
        self.may_retry(job) && (job.state == JobState::Dead || !job.periodic)
    }

    fn any_to_retry(&self) -> bool {
        self.jobs.iter().any(|job| self.may_retry(job))
    }
}
