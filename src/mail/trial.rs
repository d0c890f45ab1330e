//! A letter that tries the mail server: each stage of the dialogue is reported, and the letter goes to the person who requested it. It
//! belongs to no act: it has no row, and does not change the stored state of the server.

use std::time::Duration;

use super::render::Rendered;
use super::smtp::SmtpLine;
use super::{Envelope, MailService, Transport};
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, LetterId};
use crate::domain::lang::Lang;
use crate::domain::notice::MailStage;
use crate::text::t;

/// A trial is not waited for any longer.
pub const LONGEST: Duration = Duration::from_secs(60);

/// No step of it is waited for any longer.
const STEP: Duration = Duration::from_secs(10);

/// The letter and its recipient.
#[derive(Debug, Clone)]
pub struct TrialLetter {
    /// Its id; makes the Message-ID.
    pub id: LetterId,
    /// The time.
    pub at: Moment,
    /// The channel of the requester, and its name.
    pub channel: (ChannelId, String),
    /// The name.
    pub name: String,
    /// The address.
    pub address: String,
    /// The language.
    pub lang: Lang,
}

/// The result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    /// The finished stages.
    pub passed: Vec<MailStage>,
    /// The stage that failed, and the answer there.
    pub failed: Option<(MailStage, String)>,
    /// The server's answer to the letter.
    pub answer: String,
    /// The reason why nothing was tried.
    pub problem: Option<String>,
}

impl Trial {
    /// Whether the connection was encrypted; `None` if the dialogue did not get that far. A server that offers no encryption is used
    /// without it, where the settings allow that.
    #[must_use]
    pub fn is_encrypted(&self) -> Option<bool> {
        match self.passed.contains(&MailStage::Tls) {
            true => Some(true),
            false => self.passed.contains(&MailStage::Greeting).then_some(false),
        }
    }

    /// A trial that took too long.
    #[must_use]
    pub fn timed_out() -> Self {
        Self { failed: Some((MailStage::Connect, format!("no end within {} s", LONGEST.as_secs()))), ..Self::default() }
    }
}

/// Tries it. Blocks: never in a transaction or on an async thread.
#[must_use]
pub fn run(service: &MailService, letter: &TrialLetter) -> Trial {
    let not_tried = |problem: String| Trial { problem: Some(problem), ..Trial::default() };
    let server = match &service.transport {
        Transport::Smtp(server) => server.as_ref().clone(),
        Transport::File(_) | Transport::Memory(_) => return not_tried(t(letter.lang, "mail-only-files", &[])),
    };
    let text = t(letter.lang, "mail-trial-body", &[]);
    let html = format!("<p>{text}</p>");
    let envelope = Envelope {
        id: letter.id,
        channel: letter.channel.0,
        channel_name: letter.channel.1.clone(),
        manuscript: None,
        created_at: letter.at,
        name: letter.name.clone(),
        address: letter.address.clone(),
        lang: letter.lang,
    };
    let rendered = Rendered { subject: t(letter.lang, "mail-trial-subject", &[]), text, html };
    let message = match service.sender.compose(&envelope, &rendered) {
        Ok(message) => message,
        Err(error) => return not_tried(error.to_string()),
    };
    let mut trial = Trial::default();
    let passed = &mut trial.passed;
    match SmtpLine::try_out(&server.patient_for(STEP), &message, &mut |stage| passed.push(stage)) {
        Ok(answer) => trial.answer = answer,
        Err(failed) => trial.failed = Some(failed),
    }
    trial
}
