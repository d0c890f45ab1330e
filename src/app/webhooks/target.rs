//! Address and secret of a webhook: the choice between the typed and the stored ones, and their encryption in the database.

use serde_json::json;

use super::WebhookDraft;
use crate::app::{AppError, Tx};
use crate::config::{Secret, WebhookSettings};
use crate::documents::sealed::{SecretBox, UnsealError};
use crate::documents::token_key::TokenKey;
use crate::domain::characters::is_blank;
use crate::domain::violation::Violation;
use crate::domain::webhook::network::is_allowed;
use crate::domain::webhook::{literal_address, parse_secret, parse_url};
use crate::store::webhooks::{self as store, WebhookRow};
use crate::webhooks::WebhookTarget;

/// Address and secret, and their origin.
pub(super) enum SelectedTarget {
    /// The stored ones.
    Stored(WebhookTarget),
    /// New ones.
    New(WebhookTarget),
}

impl SelectedTarget {
    pub(super) const fn target(&self) -> &WebhookTarget {
        match self {
            Self::Stored(target) | Self::New(target) => target,
        }
    }

    pub(super) const fn is_new(&self) -> bool {
        matches!(self, Self::New(_))
    }
}

/// Returns the data to which address and secret are bound: everything that decides which messages are sent where, and in which format.
fn bound(row: &WebhookRow) -> Vec<u8> {
    let WebhookRow { id, channel_id, version, role, organization_id, format, template, host, is_on, .. } = row;
    json!(["webhook", id, channel_id, version, role, organization_id, format, template, host, is_on]).to_string().into_bytes()
}

pub(super) fn seal(key: &TokenKey, row: &WebhookRow, target: &WebhookTarget) -> Vec<u8> {
    SecretBox::new(key).seal(&bound(row), json!([target.url.as_str(), target.secret]).to_string().as_bytes())
}

/// Decrypts address and secret of a row, provided that only this program has changed the row.
pub(super) fn open(key: &TokenKey, row: &WebhookRow) -> Result<WebhookTarget, UnsealError> {
    let plain = SecretBox::new(key).open(&bound(row), &row.target)?;
    let (url, secret): (String, String) = serde_json::from_slice(&plain).map_err(|_| UnsealError)?;
    Ok(WebhookTarget { url: url.parse().map_err(|_| UnsealError)?, secret })
}

/// Chooses the typed address and secret, or the stored ones as long as the format stays. A stored secret is used only for the address with
/// which it was typed.
pub(super) fn choose(
    settings: &WebhookSettings,
    draft: &WebhookDraft,
    before: Option<(&WebhookRow, Result<WebhookTarget, UnsealError>)>,
) -> Result<SelectedTarget, Vec<Violation>> {
    let typed = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned()).unwrap_or_default();
    let (url, secret) = (typed(&draft.url), typed(&draft.secret));
    if !is_blank(&url) {
        let url = parse_url(&url).and_then(|url| reachable(settings, &url).map(|()| url));
        return match (url, parse_secret(draft.format, &secret)) {
            (Ok(url), Ok(secret)) => Ok(SelectedTarget::New(WebhookTarget { url, secret })),
            (url, secret) => Err(url.err().into_iter().chain(secret.err()).collect()),
        };
    }
    match before {
        Some((row, Ok(stored))) if row.format == draft.format => {
            // The operator's list may have become shorter; switching the webhook off must still be possible.
            if draft.is_on {
                reachable(settings, &stored.url).map_err(|violation| vec![violation])?;
            }
            if is_blank(&secret) {
                return Ok(SelectedTarget::Stored(stored));
            }
            let secret = parse_secret(draft.format, &secret).map_err(|violation| vec![violation])?;
            Ok(SelectedTarget::New(WebhookTarget { secret, ..stored }))
        }
        Some((row, Err(UnsealError))) if row.format == draft.format => Err(vec![Violation::new("url", "url_unreadable")]),
        Some(_) => Err(vec![Violation::new("url", "url_for_format")]),
        None => Err(vec![Violation::required("url")]),
    }
}

/// Checks whether such an address can be reached at all; a host name is checked by its addresses when a message is sent.
fn reachable(settings: &WebhookSettings, url: &url::Url) -> Result<(), Violation> {
    let (is_tls, listed) = (url.scheme() == "https", settings.allowed_networks.as_slice());
    if !is_tls && listed.is_empty() {
        return Err(Violation::new("url", "https_needed"));
    }
    match literal_address(url) {
        Some(address) if !is_allowed(address, is_tls, listed) => Err(Violation::new("url", "address_not_allowed")),
        _ => Ok(()),
    }
}

/// Encrypts all of them with another key; those that the previous key cannot decrypt stay unchanged, and are shown as unreadable.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn reseal(tx: &mut Tx<'_>, before: Option<&TokenKey>, key: &TokenKey) -> Result<(), AppError> {
    let Some(before) = before else { return Ok(()) };
    for row in store::all(tx.conn)? {
        if let Ok(target) = open(before, &row) {
            store::reseal(tx.conn, row.id, &seal(key, &row, &target))?;
        }
    }
    Ok(())
}
