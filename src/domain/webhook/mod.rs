//! Webhooks: messages to the group chat of a role. Defines their formats, their settings, and the addresses that they may reach.

pub mod network;
pub mod template;

use core::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::{Host, Url};

use crate::domain::folding::folded;
use crate::domain::queues::QUEUES;
use crate::domain::violation::{Violation, line};
use crate::domain::vocabulary::{Role, words};

words! {
    /// The format that a receiver accepts.
    enum WebhookFormat {
        /// JSON by a template, signed according to Standard Webhooks.
        Generic = "generic",
        /// A group robot of 企业微信.
        Wecom = "wecom",
        /// A group robot of 钉钉.
        Dingtalk = "dingtalk",
        /// A group robot of 飞书.
        Feishu = "feishu",
    }

    /// The reason why a message was not delivered.
    enum WebhookFault {
        /// Address and secret cannot be decrypted on this node.
        Unreadable = "unreadable",
        /// The host name has no address.
        NoHost = "no_host",
        /// Webhooks may not reach the host's address.
        NotAllowed = "not_allowed",
        /// The connection failed.
        NoConnection = "no_connection",
        /// The TLS handshake failed.
        Tls = "tls",
        /// It took too long.
        TimedOut = "timed_out",
        /// The receiver redirects to another address.
        Redirect = "redirect",
        /// The receiver responds with an error status.
        Status = "status",
        /// The response is longer than allowed.
        TooLarge = "too_large",
        /// The robot responds with an error.
        Robot = "robot",
        /// The response is not that of such a robot.
        BadAnswer = "bad_answer",
        /// Too many tests are running already.
        Busy = "busy",
    }
}

/// The largest number of bytes of an address.
const URL_BYTES: usize = 2_000;
/// The largest number of characters of a robot's secret.
const SECRET_CHARS: usize = 200;
/// The number of bytes of a signing secret (Standard Webhooks, "Signature scheme").
const KEY_BYTES: core::ops::RangeInclusive<usize> = 24..=64;
/// The prefix of a signing secret there.
const KEY_PREFIX: &str = "whsec_";

/// Returns the roles that can have a webhook: those with letters that announce work.
#[must_use]
pub fn roles() -> Vec<Role> {
    Role::ALL.iter().copied().filter(|role| QUEUES.iter().any(|row| row.role == *role && !row.calls.is_empty())).collect()
}

/// Returns whether the queue of this role belongs to one organisation.
#[must_use]
pub const fn is_of_organization(role: Role) -> bool {
    matches!(role, Role::Screener | Role::Handler)
}

/// Parses the address of a receiver: `https://` or `http://`, without a name and a password in it.
///
/// # Errors
/// `required`, `too_long`, `bad_url`.
pub fn parse_url(typed: &str) -> Result<Url, Violation> {
    let typed = folded(typed);
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Violation::required("url"));
    }
    if typed.len() > URL_BYTES {
        return Err(Violation::beyond("url", "too_long", typed.chars().count(), URL_BYTES));
    }
    let url = Url::parse(typed).map_err(|_| Violation::new("url", "bad_url"))?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let is_web = matches!(url.scheme(), "https" | "http") && url.host().is_some() && url.port() != Some(0);
    if is_web && is_plain { Ok(url) } else { Err(Violation::new("url", "bad_url")) }
}

/// Returns the literal address in a URL, in any notation: `127.1`, `0x7f.0.0.1` and `[::ffff:127.0.0.1]` are addresses.
#[must_use]
pub fn literal_address(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

/// Returns the host for display, with its port unless that is the default.
#[must_use]
pub fn shown_host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Parses the secret into its stored form: for the generic format the key in base64.
///
/// # Errors
/// `required`, `bad_secret`, `not_allowed_here` if the format has none, and the rules of a line.
pub fn parse_secret(format: WebhookFormat, typed: &str) -> Result<String, Violation> {
    let secret = line("secret", typed, SECRET_CHARS)?;
    match (format, secret.is_empty()) {
        (WebhookFormat::Generic, true) => Err(Violation::required("secret")),
        (WebhookFormat::Generic, false) => {
            let key = signing_key(&secret).filter(|key| KEY_BYTES.contains(&key.len()));
            key.map(|_| secret).ok_or_else(|| Violation::new("secret", "bad_secret"))
        }
        (WebhookFormat::Wecom, false) => Err(Violation::new("secret", "not_allowed_here")),
        (WebhookFormat::Wecom | WebhookFormat::Dingtalk | WebhookFormat::Feishu, _) => Ok(secret),
    }
}

/// Returns the key of a secret of Standard Webhooks.
#[must_use]
pub fn signing_key(secret: &str) -> Option<Vec<u8>> {
    STANDARD.decode(secret.strip_prefix(KEY_PREFIX).unwrap_or(secret)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_of_the_web_without_a_password() {
        for right in ["https://example.cn/a?b=c", " ｈttps://例子.cn:8443/x ", "http://10.0.0.1/", "https://[fd00::1]/"] {
            assert!(parse_url(right).is_ok(), "{right}");
        }
        for wrong in [
            "example.cn",
            "ftp://example.cn/",
            "https://a:b@example.cn/",
            "https://a@example.cn/",
            "https:///",
            "https://x/#y",
            "file:///etc",
        ] {
            assert_eq!(parse_url(wrong).map_err(|it| it.code), Err("bad_url"), "{wrong}");
        }
        assert_eq!(parse_url("  ").map_err(|it| it.code), Err("required"));
        assert_eq!(shown_host(&parse_url("https://example.cn:443/key").unwrap()), "example.cn");
        assert_eq!(shown_host(&parse_url("https://example.cn:8443/key").unwrap()), "example.cn:8443");
    }

    #[test]
    fn an_address_is_seen_in_every_spelling() {
        for spelled in ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "１２７.０.０.１", "127。0。0。1"]
        {
            let url = parse_url(&format!("http://{spelled}/")).unwrap();
            assert_eq!(literal_address(&url), Some([127, 0, 0, 1].into()), "{spelled}");
        }
        assert_eq!(
            literal_address(&parse_url("http://[::ffff:127.0.0.1]/").unwrap()).unwrap().to_canonical(),
            IpAddr::from([127, 0, 0, 1])
        );
        assert_eq!(literal_address(&parse_url("http://localhost/").unwrap()), None);
    }

    #[test]
    fn a_secret_is_what_its_format_needs() {
        let key = format!("whsec_{}", STANDARD.encode([7; 24]));
        assert_eq!(parse_secret(WebhookFormat::Generic, &format!(" {key} ")), Ok(key.clone()));
        assert_eq!(signing_key(&key), Some(vec![7; 24]));
        let wrong = |format, secret: &str| parse_secret(format, secret).unwrap_err().code;
        assert_eq!(wrong(WebhookFormat::Generic, ""), "required");
        assert_eq!(wrong(WebhookFormat::Generic, "password"), "bad_secret");
        assert_eq!(wrong(WebhookFormat::Generic, &STANDARD.encode([7; 23])), "bad_secret");
        assert_eq!(wrong(WebhookFormat::Wecom, "x"), "not_allowed_here");
        assert_eq!(parse_secret(WebhookFormat::Dingtalk, ""), Ok(String::new()));
    }

    #[test]
    fn desks_that_letters_call_to_work_can_have_one() {
        assert_eq!(roles(), [Role::Screener, Role::Reviewer, Role::Signer, Role::Handler]);
    }
}
