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

use super::request::WebhookRequest;
use crate::config::WebhookSettings;
use crate::domain::characters::clean;
use crate::domain::webhook::network::is_allowed;
use crate::domain::webhook::{WebhookFault, WebhookFormat};

/// Characters of a robot's message that are stored.
const SAID_CHARS: usize = 100;

/// The reason why a message did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault} {detail}")]
pub struct WebhookFailure {
    /// The reason, as a word.
    pub fault: WebhookFault,
    /// A status, or a robot's message; may be empty. Never the answer of a generic receiver, which would disclose responses of internal
    /// services.
    pub detail: String,
}

impl From<WebhookFault> for WebhookFailure {
    fn from(fault: WebhookFault) -> Self {
        Self { fault, detail: String::new() }
    }
}

/// The host has an address that webhooks may not reach.
#[derive(Debug, thiserror::Error)]
#[error("an address that webhooks may not reach")]
struct NotAllowed;

/// Resolves a host, and refuses it if one of its addresses may not be reached. The connection uses exactly the addresses that were checked,
/// so a name that resolves to others a moment later has no effect.
struct AddressGuard<R> {
    listed: Vec<IpNet>,
    inner: R,
}

impl<R> fmt::Debug for AddressGuard<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("listed", &self.listed).finish()
    }
}

impl<R: Resolver> Resolver for AddressGuard<R> {
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

/// Calls receivers. One for each call: connections are not reused.
pub struct Client {
    agent: Agent,
    answer_bytes: u64,
}

impl Client {
    /// By the settings of this node.
    #[must_use]
    pub fn new(settings: &WebhookSettings) -> Self {
        Self::with_resolver(settings, DefaultResolver::default())
    }

    fn with_resolver(settings: &WebhookSettings, inner: impl Resolver) -> Self {
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
        let guard = AddressGuard { listed: settings.allowed_networks.clone(), inner };
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), guard), answer_bytes: settings.answer_bytes }
    }

    /// Sends a message, and reads a robot's answer. Blocks: never in a transaction or on an async thread.
    ///
    /// # Errors
    /// Why it did not arrive.
    pub fn send(&self, format: WebhookFormat, request: &WebhookRequest) -> Result<(), WebhookFailure> {
        let mut call = self.agent.post(request.url.as_str()).header("content-type", "application/json; charset=utf-8");
        for (name, value) in &request.headers {
            call = call.header(*name, value);
        }
        let mut answer = call.send(&request.body).map_err(failure)?;
        let status = answer.status();
        match status {
            _ if status.is_redirection() => return Err(WebhookFailure { fault: WebhookFault::Redirect, detail: code(status) }),
            _ if !status.is_success() => return Err(WebhookFailure { fault: WebhookFault::Status, detail: code(status) }),
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

/// The result in a robot's answer. All platforms answer 200 to a message that they refuse, with a code that is not 0.
fn verdict(format: WebhookFormat, body: &[u8]) -> Result<(), WebhookFailure> {
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
    Err(WebhookFailure { fault: WebhookFault::Robot, detail: format!("{number} {said}").trim().to_owned() })
}

fn failure(error: Error) -> WebhookFailure {
    let fault = match error {
        Error::Io(error) if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<NotAllowed>) => {
            WebhookFault::NotAllowed
        }
        Error::HostNotFound => WebhookFault::NoHost,
        Error::Timeout(_) => WebhookFault::TimedOut,
        Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => WebhookFault::TimedOut,
        // rustls reports its own errors with this kind.
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
    use std::net::{SocketAddr, TcpListener};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::config::Settings;

    /// Resolves to these addresses the first time, and to others later: a name whose owner changes it while it is in use.
    #[derive(Debug)]
    struct Rebinding {
        first: Vec<SocketAddr>,
        later: Vec<SocketAddr>,
        asked: Arc<AtomicUsize>,
    }

    impl Resolver for Rebinding {
        fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
            let is_first = self.asked.fetch_add(1, Ordering::SeqCst) == 0;
            let mut found = self.empty();
            (if is_first { &self.first } else { &self.later }).iter().for_each(|address| found.push(*address));
            Ok(found)
        }
    }

    /// The result of a call to a name with these addresses, the number of lookups, and whether this listener was reached.
    fn call(scheme: &str, listener: &TcpListener, first: &[&str], later: &[&str]) -> (WebhookFault, usize, bool) {
        let port = listener.local_addr().unwrap().port();
        let at = |all: &[&str]| all.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), port)).collect::<Vec<_>>();
        let asked = Arc::new(AtomicUsize::new(0));
        let mut settings = Settings::read(None, []).unwrap().webhooks;
        settings.allowed_networks = vec!["127.0.0.7/32".parse().unwrap()];
        settings.timeout_seconds = 1;
        let client = Client::with_resolver(&settings, Rebinding { first: at(first), later: at(later), asked: Arc::clone(&asked) });
        let url = format!("{scheme}://hook.example.cn:{port}/").parse().unwrap();
        let request = WebhookRequest { url, headers: Vec::new(), body: "{}".to_owned() };
        let fault = client.send(WebhookFormat::Generic, &request).unwrap_err().fault;
        listener.set_nonblocking(true).unwrap();
        (fault, asked.load(Ordering::SeqCst), listener.accept().is_ok())
    }

    #[test]
    fn every_address_of_a_name_is_judged_and_only_those_are_used() {
        let inner = || TcpListener::bind("127.0.0.1:0").unwrap();
        for scheme in ["http", "https"] {
            assert_eq!(call(scheme, &inner(), &["127.0.0.1"], &[]), (WebhookFault::NotAllowed, 1, false), "{scheme}");
            assert_eq!(call(scheme, &inner(), &["127.0.0.7", "127.0.0.1"], &[]), (WebhookFault::NotAllowed, 1, false), "one of them");
            assert_eq!(call(scheme, &inner(), &["::ffff:127.0.0.1"], &[]), (WebhookFault::NotAllowed, 1, false), "mapped");
            // Nothing listens at the address that was checked; the other one, to which the name resolves a moment later, is not tried.
            assert_eq!(call(scheme, &inner(), &["127.0.0.7"], &["127.0.0.1"]), (WebhookFault::NoConnection, 1, false));
        }
        assert_eq!(call("http", &inner(), &["223.5.5.5"], &[]), (WebhookFault::NotAllowed, 1, false), "public, but not protected");
    }

    #[test]
    fn a_server_without_tls_gets_nothing_over_https() {
        use std::io::Write;
        let listener = TcpListener::bind("127.0.0.7:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let plain = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
            let mut taken = Vec::new();
            drop(stream.take(65_536).read_to_end(&mut taken));
            taken
        });
        let mut settings = Settings::read(None, []).unwrap().webhooks;
        settings.allowed_networks = vec!["127.0.0.7/32".parse().unwrap()];
        let url = format!("https://127.0.0.7:{port}/").parse().unwrap();
        let request = WebhookRequest { url, headers: Vec::new(), body: "{\"a\":\"geheim\"}".to_owned() };
        let failure = Client::new(&settings).send(WebhookFormat::Generic, &request).unwrap_err();
        assert_eq!(failure, WebhookFault::Tls.into());
        let taken = plain.join().unwrap();
        assert!(!taken.windows(6).any(|window| window == b"geheim"));
    }

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
