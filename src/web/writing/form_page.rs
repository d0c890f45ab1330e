//! The content of the form in which an author writes: typed, or loaded from a draft. None of it is lost when the form comes back.

use crate::app::AppError;
use crate::app::intake::drafts::{DraftChange, NewDraft};
use crate::app::reading::views::ManuscriptView;
use crate::domain::characters::is_blank;
use crate::domain::ids::{RequestId, UserId};
use crate::domain::manuscript::{Declarations, DraftForm, Text, TextLimits};
use crate::domain::outline::outline;
use crate::domain::vocabulary::{Classification, Kind};
use crate::web::fields::Fields;

/// The form.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    pub title: String,
    pub category: String,
    pub kind: Option<Kind>,
    pub situation: String,
    pub causes: String,
    /// Includes empty ones: the author has just added them.
    pub suggestions: Vec<String>,
    /// In one line, as typed.
    pub keywords: String,
    pub elsewhere: bool,
    pub submitted_elsewhere: String,
    pub may_publish: bool,
    pub may_quote_name: bool,
    pub classification: Option<Classification>,
    pub for_organization: bool,
    /// The author for whom staff enter it.
    pub author: Option<UserId>,
    pub author_q: String,
    pub colleague_q: String,
    /// The requests that are ticked off; `None` if the form had no such boxes.
    pub ticked: Option<Vec<RequestId>>,
    /// A pasted whole text that is to be split.
    pub whole: String,
    /// The names and the date under a pasted text, until the author keeps or drops them.
    pub signature: String,
    /// Whether a text has just been split.
    pub fresh: bool,
    pub version: i64,
}

/// The function of a button of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WritingButton {
    /// Adds a suggestion.
    Add,
    /// Moves this suggestion up by one.
    Up(usize),
    /// Moves this suggestion down by one.
    Down(usize),
    /// Removes this suggestion.
    Drop(usize),
    /// Splits the whole text into the fields.
    Split,
    /// Appends the signature to the last suggestion again.
    KeepSignature,
    /// Discards the signature.
    DropSignature,
    /// Searches for people.
    Find,
    /// Saves, and invites this person as joint author.
    Invite(UserId),
    /// Saves, and withdraws the invitation of this person.
    Uninvite(UserId),
    /// Saves, and stays on the page; the response is for a script.
    Auto,
    /// Saves, and goes on to the check.
    Check,
    /// Saves for later.
    Save,
}

impl WritingButton {
    pub(super) fn of(fields: &Fields) -> Self {
        let place = |name: &str| fields.read::<usize>(name).and_then(|number| number.checked_sub(1));
        let person = |name: &str| fields.read::<UserId>(name);
        if fields.has("add") {
            Self::Add
        } else if let Some(at) = place("up") {
            Self::Up(at)
        } else if let Some(at) = place("down") {
            Self::Down(at)
        } else if let Some(at) = place("drop") {
            Self::Drop(at)
        } else if fields.has("split") {
            Self::Split
        } else if fields.has("sign_keep") {
            Self::KeepSignature
        } else if fields.has("sign_drop") {
            Self::DropSignature
        } else if fields.has("find") {
            Self::Find
        } else if let Some(user) = person("invite") {
            Self::Invite(user)
        } else if let Some(user) = person("uninvite") {
            Self::Uninvite(user)
        } else if fields.has("autosave") {
            Self::Auto
        } else if fields.has("check") {
            Self::Check
        } else {
            Self::Save
        }
    }
}

impl Sheet {
    /// An empty form.
    pub(super) fn blank() -> Self {
        Self { suggestions: vec![String::new()], may_publish: true, may_quote_name: true, ..Self::default() }
    }

    pub(super) fn typed(fields: &Fields) -> Self {
        let prose = |name: &str| fields.get(name).to_owned();
        Self {
            title: fields.get("title").to_owned(),
            category: fields.get("category").to_owned(),
            kind: fields.read("kind"),
            situation: prose("situation"),
            causes: prose("causes"),
            suggestions: fields.all("suggestions"),
            keywords: fields.get("keywords").to_owned(),
            elsewhere: fields.get("elsewhere") == "yes",
            submitted_elsewhere: fields.get("declarations.submitted_elsewhere").to_owned(),
            may_publish: fields.has("declarations.may_publish"),
            may_quote_name: fields.has("declarations.may_quote_name"),
            classification: fields.read("declarations.classification"),
            for_organization: fields.has("for_organization"),
            author: fields.read("author"),
            author_q: fields.get("author_q").to_owned(),
            colleague_q: fields.get("colleague_q").to_owned(),
            ticked: fields.has("requests").then(|| fields.all("ticked").iter().filter_map(|id| id.parse().ok()).collect()),
            whole: prose("whole"),
            signature: prose("signature").trim().to_owned(),
            fresh: false,
            version: fields.read("version").unwrap_or_default(),
        }
    }

