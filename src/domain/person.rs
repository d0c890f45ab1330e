//! What identifies and reaches a person: sign-in name, e-mail address, mobile number. Each has one written form, so that two
//! accounts can't look alike.

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use crate::domain::characters::is_blank;
use crate::domain::violation::Violation;

macro_rules! written {
    ($name:ident) => {
        impl $name {
            /// The written form.
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
/// What was typed is brought to Unicode's NFKC and lower case first (full-width letters are what an input method leaves behind).
/// Only ASCII is left, so no name can be confused with another that looks the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, examples("li.ming"))]
pub struct Login(String);
written!(Login);

impl Login {
    /// Reads a sign-in name.
    ///
    /// # Errors
    /// The violation `bad_login` of the field `login`.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let name: String = text.trim().nfkc().flat_map(char::to_lowercase).collect();
        let letter = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        let fits = (2..=64).contains(&name.len())
            && name.bytes().all(|c| letter(c) || matches!(c, b'.' | b'_' | b'-'))
            && name.bytes().next().is_some_and(letter)
            && name.bytes().last().is_some_and(letter);
        if fits { Ok(Self(name)) } else { Err(Violation::new("login", "bad_login")) }
    }
}

/// An e-mail address as people use them (RFC 5321's dot-string before the `@`, a host name after it), the host in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Email, examples("li.ming@example.org"))]
pub struct Email(String);
written!(Email);

impl Email {
    /// Reads an address.
    ///
    /// # Errors
    /// The violation `required` or `bad_email` of the field `email`.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        if is_blank(text) {
            return Err(Violation::required("email"));
        }
        let bad = || Violation::new("email", "bad_email");
        let (local, host) = text.trim().rsplit_once('@').ok_or_else(bad)?;
        let host = host.to_ascii_lowercase();
        let fits = local.len() <= 64 && local.len() + host.len() < 254 && local.split('.').all(is_atom) && host.split('.').all(is_label);
        if fits { Ok(Self(format!("{local}@{host}"))) } else { Err(bad()) }
    }

    /// For eyes that need not know it: `l***@example.org`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, host) = self.0.rsplit_once('@').unwrap_or_default();
        format!("{}***@{host}", local.chars().take(1).collect::<String>())
    }
}

/// `atext` of RFC 5322, section 3.2.3.
fn is_atom(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|c| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&c))
}

/// A label of a host name (RFC 1123, section 2.1).
fn is_label(part: &str) -> bool {
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
    /// Reads a number; spaces, hyphens, full-width digits and the prefix +86 are taken away.
    ///
    /// # Errors
    /// The violation `bad_mobile` of the field `mobile`.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let number: String = text.trim().nfkc().filter(|c| !matches!(c, ' ' | '-')).collect();
        let number = number.strip_prefix("+86").unwrap_or(&number);
        let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
        let mainland = number.len() == 11 && digits(number) && number.starts_with('1') && matches!(number.as_bytes()[1], b'3'..=b'9');
        let abroad = number.strip_prefix('+').is_some_and(|rest| (8..=15).contains(&rest.len()) && digits(rest) && !rest.starts_with('0'));
        if mainland || abroad { Ok(Self(number.to_owned())) } else { Err(Violation::new("mobile", "bad_mobile")) }
    }

    /// For eyes that need not know it: `138****8000`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (head, tail) = (&self.0[..3], &self.0[self.0.len() - 4..]);
        format!("{head}****{tail}")
    }
}
