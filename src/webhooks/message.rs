//! The contents of a message: the act that is called for, the number, the deadline, and a link. No title, no name, no text: group chats are
//! read on private phones, and their servers belong to third parties.

use chrono_tz::Tz;

use crate::domain::clock::Moment;
use crate::domain::deadline::Deadline;
use crate::domain::lang::Lang;
use crate::domain::notice::Letter;
use crate::domain::vocabulary::Role;
use crate::mail::render;
use crate::text::{self, t, word};

/// One message, before it is rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The letter that calls for work; `None` for a trial.
    pub letter: Option<Letter>,
    /// The language.
    pub lang: Lang,
    /// The role of the work queue.
    pub role: Role,
    /// The manuscript's number.
    pub number: String,
    /// The deadline and its date; and whether that depends on a year whose calendar is not loaded yet.
    pub due: Option<(Deadline, Moment, bool)>,
    /// The time of the channel's place.
    pub zone: Tz,
    /// The absolute URL of the link.
    pub link: String,
}

impl Message {
    /// The value of a placeholder of a template.
    #[must_use]
    pub fn value(&self, placeholder: &str) -> String {
        match placeholder {
            "text" => self.text(),
            "desk" => word(self.lang, self.role),
            "number" => self.number.clone(),
            "due" => self.due(),
            "link" => self.link.clone(),
            "letter" => self.letter.map_or_else(|| "trial".to_owned(), |letter| letter.to_string()),
            _ => String::new(),
        }
    }

    /// The complete text: a line for each part.
    #[must_use]
    pub fn text(&self) -> String {
        let calls = self.letter.map_or_else(|| t(self.lang, "webhook-trial-text", &[]), |letter| render::name(letter, self.lang));
        let head = t(self.lang, "webhook-head", &[("calls", calls.into()), ("number", self.number.as_str().into())]);
        [head.trim().to_owned(), self.due(), self.link.clone()].into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    fn due(&self) -> String {
        let Some((deadline, due, provisional)) = self.due else { return String::new() };
        let date = text::limit(self.lang, due, self.zone);
        let date = if provisional { t(self.lang, "letter-provisional", &[("date", date.into())]) } else { date };
        format!("{}{}{date}", t(self.lang, &format!("letter-fact-due-{deadline}"), &[]), t(self.lang, "letter-separator", &[]))
    }
}
