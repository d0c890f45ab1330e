//! The settings of sending letters, as an administrator sets them on a page, and their validation.

use core::net::IpAddr;

use crate::domain::channel::not_between;
use crate::domain::folding::folded;
use crate::domain::person::{Email, is_label};
use crate::domain::violation::{Violation, Violations, line};
use crate::domain::vocabulary::words;

words! {
    /// The transport of letters.
    enum MailRoute {
        /// Files on the server: the letters are not delivered.
        File = "file",
        /// A mail server.
        Smtp = "smtp",
    }

    /// The protection of the connection to a mail server.
    enum MailSecurity {
        /// TLS from the first byte (RFC 8314).
        Tls = "tls",
        /// STARTTLS, which is required (RFC 3207).
        StartTls = "starttls",
        /// STARTTLS if the server offers it; an attacker on the path can suppress the offer.
        Opportunistic = "opportunistic",
        /// No protection: an eavesdropper can read letters and password.
        None = "none",
    }
}

impl MailSecurity {
    /// Returns the default port.
    #[must_use]
    pub const fn port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls | Self::Opportunistic => 587,
            Self::None => 25,
        }
    }
}

/// The values as they were typed.
#[derive(Debug, Clone)]
pub struct MailDraft {
    /// The transport of letters.
    pub transport: MailRoute,
    /// The mail server: a host name, also an internationalised one, or an address.
    pub host: String,
    /// Its port; by default that of the protection.
    pub port: Option<i64>,
    /// The protection.
    pub security: MailSecurity,
    /// The account; empty if the server requires none.
    pub login: String,
    /// The sender's name.
    pub from_name: String,
    /// The sender's address.
    pub from_address: String,
}

/// Valid settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSettings {
    /// The transport of letters.
    pub transport: MailRoute,
    /// The mail server, in ASCII; empty only if letters are written to files.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The protection.
    pub security: MailSecurity,
    /// The account; empty if the server requires none.
    pub login: String,
    /// The sender's name; may be empty.
    pub from_name: String,
    /// The sender's address; empty only if letters are written to files.
    pub from_address: String,
}

impl MailDraft {
    /// Converts the values to the form in which they are stored. The values of a mail server may be missing if letters are written to
    /// files.
    ///
    /// # Errors
    /// All violations.
    pub fn check(&self) -> Result<MailSettings, Vec<Violation>> {
        let mut wrong = Violations::default();
        let is_needed = self.transport == MailRoute::Smtp;
        let host = wrong.take(host(&self.host, is_needed));
        let port = match self.port.map(u16::try_from) {
            None => self.security.port(),
            Some(Ok(port)) if port > 0 => port,
            Some(_) => {
                wrong.add(not_between("port", 1, u32::from(u16::MAX)));
                0
            }
        };
        let login = wrong.take(line("login", &self.login, 254));
        let from_name = wrong.take(line("from_name", &self.from_name, 60));
        let from_address = match self.from_address.trim() {
            "" if !is_needed => String::new(),
            typed => {
                let parsed = Email::parse(typed).map(|address| address.to_string());
                wrong.take(parsed.map_err(|violation| Violation { field: "from_address".to_owned(), ..violation }))
            }
        };
        let (transport, security) = (self.transport, self.security);
        wrong.or(MailSettings { transport, host, port, security, login, from_name, from_address })
    }
}

/// Parses a host name into ASCII, or an address as it is written (RFC 5952).
fn host(typed: &str, is_needed: bool) -> Result<String, Violation> {
    let typed = folded(typed);
    if typed.is_empty() {
        return if is_needed { Err(Violation::required("host")) } else { Ok(typed) };
    }
    let inner = typed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(&typed);
    if let Ok(address) = inner.parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    let bad = || Violation::new("host", "bad_host");
    let name = idna::domain_to_ascii_strict(typed.trim_end_matches('.')).map_err(|_| bad())?;
    // A name that ends in a number would be taken for an address.
    let is_number = name.rsplit('.').next().is_none_or(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    if name.len() > 253 || is_number || !name.split('.').all(is_label) { Err(bad()) } else { Ok(name) }
}

/// Returns a host name for display, with Unicode where it was converted.
#[must_use]
pub fn shown_host(host: &str) -> String {
    if host.contains("xn--") { idna::domain_to_unicode(host).0 } else { host.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> MailDraft {
        MailDraft {
            transport: MailRoute::Smtp,
            host: "smtp.example.gov.cn".to_owned(),
            port: None,
            security: MailSecurity::Tls,
            login: "ztc".to_owned(),
            from_name: "直通车".to_owned(),
            from_address: "ztc@example.gov.cn".to_owned(),
        }
    }

    #[test]
    fn hosts_are_brought_to_one_form() {
        let host = |typed: &str| MailDraft { host: typed.to_owned(), ..draft() }.check().map(|of| of.host);
        for (typed, kept) in [
            (" SMTP.Example.gov.cn. ", "smtp.example.gov.cn"),
            ("ｓｍｔｐ．example.cn\u{200b}", "smtp.example.cn"),
            ("邮件.中国", "xn--5nq051n.xn--fiqs8s"),
            ("10.0.0.8", "10.0.0.8"),
            ("[2001:DB8::1]", "2001:db8::1"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(host(typed).as_deref(), Ok(kept), "{typed}");
        }
        for bad in ["smtp://a.cn", "a.cn:465", "a b.cn", "user@a.cn", "-a.cn", "a..cn", "300.1.1.1", "10.1", "_a.cn", "a.cn/x", "邮 件"] {
            assert_eq!(host(bad), Err(vec![Violation::new("host", "bad_host")]), "{bad}");
        }
        assert_eq!(host(" "), Err(vec![Violation::required("host")]));
    }

    #[test]
    fn all_faults_are_named_at_once_and_files_need_nothing() {
        let empty = MailDraft { host: String::new(), from_address: String::new(), ..draft() };
        let bad = MailDraft { port: Some(65_536), from_name: "一".repeat(61), ..empty.clone() };
        let fields: Vec<_> = bad.check().unwrap_err().into_iter().map(|one| one.field).collect();
        assert_eq!(fields, ["host", "port", "from_name", "from_address"]);
        assert!(MailDraft { transport: MailRoute::File, ..empty }.check().is_ok());
        for (port, security, kept) in [
            (None, MailSecurity::Tls, 465),
            (None, MailSecurity::StartTls, 587),
            (None, MailSecurity::None, 25),
            (Some(2525), MailSecurity::None, 2525),
        ] {
            assert_eq!(MailDraft { port, security, ..draft() }.check().unwrap().port, kept);
        }
        assert!([Some(0), Some(-1), Some(i64::MAX)].into_iter().all(|port| MailDraft { port, ..draft() }.check().is_err()));
    }
}
