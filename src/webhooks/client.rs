//! The call: one POST without redirects and proxies, within bounds of time and size, to no address that webhooks may not reach.

use std::fmt;
use std::io::{self, Read};
use std::time::Duration;

use ipnet::IpNet;
use serde_json::Value;
use ureq::config::Config;
use ureq::http::{StatusCode, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

use super::request::Request;
use crate::config::Webhooks;
use crate::domain::characters::clean;
use crate::domain::webhook::network::is_allowed;
use crate::domain::webhook::{WebhookFault, WebhookFormat};

/// Characters of a robot's message that are kept.
const SAID_CHARS: usize = 100;

/// Why a message did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault} {detail}")]
pub struct Failure {
    /// Why, as a word.
    pub fault: WebhookFault,
    /// A status, or what a robot said; may be empty. Never the answer of a generic receiver, through which one could look into inner
    /// services.
    pub detail: String,
}

impl From<WebhookFault> for Failure {
    fn from(fault: WebhookFault) -> Self {
        Self { fault, detail: String::new() }
    }
}

/// The host has an address that webhooks may not reach.
#[derive(Debug, thiserror::Error)]
#[error("an address that webhooks may not reach")]
struct NotAllowed;

/// Resolves a host, and refuses it if one of its addresses may not be reached. The connection uses the very addresses that were judged: a
/// name that resolves to others a moment later gains nothing.
struct Guard {
    listed: Vec<IpNet>,
    inner: DefaultResolver,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("listed", &self.listed).finish()
    }
}

impl Resolver for Guard {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let found = match self.inner.resolve(uri, config, timeout) {
            Err(Error::Io(_)) => return Err(Error::HostNotFound),
            found => found?,
        };
        let is_tls = uri.scheme_str() == Some("https");
        if found.iter().all(|address| is_allowed(address.ip(), is_tls, &self.listed)) {
            Ok(found)
        } else {
            Err(Error::Io(io::Error::other(NotAllowed)))
        }
    }
}

/// Calls receivers. One for each call: no connection is kept.
pub struct Client {
    agent: Agent,
    answer_bytes: u64,
}

impl Client {
    /// By the settings of this node.
    #[must_use]
    pub fn new(settings: &Webhooks) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("zhitongche")
            .timeout_resolve(Some(Duration::from_secs(settings.connect_timeout_seconds)))
            .timeout_connect(Some(Duration::from_secs(settings.connect_timeout_seconds)))
            .timeout_global(Some(Duration::from_secs(settings.timeout_seconds)))
            .build();
        let guard = Guard { listed: settings.allowed_networks.clone(), inner: DefaultResolver::default() };
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), guard), answer_bytes: settings.answer_bytes }
    }

    /// Sends a message, and reads what a robot says of it. Blocks: never in a transaction or on an async thread.
    ///
    /// # Errors
    /// Why it did not arrive.
    pub fn send(&self, format: WebhookFormat, request: &Request) -> Result<(), Failure> {
        let mut call = self.agent.post(request.url.as_str()).header("content-type", "application/json; charset=utf-8");
        for (name, value) in &request.headers {
            call = call.header(*name, value);
        }
        let mut answer = call.send(&request.body).map_err(failure)?;
        let status = answer.status();
        match status {
            _ if status.is_redirection() => return Err(Failure { fault: WebhookFault::Redirect, detail: code(status) }),
            _ if !status.is_success() => return Err(Failure { fault: WebhookFault::Status, detail: code(status) }),
            _ if format == WebhookFormat::Generic => return Ok(()),
            _ => {}
        }
        let mut body = Vec::new();
        let read = answer.body_mut().as_reader().take(self.answer_bytes + 1).read_to_end(&mut body);
        read.map_err(|error| failure(Error::from(error)))?;
        if body.len() as u64 > self.answer_bytes {
            return Err(WebhookFault::TooLarge.into());
        }
        verdict(format, &body)
    }
}

fn code(status: StatusCode) -> String {
    status.as_u16().to_string()
}

/// What a robot's answer says. All of them answer 200 to a message that they don't take, with a number that is not 0.
fn verdict(format: WebhookFormat, body: &[u8]) -> Result<(), Failure> {
    let (numbers, words): (&[&str], &[&str]) = match format {
        WebhookFormat::Feishu => (&["code", "StatusCode"], &["msg", "StatusMessage"]),
        _ => (&["errcode"], &["errmsg"]),
    };
    let answer: Value = serde_json::from_slice(body).map_err(|_| WebhookFault::BadAnswer)?;
    let number = numbers.iter().find_map(|name| answer[name].as_i64()).ok_or(WebhookFault::BadAnswer)?;
    if number == 0 {
        return Ok(());
    }
    let said = words.iter().find_map(|name| answer[name].as_str()).unwrap_or_default();
    let said: String = clean(said).replace('\n', " ").chars().take(SAID_CHARS).collect();
    Err(Failure { fault: WebhookFault::Robot, detail: format!("{number} {said}").trim().to_owned() })
}

fn failure(error: Error) -> Failure {
    let fault = match error {
        Error::Io(error) if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<NotAllowed>) => {
            WebhookFault::NotAllowed
        }
        Error::HostNotFound => WebhookFault::NoHost,
        Error::Timeout(_) => WebhookFault::TimedOut,
        Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => WebhookFault::TimedOut,
        // rustls gives its own errors this kind.
        Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => WebhookFault::Tls,
        Error::Io(_) | Error::ConnectionFailed => WebhookFault::NoConnection,
        Error::Tls(_) | Error::Rustls(_) => WebhookFault::Tls,
        Error::RedirectFailed | Error::TooManyRedirects => WebhookFault::Redirect,
        _ => WebhookFault::BadAnswer,
    };
    fault.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_robots_answer_is_read_and_shortened() {
        let of = |format, body: &str| verdict(format, body.as_bytes());
        assert_eq!(of(WebhookFormat::Wecom, r#"{"errcode":0,"errmsg":"ok"}"#), Ok(()));
        assert_eq!(of(WebhookFormat::Feishu, r#"{"StatusCode":0,"StatusMessage":"success"}"#), Ok(()));
        assert_eq!(of(WebhookFormat::Feishu, r#"{"code":0,"data":{},"msg":"success"}"#), Ok(()));
        let refused = |format, body: &str| of(format, body).unwrap_err();
        let said = refused(WebhookFormat::Dingtalk, r#"{"errcode":310000,"errmsg":"sign not match\u0007\n"}"#);
        assert_eq!((said.fault, said.detail.as_str()), (WebhookFault::Robot, "310000 sign not match"));
        let long = refused(WebhookFormat::Feishu, &format!(r#"{{"code":9499,"msg":"{}"}}"#, "长".repeat(5_000)));
        assert_eq!(long.detail.chars().count(), 5 + SAID_CHARS);
        for other in ["", "<html>", "{}", "[]", r#"{"errcode":"0"}"#] {
            assert_eq!(refused(WebhookFormat::Wecom, other).fault, WebhookFault::BadAnswer, "{other}");
        }
    }
}
