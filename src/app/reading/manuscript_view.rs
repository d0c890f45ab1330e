//! Builds the view of a manuscript from loaded data, without queries.

use std::collections::BTreeMap;

use crate::app::attachments::AttachmentView;
use crate::app::bulletins::InBulletin;
use crate::app::channel_time::ChannelTime;
use crate::app::endorsements::EndorsementView;
use crate::app::handling::merged_views::MergedView;
use crate::app::handling::views::AssignmentView;
use crate::app::manuscript_case::LoadedCase;
use crate::app::outcomes::adoptions::AdoptionView;
use crate::app::outcomes::ratings::RatingView;
use crate::app::reading::course::{Course, DecisionView};
use crate::app::reading::views::*;
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::deadline::{ChannelLimits, TimeLimit};
use crate::domain::ids::{TextId, UserId};
use crate::domain::outgoing::{self, TextVersion};
use crate::domain::permission::Actor;
use crate::domain::queues;
use crate::domain::transition::allowed;
use crate::domain::vocabulary::{Action, Stage, TextKind};
use crate::store::rows::{self, ManuscriptRow, TextRow};

/// The data of the channel and the moment that a view needs.
#[derive(Debug, Clone)]
pub(crate) struct Basis {
    now: Moment,
    soft: usize,
    time: ChannelTime,
}

/// The data of a manuscript besides its row and its texts.
pub(super) struct Besides {
    pub(super) stage: (Stage, Option<Stage>),
    /// For authors of a merged one, the row of its target, as they read it.
    pub(super) place: Option<ManuscriptRow>,
    /// Whether the reader has rated the conclusion in effect.
    pub(super) rated: bool,
    /// Whether it waits in a queue that nobody can work; authors are not informed of this.
    pub(super) unstaffed: bool,
    pub(super) merged_into: Option<MergedInto>,
    pub(super) merged: Vec<MergedView>,
    pub(super) course: Option<Course>,
    pub(super) requests: Vec<RequestView>,
    pub(super) decisions: Vec<DecisionView>,
    pub(super) bulletins: Vec<InBulletin>,
    pub(super) endorsements: Vec<EndorsementView>,
    pub(super) attachments: Vec<AttachmentView>,
    pub(super) assignments: Vec<AssignmentView>,
    pub(super) adoptions: Vec<AdoptionView>,
    pub(super) ratings: Vec<RatingView>,
}

impl Basis {
    /// Loads the data for the current act.
    pub(crate) fn of(tx: &mut Tx<'_>, actor: &Actor) -> Result<Self, AppError> {
        Ok(Self { now: tx.now, soft: tx.settings.limits.text_soft_chars, time: ChannelTime::of(tx, actor.channel)? })
    }

    /// Returns the view of a manuscript that its author has just written and submitted: it has no later acts, so no query is needed.
    pub(crate) fn just_written(&self, actor: &Actor, name: &str, loaded: LoadedCase, text: TextRow) -> Result<ManuscriptView, AppError> {
        let loaded = loaded.after_act().ok_or(AppError::NotFound)?;
        let mut names: BTreeMap<UserId, String> = loaded.authors.iter().map(|author| (author.user_id, author.name.clone())).collect();
        names.entry(actor.user).or_insert_with(|| name.to_owned());
        let besides = Besides {
            stage: (loaded.row.stage, None),
            place: None,
            rated: false,
            unstaffed: false,
            merged_into: None,
            merged: Vec::new(),
            course: None,
            requests: Vec::new(),
            decisions: Vec::new(),
            bulletins: Vec::new(),
            endorsements: Vec::new(),
            attachments: Vec::new(),
            assignments: Vec::new(),
            adoptions: Vec::new(),
            ratings: Vec::new(),
        };
        self.view(actor, &loaded, &[text], &names, besides)
    }

