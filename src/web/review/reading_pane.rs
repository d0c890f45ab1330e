//! A manuscript in a review queue: its text, and the possible decisions. The data is loaded in one transaction, then formatted.

use crate::app::form_drafts::{self, FormDraft, FormKind};
use crate::app::preview::{self, Prospect};
use crate::app::reading::body;
use crate::app::reading::revisions::{self, Change, PartDifference};
use crate::app::reading::views::{ManuscriptLine, ManuscriptView};
use crate::app::review::NewRequest;
use crate::app::{AppError, Tx, similar};
use crate::domain::clock::Moment;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{Action, DeclineReason, Part, TextKind};
use crate::web::fields::Fields;
use crate::web::layout::Layout;
use crate::web::review::decision_form;
use crate::web::review::decision_preview::DecisionChoice;
use crate::web::review::passages::{PassageMark, PassageSection, ShownParts, sections};
use crate::web::review::queue::ReviewQueue;

/// Which text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ShownText {
    /// The outgoing one.
    #[default]
    Outgoing,
    /// The author's.
    Original,
    /// The office's.
    Edited,
    /// The changes of the office.
    Difference,
}

impl ShownText {
    pub(super) fn parse(word: &str) -> Self {
        match word {
            "edited" => Self::Edited,
            "difference" => Self::Difference,
            "original" => Self::Original,
            _ => Self::Outgoing,
        }
    }

    fn is(self, word: &str) -> bool {
        self == Self::parse(word)
    }
}

/// The data of a manuscript before it is formatted.
pub(super) struct Gathered {
    pub(super) manuscript: ManuscriptView,
    prospects: Vec<Prospect>,
    refusal: Option<Refusal>,
    difference: Vec<PartDifference>,
    similar: Vec<ManuscriptLine>,
    /// Those of them into which it may be merged.
    targets: Vec<ManuscriptId>,
    reasons: Vec<DeclineReason>,
    /// The number of the current version of the author's text.
    revision: usize,
    /// What the reader has typed here before and not sent.
    draft: Option<FormDraft>,
}

/// Loads the data.
pub(super) fn gather(tx: &mut Tx<'_>, actor: &Actor, seat: ReviewQueue, id: ManuscriptId, look: ShownText) -> Result<Gathered, AppError> {
    let manuscript = body::manuscript(tx, actor, id)?;
    let (mut prospects, mut refusal) = (Vec::new(), None);
    for action in seat.acts() {
        match preview::prospect(tx, actor, id, *action) {
            Ok(prospect) => prospects.push(prospect),
            Err(AppError::Refused(refused)) => refusal = refusal.or(Some(refused)),
            Err(other) => return Err(other),
        }
    }
    let versions = revisions::list(tx, actor, id)?;
    let revision = versions.iter().rev().find(|text| text.kind == TextKind::Original).map_or(0, |text| text.revision);
    let difference = match &manuscript.edited_text {
        Some(edited) if look == ShownText::Difference => revisions::difference(tx, actor, id, revision, edited.revision)?,
        _ => Vec::new(),
    };
    let similar = if seat == ReviewQueue::Review { similar::similar(tx, actor, id, &manuscript.title)? } else { Vec::new() };
    let targets = similar::merge_targets(tx, actor, &similar)?;
    let reasons = tx.channel_settings(actor.channel)?.decline_reasons.clone();
    let draft = form_drafts::find(tx, actor, id, FormKind::Deciding(seat.work_queue()))?;
    Ok(Gathered { draft, manuscript, prospects, refusal, difference, similar, targets, reasons, revision })
}

/// A note beside a passage.
pub(super) struct Note {
    pub(super) number: usize,
    pub(super) text: String,
    /// A request that is not sent yet; its part and passage.
    pub(super) draft: Option<NewRequest>,
    /// An earlier request that the author has ticked off.
    pub(super) ticked: bool,
}

/// A manuscript in a review queue, formatted.
pub(super) struct Pane {
    pub(super) m: ManuscriptView,
    pub(super) seat: ReviewQueue,
    pub(super) look: ShownText,
    pub(super) sections: Vec<PassageSection>,
    pub(super) notes: Vec<Note>,
    pub(super) difference: Vec<PartDifference>,
    pub(super) similar: Vec<ManuscriptLine>,
    targets: Vec<ManuscriptId>,
    pub(super) choices: Vec<DecisionChoice>,
    pub(super) why_not: Option<String>,
    pub(super) reasons: Vec<DeclineReason>,
    pub(super) typed: Fields,
    /// When the input was saved, if it is from an earlier visit.
    pub(super) kept_at: Option<Moment>,
    pub(super) position: QueuePosition,
}

/// The position of a manuscript in the queue.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct QueuePosition {
    /// Counted from 1; 0 if it is not in the queue.
    pub(super) place: usize,
    pub(super) of: usize,
    pub(super) before: Option<ManuscriptId>,
    pub(super) next: Option<ManuscriptId>,
}

impl QueuePosition {
    pub(super) fn of(queue: &[ManuscriptLine], id: ManuscriptId) -> Self {
        let place = queue.iter().position(|line| line.id == id);
        let at = |place: Option<usize>| place.and_then(|place| queue.get(place)).map(|line| line.id);
        Self {
            place: place.map_or(0, |place| place + 1),
            of: queue.len(),
            before: at(place.and_then(|place| place.checked_sub(1))),
            next: at(place.map(|place| place + 1))
                .or_else(|| queue.first().map(|line| line.id).filter(|first| place.is_none() && *first != id)),
        }
    }
}

