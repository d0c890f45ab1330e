//! The form in which a bulletin is composed: its fields, and the order of its manuscripts.

use crate::app::bulletins::{BulletinChange, BulletinForm, BulletinView, ChosenRecipient};
use crate::domain::bulletin::{BulletinKind, RecipientKind};
use crate::domain::ids::{ManuscriptId, UserId};
use crate::web::fields::Fields;

/// The input of the form.
#[derive(Debug, Clone, Default)]
pub(super) struct Composed {
    pub(super) series: String,
    /// `None` leaves the kind to the number of manuscripts.
    pub(super) kind: Option<BulletinKind>,
    pub(super) title: String,
    pub(super) foreword: String,
    pub(super) supplement: bool,
    pub(super) manuscripts: Vec<ManuscriptId>,
    pub(super) recipients: Vec<(UserId, RecipientKind)>,
}

impl Composed {
    /// Reads the fields of a form; the field of a leader is `to-ID`.
    pub(super) fn read(fields: &Fields) -> Self {
        let recipient = |(name, value): &(String, String)| Some((name.strip_prefix("to-")?.parse().ok()?, value.parse().ok()?));
        Self {
            series: fields.get("series").to_owned(),
            kind: fields.read("kind"),
            title: fields.get("title").to_owned(),
            foreword: fields.get("foreword").replace("\r\n", "\n"),
            supplement: fields.has("supplement"),
            manuscripts: fields.all("manuscripts").iter().filter_map(|id| id.parse().ok()).collect(),
            recipients: fields.carried().filter_map(recipient).collect(),
        }
    }

    /// Fills the form from a draft.
    pub(super) fn of(view: &BulletinView) -> Self {
        Self {
            series: view.line.series.clone(),
            kind: Some(view.line.kind),
            title: view.line.title.clone(),
            foreword: view.foreword.clone(),
            supplement: view.line.supplement,
            manuscripts: view.manuscripts.iter().map(|one| one.id).collect(),
            recipients: view.recipients.iter().map(|one| (one.user_id, one.kind)).collect(),
        }
    }

    /// Executes a button of the list: `add:ID`, `remove:ID`, `up:ID`, `down:ID`.
    pub(super) fn arrange(&mut self, button: &str) {
        let Some((what, Ok(id))) = button.split_once(':').map(|(what, id)| (what, id.parse::<ManuscriptId>())) else { return };
        let place = self.manuscripts.iter().position(|one| *one == id);
        match (what, place) {
            ("add", None) => self.manuscripts.push(id),
            ("remove", Some(at)) => drop(self.manuscripts.remove(at)),
            ("up", Some(at)) if at > 0 => self.manuscripts.swap(at, at - 1),
            ("down", Some(at)) if at + 1 < self.manuscripts.len() => self.manuscripts.swap(at, at + 1),
            _ => {}
        }
    }

    fn chosen(&self) -> Vec<ChosenRecipient> {
        self.recipients.iter().map(|(user_id, kind)| ChosenRecipient { user_id: *user_id, kind: *kind }).collect()
    }

    pub(super) fn to_form(&self) -> BulletinForm {
        BulletinForm {
            series: (!self.series.is_empty()).then(|| self.series.clone()),
            kind: self.kind,
            title: self.title.clone(),
            foreword: self.foreword.clone(),
            supplement: self.supplement,
            manuscripts: self.manuscripts.clone(),
            recipients: self.chosen(),
        }
    }

    pub(super) fn to_change(&self) -> BulletinChange {
        BulletinChange {
            series: (!self.series.is_empty()).then(|| self.series.clone()),
            kind: self.kind,
            title: Some(self.title.clone()),
            foreword: Some(self.foreword.clone()),
            supplement: Some(self.supplement),
            manuscripts: Some(self.manuscripts.clone()),
            recipients: Some(self.chosen()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manuscripts_are_arranged_by_buttons() {
        let [a, b, c] = [1, 2, 3].map(|n| ManuscriptId(uuid::Uuid::from_u128(n)));
        let mut composed = Composed { manuscripts: vec![a, b], ..Composed::default() };
        for button in [format!("add:{c}"), format!("up:{c}"), format!("up:{a}"), format!("remove:{b}"), "up:x".to_owned()] {
            composed.arrange(&button);
        }
        assert_eq!(composed.manuscripts, [a, c]);
        composed.arrange(&format!("down:{a}"));
        assert_eq!(composed.manuscripts, [c, a]);
    }

    #[test]
    fn leaders_are_read_with_how_they_are_named() {
        let user = uuid::Uuid::from_u128(7);
        let composed = Composed::read(&Fields::parse(format!("to-{user}=send&to-x=report&kind=&title=a").as_bytes()));
        assert_eq!(composed.recipients, [(UserId(user), RecipientKind::Send)]);
        assert_eq!((composed.kind, composed.title.as_str()), (None, "a"));
    }
}