    pub(super) fn view(
        &self,
        actor: &Actor,
        loaded: &LoadedCase,
        versions: &[TextRow],
        names: &BTreeMap<UserId, String>,
        besides: Besides,
    ) -> Result<ManuscriptView, AppError> {
        let sight = loaded.sight(actor);
        let row = loaded.shown(sight, self.now).clone();
        let original = readable_original(versions, &row, sight.author).ok_or(AppError::NotFound)?;
        let text = original.text()?;
        let details = row.details()?;
        let (stage, outcome) = besides.stage;
        let mut open = allowed(&loaded.case, actor, self.now);
        open.retain(|action| !(*action == Action::Rate && besides.rated));
        let known = sight.internal() || row.accepted_at.is_some();
        let edited = row.edited_text_id.filter(|_| known);
        let outgoing = if known { outgoing_view(versions, &row, sight.internal()) } else { None };
        Ok(ManuscriptView {
            id: row.id,
            stage,
            outcome,
            version: row.version_for(sight),
            kind: row.kind,
            urgent: row.urgent,
            situation: text.situation,
            causes: text.causes,
            suggestions: text.suggestions,
            keywords: details.keywords,
            characters: original.characters,
            long: usize::try_from(original.characters).unwrap_or(usize::MAX) > self.soft,
            outgoing,
            edited_text: edited.map(|id| text_view(versions, id, names)).transpose()?,
            declarations: details.declarations,
            for_organization: details.for_organization,
            authors: loaded.authors.iter().map(|author| author_view(&row, author)).collect(),
            entered_by: row.entered_by.and_then(|user| names.get(&user).cloned()),
            organization_id: row.organization_id,
            organization: details.organization_name,
            submitted_at: row.submitted_at,
            created_at: row.created_at,
            where_is_it: WhereIsIt {
                unstaffed: besides.unstaffed,
                ..where_is_it(&self.time, besides.place.as_ref().unwrap_or(&row), stage)
            },
            undo_until: loaded
                .case
                .pending
                .filter(|one| one.until > self.now && !one.acted_on && !sight.author_only())
                .map(|one| one.until),
            merged_into: besides.merged_into,
            merged: besides.merged,
            course: besides.course,
            allowed_actions: open,
            requests: besides.requests,
            decisions: besides.decisions,
            bulletins: besides.bulletins,
            endorsements: besides.endorsements,
            attachments: besides.attachments,
            assignments: besides.assignments,
            adoptions: besides.adoptions,
            ratings: besides.ratings,
            number: row.number,
            title: text.title.as_str().to_owned(),
            category: row.category,
        })
    }
}

/// Returns the author's text: to the author the current one, to others the one that was last submitted.
fn readable_original<'v>(versions: &'v [TextRow], row: &ManuscriptRow, own: bool) -> Option<&'v TextRow> {
    let current = versions.iter().find(|text| text.id == row.text_id)?;
    if own || current.sealed_at.is_some() {
        return Some(current);
    }
    let handed_in = versions.iter().filter(|text| text.kind == TextKind::Original && text.sealed_at.is_some());
    handed_in.max_by_key(|text| text.round).or(Some(current))
}

/// Returns which text goes out; only the office learns whether it is outdated.
fn outgoing_view(versions: &[TextRow], row: &ManuscriptRow, internal: bool) -> Option<OutgoingView> {
    let all: Vec<TextVersion> = versions.iter().map(TextVersion::from).collect();
    let outgoing = outgoing::outgoing(&all, row.edited_text_id, row.accepted_at.is_some())?;
    let revision = |id: TextId| versions.iter().position(|text| text.id == id).map_or(0, |place| place + 1);
    let outdated = outgoing.outdated.filter(|_| internal).map(|outdated| OutdatedView {
        edited: revision(outdated.edited),
        based_on: outdated.based_on.map(revision),
        original: revision(outdated.original),
    });
    Some(OutgoingView { revision: revision(outgoing.text), kind: outgoing.kind, outdated })
}

fn author_view(row: &ManuscriptRow, author: &rows::AuthorRow) -> AuthorView {
    AuthorView {
        user_id: author.user_id,
        name: author.name.clone(),
        post: author.post.clone(),
        organization: author.organization_name.clone(),
        first: author.user_id == row.first_author_id,
        signed_at: author.signed_at,
    }
}

pub(crate) fn text_view(versions: &[TextRow], id: TextId, names: &BTreeMap<UserId, String>) -> Result<TextView, AppError> {
    let place = versions.iter().position(|text| text.id == id).ok_or(AppError::NotFound)?;
    let row = &versions[place];
    let text = row.text()?;
    Ok(TextView {
        revision: place + 1,
        kind: row.kind,
        title: text.title.as_str().to_owned(),
        situation: text.situation,
        causes: text.causes,
        suggestions: text.suggestions,
        by: names.get(&row.created_by).cloned().unwrap_or_default(),
        at: row.sealed_at.unwrap_or(row.created_at),
        digest: row.digest.as_ref().map(hex::encode),
    })
}

/// Returns the usual number of working days in the queue of a stage.
pub(crate) fn usual_working_days(limits: &ChannelLimits, stage: Stage, urgent: bool) -> Option<u32> {
    match queues::of_stage(stage)?.limit?(limits, urgent) {
        TimeLimit::WorkingDays(days) => Some(days),
        TimeLimit::Months(_) => None,
    }
}

fn where_is_it(time: &ChannelTime, row: &ManuscriptRow, stage: Stage) -> WhereIsIt {
    let time = time.working();
    let usual_working_days = usual_working_days(time.limits, stage, row.urgent);
    let desk = queues::of_stage(stage).map(|queue| queue.role);
    let due_is_provisional = row.due_at.is_some_and(|due| time.is_in_unknown_year(due));
    WhereIsIt { desk, since: row.stage_since, due_at: row.due_at, due_is_provisional, usual_working_days, unstaffed: false }
}
