//! The headers of a letter. A repeat of the same row is byte for byte the same letter, so that a mail server or a mail program that got it
//! twice (a connection cut after the final dot) can detect that.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue, Headers};
use lettre::message::{Body, Mailbox, Message, MultiPart, SinglePart};

use super::render::{Rendered, one_line};
use crate::config::Settings;
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, LetterId, ManuscriptId};
use crate::domain::lang::Lang;
use crate::mail::smtp::DeliveryFailure;

/// The sender of letters; the same for all letters of an installation.
#[derive(Debug, Clone)]
pub struct Sender {
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

/// The recipient of one letter, and its row.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// The row; its id makes the Message-ID.
    pub id: LetterId,
    /// The channel; makes the List-Id.
    pub channel: ChannelId,
    /// The channel's name.
    pub channel_name: String,
    /// The manuscript; all letters about it are one thread.
    pub manuscript: Option<ManuscriptId>,
    /// The time when the row was written, which is the letter's `Date`.
    pub created_at: Moment,
    /// The recipient's name.
    pub name: String,
    /// The recipient's address.
    pub address: String,
    /// The language it is written in.
    pub lang: Lang,
}

impl Sender {
    /// From the settings.
    ///
    /// # Errors
    /// Names the setting that is no valid address.
    pub fn from_settings(settings: &Settings) -> Result<Self, String> {
        let parse = |key: &str, text: &str| {
            text.parse::<Mailbox>()
                .map_err(|e| format!("{key} can't be used: {text:?}: {e}; write for example \"直通车 <ztc@example.gov.cn>\""))
        };
        let reply_to = settings.mail.reply_to.as_deref().map(|text| parse("mail.reply_to", text)).transpose()?;
        Ok(Self { from: parse("mail.from", &settings.mail.from)?, reply_to })
    }

    /// With this name, which may be empty, and address.
    ///
    /// # Errors
    /// If the address is invalid.
    pub fn new(name: &str, address: &str) -> Result<Self, String> {
        let email = address.parse().map_err(|e| format!("{address:?}: {e}"))?;
        Ok(Self { from: Mailbox::new(Some(one_line(name)).filter(|name| !name.is_empty()), email), reply_to: None })
    }

    /// The name and the address.
    #[must_use]
    pub fn parts(&self) -> (String, String) {
        (self.from.name.clone().unwrap_or_default(), self.from.email.to_string())
    }

    /// The right-hand side of message ids: the sender's own domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.from.email.domain()
    }

    /// The Message-ID of a row's letter.
    #[must_use]
    pub fn message_id(&self, id: LetterId) -> String {
        format!("<{id}@{}>", self.domain())
    }

    /// The id that all letters about a manuscript refer to. There is no letter of that id; mail programs thread by it all the same.
    #[must_use]
    pub fn thread_id(&self, manuscript: ManuscriptId) -> String {
        format!("<manuscript-{manuscript}@{}>", self.domain())
    }

    /// Puts headers and both bodies together.
    ///
    /// # Errors
    /// [`DeliveryFailure::Permanent`] if the recipient's address is invalid.
    pub fn compose(&self, envelope: &Envelope, rendered: &Rendered) -> Result<Message, DeliveryFailure> {
        let address = envelope.address.trim().parse().map_err(|e| DeliveryFailure::Permanent(format!("not an e-mail address: {e}")))?;
        let name = Some(one_line(&envelope.name)).filter(|name| !name.is_empty());
        // The letters of an installation come from one address, each in the name of its channel.
        let channel = Some(one_line(&envelope.channel_name)).filter(|name| !name.is_empty());
        let from = Mailbox::new(channel.or_else(|| self.from.name.clone()), self.from.email.clone());
        let mut message = Message::builder()
            .from(from)
            .to(Mailbox::new(name, address))
            .subject(one_line(&rendered.subject))
            .date(system_time(envelope.created_at))
            .message_id(Some(self.message_id(envelope.id)))
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"))
            .raw_header(header("Content-Language", envelope.lang.as_str()))
            .raw_header(self.list_id(envelope));
        if let Some(reply_to) = &self.reply_to {
            message = message.reply_to(reply_to.clone());
        }
        if let Some(manuscript) = envelope.manuscript {
            let thread = self.thread_id(manuscript);
            message = message.in_reply_to(thread.clone()).references(thread);
        }
        let parts = MultiPart::alternative()
            .boundary(format!("{}-alternative", envelope.id))
            .singlepart(part(ContentType::TEXT_PLAIN, &rendered.text)?)
            .singlepart(part(ContentType::TEXT_HTML, &rendered.html)?);
        message.multipart(parts).map_err(|e| DeliveryFailure::Permanent(e.to_string()))
    }

    /// One list per channel (RFC 2919), so that mail programs can file the letters. The name is encoded, the id is not.
    fn list_id(&self, envelope: &Envelope) -> HeaderValue {
        const NAME: HeaderName = HeaderName::new_from_ascii_str("List-Id");
        let id = format!("<{}.{}>", envelope.channel, self.domain());
        let mut headers = Headers::new();
        headers.insert_raw(HeaderValue::new(NAME, one_line(&envelope.channel_name).replace(['<', '>'], " ")));
        let line = headers.to_string();
        let encoded = match line.trim_end().strip_prefix("List-Id:").unwrap_or_default().trim() {
            "" => id.clone(),
            phrase => format!("{phrase}\r\n {id}"),
        };
        HeaderValue::dangerous_new_pre_encoded(NAME, id, encoded)
    }
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// Base64 for both: Chinese text would be three times as long in quoted-printable.
fn part(kind: ContentType, text: &str) -> Result<SinglePart, DeliveryFailure> {
    let body = Body::new_with_encoding(text.replace('\n', "\r\n"), ContentTransferEncoding::Base64)
        .map_err(|_| DeliveryFailure::Permanent("the text can't be encoded".to_owned()))?;
    Ok(SinglePart::builder().header(kind).body(body))
}

fn system_time(at: Moment) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(at.micros()).unwrap_or(0))
}