    /// The form of a saved manuscript.
    pub(super) fn kept(view: &ManuscriptView) -> Self {
        let blank = Self::blank();
        let declared = view.declarations.as_ref();
        let elsewhere = declared.and_then(|declared| declared.submitted_elsewhere.clone());
        let suggestions = if view.suggestions.is_empty() { blank.suggestions } else { view.suggestions.clone() };
        Self {
            title: view.title.clone(),
            category: view.category.clone(),
            kind: Some(view.kind),
            situation: view.situation.clone(),
            causes: view.causes.clone(),
            suggestions,
            keywords: view.keywords.join(" "),
            elsewhere: elsewhere.is_some(),
            submitted_elsewhere: elsewhere.unwrap_or_default(),
            may_publish: declared.map_or(blank.may_publish, |declared| declared.may_publish),
            may_quote_name: declared.map_or(blank.may_quote_name, |declared| declared.may_quote_name),
            classification: declared.map(|declared| declared.classification),
            for_organization: view.for_organization,
            ticked: Some(view.requests.iter().filter(|one| one.ticked_at.is_some()).map(|one| one.id).collect()),
            version: view.version,
            ..Self::default()
        }
    }

    /// Changes the suggestions as the button requests.
    pub(super) fn rearrange(&mut self, press: WritingButton) {
        let last = self.suggestions.len().saturating_sub(1);
        match press {
            WritingButton::Add => self.suggestions.push(String::new()),
            WritingButton::Up(at) if (1..=last).contains(&at) => self.suggestions.swap(at - 1, at),
            WritingButton::Down(at) if at < last => self.suggestions.swap(at, at + 1),
            WritingButton::Drop(at) if at <= last && !self.suggestions.is_empty() => drop(self.suggestions.remove(at)),
            WritingButton::KeepSignature => {
                let signature = std::mem::take(&mut self.signature);
                match self.suggestions.last_mut() {
                    Some(item) if !is_blank(item) => *item = format!("{}\n{signature}", item.trim_end()),
                    Some(item) => *item = signature,
                    None => self.suggestions.push(signature),
                }
            }
            WritingButton::DropSignature => self.signature.clear(),
            _ => {}
        }
        self.fill();
    }

    /// Splits the whole text into the fields, behind their previous content. Returns the number of suggestions that were found.
    pub(super) fn split(&mut self, title_chars: usize) -> usize {
        let found = outline(&std::mem::take(&mut self.whole), title_chars);
        let before = if is_blank(&self.title) { String::new() } else { found.title.clone() };
        if before.is_empty() {
            self.title = found.title;
        }
        let count = found.suggestions.len();
        self.fresh = true;
        for (part, more) in [(&mut self.situation, [before, found.situation]), (&mut self.causes, [String::new(), found.causes])] {
            let all = std::iter::once(part.trim_end().to_owned()).chain(more).filter(|text| !text.is_empty());
            *part = all.collect::<Vec<_>>().join("\n");
        }
        self.suggestions.retain(|text| !is_blank(text));
        self.suggestions.extend(found.suggestions);
        self.signature = [std::mem::take(&mut self.signature), found.signature]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("\n");
        self.fill();
        count
    }

    /// Whether a whole text was pasted that is not split yet.
    pub(super) fn has_whole(&self) -> bool {
        !is_blank(&self.whole)
    }

    /// The input that is not part of the manuscript yet.
    pub(super) fn unfinished(&self) -> Vec<(String, String)> {
        let fields = [("whole", &self.whole), ("signature", &self.signature)].into_iter().filter(|(_, text)| !is_blank(text));
        fields.map(|(name, text)| (name.to_owned(), text.clone())).collect()
    }

    /// Ensures that there is at least one field for a suggestion.
    pub(super) fn fill(&mut self) {
        if self.suggestions.is_empty() {
            self.suggestions.push(String::new());
        }
    }

    /// Removes the suggestions without text.
    pub(super) fn tidy(mut self) -> Self {
        self.suggestions.retain(|text| !is_blank(text));
        self
    }

    /// The version of the draft from which the form was made, if the form carries it.
    pub(super) fn seen(&self) -> Result<i64, AppError> {
        if self.version == 0 { Err(AppError::VersionMissing) } else { Ok(self.version) }
    }