impl Pane {
    /// Formats the data; `typed` is the input of a form that comes back.
    pub(super) fn new(f: &Layout, seat: ReviewQueue, look: ShownText, gathered: Gathered, position: QueuePosition, typed: Fields) -> Self {
        let m = gathered.manuscript;
        let draft = gathered.draft.filter(|_| typed.is_empty());
        let kept_at = draft.as_ref().map(|draft| draft.saved_at);
        let typed = draft.map_or(typed, |draft| Fields::from(draft.fields));
        let original = ShownParts::from(&m);
        let drafts = decision_form::unfinished(&typed);
        let look = match look {
            // Requests refer to the author's text, and must not be hidden by another one.
            _ if !drafts.is_empty() => ShownText::Original,
            ShownText::Outgoing if m.outgoing_edited().is_some() => ShownText::Edited,
            ShownText::Outgoing => ShownText::Original,
            chosen => chosen,
        };
        let (marks, notes) = notes(&m, gathered.revision, &original, drafts);
        let sections = match (&m.edited_text, look) {
            (Some(edited), ShownText::Edited) => sections(&ShownParts::from(edited), &[]),
            _ => sections(&original, &marks),
        };
        let choices: Vec<DecisionChoice> = gathered.prospects.iter().map(|prospect| DecisionChoice::of(f, &m, prospect)).collect();
        let why_not = gathered.refusal.filter(|_| choices.is_empty()).map(|refused| f.refusal(&refused));
        let (difference, similar, targets, reasons) = (gathered.difference, gathered.similar, gathered.targets, gathered.reasons);
        Self { m, seat, look, sections, notes, difference, similar, targets, choices, why_not, reasons, typed, kept_at, position }
    }

    pub(super) fn sees(&self, word: &str) -> bool {
        self.look.is(word)
    }

    /// The requests beside a line.
    pub(super) fn beside(&self, numbers: &[usize]) -> Vec<&Note> {
        self.notes.iter().filter(|note| numbers.contains(&note.number)).collect()
    }

    /// The unsent requests that this view shows beside no line: the form carries them in hidden fields.
    pub(super) fn carried(&self) -> Vec<&NewRequest> {
        let is_drawn = |section: &&PassageSection| section.part == Part::Title || self.look == ShownText::Original;
        let drawn = |number: usize| {
            self.sections.iter().filter(is_drawn).any(|section| section.lines.iter().any(|line| line.notes.contains(&number)))
        };
        self.notes.iter().filter(|note| !drawn(note.number)).filter_map(|note| note.draft.as_ref()).collect()
    }

    pub(super) fn may(&self, action: &str) -> bool {
        self.m.allowed_actions.iter().any(|allowed| allowed.as_str() == action)
    }

    /// Whether the panel has acts besides the decision.
    pub(super) fn has_more(&self) -> bool {
        let more = [Action::MarkUrgent, Action::Refer, Action::Reconsider, Action::Unmerge, Action::Archive];
        self.seat != ReviewQueue::Screening && more.iter().any(|action| self.m.allowed_actions.contains(action))
    }

    pub(super) fn any_opinion(&self) -> bool {
        self.choices.iter().any(DecisionChoice::has_opinion)
    }

    pub(super) fn any_reason(&self) -> bool {
        self.choices.iter().any(DecisionChoice::has_reason)
    }

    pub(super) fn has(&self, value: &str) -> bool {
        self.choices.iter().any(|choice| choice.value == value)
    }

    pub(super) fn chosen(&self, field: &str, value: &str) -> bool {
        self.typed.get(field) == value
    }

    /// The similar manuscripts into which it could be merged.
    pub(super) fn targets(&self) -> Vec<&ManuscriptLine> {
        self.similar.iter().filter(|line| self.targets.contains(&line.id)).collect()
    }

    /// The parts to which a request can refer.
    pub(super) fn parts(&self) -> &'static [Part] {
        Part::ALL
    }

    /// Whether the passage of a change was added; otherwise it was removed.
    pub(super) fn is_added(change: &Change) -> bool {
        *change == Change::Added
    }

    pub(super) fn is_removed(change: &Change) -> bool {
        *change == Change::Removed
    }

    /// The previous opinions and reasons, newest first; a signer reads the reviewer's opinion, a reviewer why it came back.
    pub(super) fn words_so_far(&self) -> Vec<&crate::app::reading::course::DecisionView> {
        self.m.decisions.iter().rev().collect()
    }
}

/// The requests of the current round and the unsent ones, numbered together.
fn notes(m: &ManuscriptView, revision: usize, original: &ShownParts, drafts: Vec<NewRequest>) -> (Vec<PassageMark>, Vec<Note>) {
    let (mut marks, mut notes) = (Vec::new(), Vec::new());
    for one in m.requests.iter().filter(|one| one.revision == revision) {
        let number = notes.len() + 1;
        let place = |at: i64| usize::try_from(at).unwrap_or(0);
        marks.push(PassageMark { part: one.part, from: place(one.from), to: place(one.to), number });
        notes.push(Note { number, text: one.text.clone(), draft: None, ticked: one.ticked_at.is_some() });
    }
    for one in drafts {
        let number = notes.len() + 1;
        let place = |at: u32| usize::try_from(at).unwrap_or(0);
        let to = one.to.map_or_else(|| original.part(one.part).chars().count(), place);
        marks.push(PassageMark { part: one.part, from: place(one.from), to, number });
        notes.push(Note { number, text: one.text.clone(), draft: Some(one), ticked: false });
    }
    (marks, notes)
}
