//! The token in every form of a page: the session that made the page, and the account for which it was made.
//!
//! The session's part protects against forged forms. The account's part distinguishes a form from a page of another account from one whose
//! own session has merely ended; it is a statement of the page and grants no right (decision page 0017).

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::domain::ids::UserId;

/// A page's token, written `SESSION.ACCOUNT.LOGIN`; pages of older programs have the session's part alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageToken {
    session: String,
    /// The account for which the page was made; `None` if the token names none.
    pub account: Option<UserId>,
    /// The sign-in name of that account at the time of the page.
    pub login: String,
}

impl PageToken {
    /// The token of the pages of a session. The session's part is derived from its secret, so that nothing has to be stored and it is valid
    /// exactly as long as the session: a page that was open for hours, or during a deployment, can still be sent.
    #[must_use]
    pub fn of_session(secret: &str, account: UserId, login: &str) -> Self {
        let digest = Sha256::new().chain_update("csrf\n").chain_update(secret).finalize();
        Self { session: hex::encode(&digest[..16]), account: Some(account), login: login.to_owned() }
    }

    /// Parses the value of a form. Any text is accepted; one that is not a token names no account and belongs to no session.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut parts = text.splitn(3, '.');
        let session = parts.next().unwrap_or_default().to_owned();
        let account = parts.next().and_then(|id| id.parse().ok());
        let login = parts.next().filter(|_| account.is_some()).unwrap_or_default().to_owned();
        Self { session, account, login }
    }

    /// Whether this token belongs to a page of the same session.
    #[must_use]
    pub fn is_of_session(&self, other: &Self) -> bool {
        self.session.as_bytes().ct_eq(other.session.as_bytes()).into()
    }

    /// The token without its session, which is carried over by a page that asks for the password in between.
    #[must_use]
    pub fn without_session(self) -> Self {
        Self { session: String::new(), ..self }
    }
}

impl fmt::Display for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.account {
            Some(account) => write!(f, "{}.{account}.{}", self.session, self.login),
            None => f.write_str(&self.session),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_session_and_its_account() {
        let account: UserId = "019438e9-4800-7183-ae5e-e3d0b09707c4".parse().unwrap();
        let made = PageToken::of_session("secret", account, "li.ming");
        let read = PageToken::read(&made.to_string());
        assert_eq!(read, made);
        assert_eq!((read.account, read.login.as_str()), (Some(account), "li.ming"));
        let later = PageToken::of_session("another", account, "li.ming");
        assert!(read.is_of_session(&made) && !read.is_of_session(&later));
        assert!(!later.clone().without_session().is_of_session(&later));
        assert_eq!(PageToken::read(&later.without_session().to_string()).account, Some(account));
        for none in ["", "old", "a.b.c", ".", "x..", "a.019438e9.c"] {
            assert_eq!((PageToken::read(none).account, PageToken::read(none).login.as_str()), (None, ""), "{none}");
        }
        let bare = PageToken::read(made.to_string().split('.').next().unwrap());
        assert!(bare.is_of_session(&made), "a page of an older program is of this session too");
    }
}
