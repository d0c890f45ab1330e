//! Webhooks: messages to the group chat of a desk. Which there are, what an administrator may set, and which addresses they reach.

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
    /// The form in which a receiver takes messages.
    enum WebhookFormat {
        /// JSON by a template, signed as Standard Webhooks says.
        Generic = "generic",
        /// A group robot of 企业微信.
        Wecom = "wecom",
        /// A group robot of 钉钉.
        Dingtalk = "dingtalk",
        /// A group robot of 飞书.
        Feishu = "feishu",
    }

    /// Why a message did not arrive.
    enum WebhookFault {
        /// Address and secret can't be decrypted on this node.
        Unreadable = "unreadable",
        /// The host's name has no address.
        NoHost = "no_host",
        /// The host's address is not one that webhooks may reach.
        NotAllowed = "not_allowed",
        /// Nobody answers there.
        NoConnection = "no_connection",
        /// No protected connection came about.
        Tls = "tls",
        /// It took too long.
        TimedOut = "timed_out",
        /// The receiver points to another address.
        Redirect = "redirect",
        /// The receiver answers with a status that means no.
        Status = "status",
        /// The answer is longer than allowed.
        TooLarge = "too_large",
        /// The robot answers with an error.
        Robot = "robot",
        /// The answer is not one of such a robot.
        BadAnswer = "bad_answer",
        /// Several trials run already.
        Busy = "busy",
    }
}

/// Most bytes of an address.
const URL_BYTES: usize = 2_000;
/// Most characters of a robot's secret.
const SECRET_CHARS: usize = 200;
/// How many bytes a signing secret has (Standard Webhooks, "Signature scheme").
const KEY_BYTES: core::ops::RangeInclusive<usize> = 24..=64;
/// What a signing secret begins with there.
const KEY_PREFIX: &str = "whsec_";

/// The roles whose desks can have a webhook: those that letters call to work.
#[must_use]
pub fn roles() -> Vec<Role> {
    Role::ALL.iter().copied().filter(|role| QUEUES.iter().any(|row| row.role == *role && !row.calls.is_empty())).collect()
}

/// Whether the desk of this role is one organisation's.
#[must_use]
pub const fn is_of_organization(role: Role) -> bool {
    matches!(role, Role::Screener | Role::Handler)
}

/// Reads the address of a receiver: `https://` or `http://`, without a name and a password in it.
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

/// The address that stands in a URL itself, in whichever spelling: `127.1`, `0x7f.0.0.1` and `[::ffff:127.0.0.1]` are addresses.
#[must_use]
pub fn literal_address(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

/// The host as it is shown, with a port that is not the usual one.
#[must_use]
pub fn shown_host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The secret as it is kept: for the generic format the key in base64.
///
/// # Errors
/// `required`, `bad_secret`, `not_allowed_here` where the format has none, and the rules of a line.
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

/// The key of a secret of Standard Webhooks.
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