    fn words(&self) -> Vec<String> {
        let words = self.keywords.split(|c: char| c.is_whitespace() || "、，,；;".contains(c));
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    fn declarations(&self) -> Option<Declarations> {
        Some(Declarations {
            submitted_elsewhere: self.elsewhere.then(|| self.submitted_elsewhere.clone()),
            may_publish: self.may_publish,
            may_quote_name: self.may_quote_name,
            classification: self.classification?,
        })
    }

    pub(super) fn new_draft(&self) -> NewDraft {
        let form = DraftForm {
            title: self.title.clone(),
            category: self.category.clone(),
            kind: self.kind,
            situation: self.situation.clone(),
            causes: self.causes.clone(),
            suggestions: self.suggestions.clone(),
            keywords: self.words(),
            declarations: self.declarations(),
        };
        NewDraft { form, for_organization: self.for_organization, author: self.author }
    }

    pub(super) fn change(&self) -> DraftChange {
        DraftChange {
            title: Some(self.title.clone()),
            category: Some(self.category.clone()),
            kind: self.kind,
            situation: Some(self.situation.clone()),
            causes: Some(self.causes.clone()),
            suggestions: Some(self.suggestions.clone()),
            keywords: Some(self.words()),
            declarations: self.declarations(),
            for_organization: Some(self.for_organization),
        }
    }

    /// Its length as the limit counts it; 0 for a text that cannot be stored as it is.
    pub(super) fn length(&self) -> usize {
        let limits = TextLimits { title: usize::MAX, hard: usize::MAX, suggestions: usize::MAX, ..TextLimits::default() };
        Text::parse(&self.title, &self.situation, &self.causes, &self.suggestions, &limits).map_or(0, |text| text.length())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        Sheet::typed(&Fields::parse("title=一&suggestions=甲%0D%0A&suggestions=乙&suggestions=+&keywords=停车、学校+路".as_bytes()))
    }

    #[test]
    fn suggestions_are_added_moved_and_removed() {
        let mut typed = sheet();
        typed.rearrange(WritingButton::Down(0));
        assert_eq!(typed.suggestions, ["乙", "甲\n", " "]);
        typed.rearrange(WritingButton::Up(1));
        typed.rearrange(WritingButton::Up(0));
        typed.rearrange(WritingButton::Down(2));
        typed.rearrange(WritingButton::Drop(9));
        assert_eq!(typed.suggestions, ["甲\n", "乙", " "]);
        typed.rearrange(WritingButton::Drop(1));
        assert_eq!(typed.suggestions, ["甲\n", " "]);
        typed.rearrange(WritingButton::Drop(0));
        typed.rearrange(WritingButton::Drop(0));
        assert_eq!(typed.suggestions, [""], "one is always there");
        typed.rearrange(WritingButton::Add);
        assert_eq!(typed.suggestions.len(), 2);
    }

    #[test]
    fn what_is_kept_has_no_blank_suggestion_and_is_counted_as_the_limit_does() {
        let typed = sheet().tidy();
        assert_eq!(typed.suggestions, ["甲\n", "乙"]);
        assert_eq!((typed.words(), typed.length()), (vec!["停车".to_owned(), "学校".to_owned(), "路".to_owned()], 4));
    }

    #[test]
    fn a_whole_text_fills_what_is_empty_and_replaces_nothing() {
        let mut sheet =
            Sheet { whole: "关于早市的建议\n占道。\n建议：\n1、划线。\n2、收摊。".into(), ..Sheet::blank() };
        assert_eq!(sheet.split(50), 2);
        assert_eq!((sheet.title.as_str(), sheet.situation.as_str(), sheet.whole.as_str()), ("关于早市的建议", "占道。", ""));
        assert_eq!(sheet.suggestions, ["划线。", "收摊。"]);
        sheet.whole = "别的题目\n也占道。".into();
        assert_eq!(sheet.split(50), 0);
        assert_eq!((sheet.title.as_str(), sheet.situation.as_str()), ("关于早市的建议", "占道。\n别的题目\n也占道。"));
        assert_eq!(sheet.suggestions.len(), 2);
    }

    #[test]
    fn one_button_asks_for_one_thing() {
        let press = |body: &str| WritingButton::of(&Fields::parse(body.as_bytes()));
        assert_eq!((press("up=2"), press("add=1"), press("drop=0")), (WritingButton::Up(1), WritingButton::Add, WritingButton::Save));
        assert_eq!(
            (press("check=1"), press("title=x"), press("autosave=1&find=1")),
            (WritingButton::Check, WritingButton::Save, WritingButton::Find)
        );
    }
}
