//! Values that identify a person and are used to contact them: sign-in name, e-mail address, mobile number. Each has one written form, so
//! that no two accounts look alike.

use serde::Serialize;

use crate::domain::characters::is_blank;
use crate::domain::folding::{self, folded};
use crate::domain::violation::Violation;

macro_rules! written {
    ($name:ident) => {
        impl $name {
            /// Returns the written form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// A sign-in name: 2–64 of `a–z 0–9 . _ -`, beginning and ending with a letter or digit.
///
/// The input is folded ([`folded`]) and converted to lower case first, because an input method may leave full-width letters behind. Only
/// ASCII is accepted, so that no name can be confused with another that looks the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, examples("li.ming"))]
pub struct Login(String);
written!(Login);

impl Login {
    /// Parses a sign-in name.
    ///
    /// # Errors
    /// The violation `bad_login` of the field `login`.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let name: String = folded(text).to_lowercase();
        let letter = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        let fits = (2..=64).contains(&name.len())
            && name.bytes().all(|c| letter(c) || matches!(c, b'.' | b'_' | b'-'))
            && name.bytes().next().is_some_and(letter)
            && name.bytes().last().is_some_and(letter);
        if fits { Ok(Self(name)) } else { Err(Violation::new("login", "bad_login")) }
    }
}

/// An e-mail address: RFC 5321's dot-string before the `@`, a host name after it, in lower case.
///
/// The input is folded ([`folded`]). An internationalised host name is stored in its ASCII form (UTS #46), which every mail server accepts,
/// and shown in Unicode ([`Email::shown`]). Before the `@` only ASCII is accepted: other letters require SMTPUTF8 (RFC 6531) on every
/// server along the way, and a letter is lost if one lacks it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Email, examples("li.ming@example.org"))]
pub struct Email(String);
written!(Email);

impl Email {
    /// Parses an address.
    ///
    /// # Errors
    /// The violation `required`, `bad_email` or `email_not_ascii` of the field `email`.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        if is_blank(text) {
            return Err(Violation::required("email"));
        }
        let bad = || Violation::new("email", "bad_email");
        let text = folded(text);
        let text = bare(&text).ok_or_else(bad)?;
        let (local, host) = text.rsplit_once('@').map(|(local, host)| (local.trim_end(), host.trim_start())).ok_or_else(bad)?;
        if local.contains(|c: char| c.is_whitespace() || ",;:<>()\"、，；：（）《》".contains(c)) {
            return Err(bad());
        }
        if !local.is_ascii() {
            return Err(Violation::new("email", "email_not_ascii"));
        }
        let host = idna::domain_to_ascii_strict(host).map_err(|_| bad())?;
        let fits = local.len() <= 64 && local.len() + host.len() < 254 && local.split('.').all(is_atom) && host.split('.').all(is_label);
        if fits { Ok(Self(format!("{local}@{host}"))) } else { Err(bad()) }
    }

    /// Returns an address for display, with an internationalised host name in Unicode. Other text is returned unchanged.
    #[must_use]
    pub fn shown(address: &str) -> String {
        match address.rsplit_once('@') {
            Some((local, host)) if host.contains("xn--") => format!("{local}@{}", idna::domain_to_unicode(host).0),
            _ => address.to_owned(),
        }
    }

    /// Returns the masked form, for readers who need not know the address: `l***@example.org`.
    #[must_use]
    pub fn masked(&self) -> String {
        let shown = Self::shown(&self.0);
        let (local, host) = shown.rsplit_once('@').unwrap_or_default();
        format!("{}***@{host}", local.chars().take(1).collect::<String>())
    }
}

/// Returns the address alone from text that mail programs and pages copy: `李明 <li.ming@example.org>` (RFC 5322, section 3.4), `mailto:`.
/// Returns `None` if it is ambiguous.
fn bare(text: &str) -> Option<&str> {
    let Some((name, rest)) = text.split_once('<') else {
        let scheme = text.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
        return Some(scheme.map_or(text, |scheme| &text[scheme.len()..]));
    };
    let address = rest.strip_suffix('>').map(str::trim).filter(|address| !address.contains(['<', '>']))?;
    let name = name.trim().trim_matches(['"', '\'', '“', '”']);
    let is_clear = !name.contains('@') || name.eq_ignore_ascii_case(address);
    (is_clear && !name.contains(char::is_control)).then_some(address)
}

/// `atext` of RFC 5322, section 3.2.3.
fn is_atom(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|c| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&c))
}

/// A label of a host name (RFC 1123, section 2.1).
pub(super) fn is_label(part: &str) -> bool {
    (1..=63).contains(&part.len())
        && part.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
        && !part.starts_with('-')
        && !part.ends_with('-')
}

/// A mobile number: eleven digits of the mainland's plan (`13800138000`), or another country's in E.164 form (`+85291234567`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, examples("13800138000"))]
pub struct Mobile(String);
written!(Mobile);

impl Mobile {
    /// Parses a number: folded, without blanks, dashes, dots and brackets; `+86`, `0086`, `86` and the `0` of a long-distance call before a
    /// number of the mainland are removed, `00` before another country becomes `+`.
    ///
    /// # Errors
    /// The violation `bad_mobile` of the field `mobile`.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let number: String = folding::number(text).chars().filter(|c| !matches!(c, '-' | '(' | ')' | '.' | '·')).collect();
        let number = match number.strip_prefix("00") {
            Some(abroad) => format!("+{abroad}"),
            None => number,
        };
        let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
        let is_mainland =
            |text: &str| text.len() == 11 && digits(text) && text.starts_with('1') && matches!(text.as_bytes()[1], b'3'..=b'9');
        let mainland = ["+86", "86", "0"].iter().find_map(|before| number.strip_prefix(before).filter(|rest| is_mainland(rest)));
        if let Some(number) = mainland.or_else(|| Some(number.as_str()).filter(|number| is_mainland(number))) {
            return Ok(Self(number.to_owned()));
        }
        // A number of the mainland must be complete: `+86` with fewer digits is no number of another country.
        let abroad = number.strip_prefix('+').filter(|rest| !rest.starts_with('0') && !rest.starts_with("86"));
        let abroad = abroad.is_some_and(|rest| (8..=15).contains(&rest.len()) && digits(rest));
        if abroad { Ok(Self(number)) } else { Err(Violation::new("mobile", "bad_mobile")) }
    }

    /// Returns the masked form, for readers who need not know the number: `138****8000`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (head, tail) = (&self.0[..3], &self.0[self.0.len() - 4..]);
        format!("{head}****{tail}")
    }
}
