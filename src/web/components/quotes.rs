//! Endorsements as quotes, and the circulation list with the names of the leaders who have marked it as circled.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::app::attachments::AttachmentView;
use crate::app::endorsements::EndorsementView;
use crate::app::reading::circulation::Circulated;
use crate::domain::endorsement::EndorsementAction;
use crate::domain::ids::UserId;
use crate::domain::outcome::{EndorsementKind, EndorsementState};
use crate::web::layout::Layout;

/// Endorsements as quotes: `{{ quotes }}`.
#[derive(Template)]
#[template(path = "parts/quotes.html", config = "src/web/askama.toml")]
pub struct Quotes<'f> {
    f: &'f Layout,
    list: Vec<Quote<'f>>,
    links: bool,
    /// The page to which withdrawing an endorsement leads.
    back: String,
}

// The template escapes its values.
impl HtmlSafe for Quotes<'_> {}

/// An endorsement with its scan.
struct Quote<'f> {
    one: &'f EndorsementView,
    scan: Option<&'f AttachmentView>,
}

impl<'f> Quotes<'f> {
    /// Renders these endorsements; `files` are those of the manuscript, among them the scans that the reader may open.
    #[must_use]
    pub fn of(f: &'f Layout, list: &'f [EndorsementView], files: &'f [AttachmentView]) -> Self {
        let list = list.iter().map(|one| {
            let scan = one.inside.as_ref().and_then(|inside| inside.scan_id);
            Quote { one, scan: files.iter().find(|file| Some(file.id) == scan) }
        });
        Self { f, list: list.collect(), links: true, back: String::new() }
    }

    /// Like `of`, for the page on which they are checked: without a link to that page.
    #[must_use]
    pub fn bare(f: &'f Layout, list: &'f [EndorsementView], files: &'f [AttachmentView]) -> Self {
        Self { links: false, ..Self::of(f, list, files) }
    }

    /// Returns to this path after an endorsement is withdrawn.
    #[must_use]
    pub fn returning(self, path: String) -> Self {
        Self { back: path, ..self }
    }
}

impl Quote<'_> {
    fn is_noted(&self) -> bool {
        self.one.kind == EndorsementKind::Noted
    }

    /// Until when the reader can withdraw it, in words.
    fn undo(&self, f: &Layout) -> Option<String> {
        undo_words(f, self.one)
    }

    /// Whether its own page offers more than withdrawing it.
    fn opens(&self) -> bool {
        self.one.allowed_actions.iter().any(|action| *action != EndorsementAction::Undo)
    }

    /// Its kind in words: 批办性批示 · 急 · 肯定性.
    fn marks(&self, f: &Layout) -> String {
        let mut marks = vec![f.word(self.one.kind)];
        marks.extend(self.one.urgent.then(|| f.t("quote-urgent")));
        marks.extend(self.one.commendatory.then(|| f.t("quote-commendatory")));
        marks.join(" · ")
    }

    /// How reliable it is: who entered it and who confirmed it.
    fn sure(&self, f: &Layout) -> String {
        let Some(inside) = &self.one.inside else { return String::new() };
        let entered = (inside.entered_by != self.one.leader).then(|| f.t1("quote-entered", "name", &inside.entered_by));
        let key = match self.one.state {
            EndorsementState::Entered => Some("quote-waits"),
            EndorsementState::Confirmed => Some("quote-confirmed"),
            EndorsementState::Countersigned => Some("quote-countersigned"),
            EndorsementState::Rejected if inside.undone_at.is_some() => Some("quote-undone"),
            EndorsementState::Rejected => Some("quote-rejected"),
        };
        let by = inside.decided_by.clone().unwrap_or_default();
        let at = inside.decided_at.map(|at| f.date_time(&at)).unwrap_or_default();
        // An endorsement that the leader entered themself needs no confirmation.
        let decided = key.filter(|_| entered.is_some() || self.one.state == EndorsementState::Rejected);
        let decided = decided.map(|key| f.t2(key, "name", &by, "at", &at));
        let why = inside.reason.as_ref().map(|reason| f.t1("quote-why", "reason", reason));
        entered.into_iter().chain(decided).chain(why).collect::<Vec<_>>().join(&f.t("sug-comma"))
    }

    /// The scan, if a browser can display it.
    fn picture(&self) -> Option<&AttachmentView> {
        self.scan.filter(|scan| ["image/png", "image/jpeg", "image/webp"].contains(&scan.media_type.as_str()))
    }
}

/// Until when the reader can withdraw an endorsement, in words; `None` if they cannot.
pub fn undo_words(f: &Layout, one: &EndorsementView) -> Option<String> {
    let until = one.inside.as_ref()?.undo_until.filter(|_| one.allowed_actions.contains(&EndorsementAction::Undo))?;
    Some(f.t1("quote-undo", "until", f.time_of_day(&until)))
}

/// The circulation list, rendered by `{{ circulation }}`.
#[derive(Template)]
#[template(path = "parts/circulation.html", config = "src/web/askama.toml")]
pub struct Circulation<'f> {
    f: &'f Layout,
    list: &'f [Circulated],
    me: Option<UserId>,
}

// The template escapes its values.
impl HtmlSafe for Circulation<'_> {}

impl<'f> Circulation<'f> {
    /// The leaders of a manuscript; `me` is the reader, if they are one of them.
    #[must_use]
    pub fn of(f: &'f Layout, list: &'f [Circulated], me: Option<UserId>) -> Self {
        Self { f, list, me }
    }

    /// The text below a name.
    fn said(&self, one: &Circulated) -> String {
        match &one.marked {
            Some(mark) if mark.kind == EndorsementKind::Noted => self.f.t1("circ-noted", "date", self.f.short(&mark.at)),
            Some(mark) => self.f.t1("circ-written", "date", self.f.short(&mark.at)),
            None if Some(one.user_id) == self.me => self.f.t("circ-you"),
            None => self.f.t("circ-waits"),
        }
    }
}
