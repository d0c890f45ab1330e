//! Devices that have signed in to an account before. Each stores a token of its own, authenticated for the account by the key of the
//! secrets folder, so that every node recognises it and nobody can forge it. It grants no access: it only exempts the device from delays
//! that others have caused (OWASP, *Slow Down Online Guessing Attacks with Device Cookies*).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;

use crate::app::sign_in::is_ahead;
use crate::documents::token_key::TokenKey;
use crate::domain::clock::Moment;
use crate::domain::ids::PersonId;

/// The number of days for which a device is recognised after its last sign-in.
pub const DEVICE_DAYS: i64 = 90;

/// Creates the token for a device that has just signed in.
pub(super) fn word(key: &TokenKey, person: PersonId, now: Moment) -> String {
    let mut nonce = [0_u8; 12];
    rand::fill(&mut nonce);
    let device = format!("{}.{}", now.micros(), URL_SAFE_NO_PAD.encode(nonce));
    let mac = URL_SAFE_NO_PAD.encode(key.device_mac(person.0, &device));
    format!("{device}.{mac}")
}

/// Returns the first of these tokens that belongs to this account and has not expired.
pub(super) fn known<'a>(key: &TokenKey, person: PersonId, words: &'a [String], now: Moment) -> Option<&'a str> {
    let is_known = |word: &str| {
        let (device, mac) = word.rsplit_once('.')?;
        let (made, _) = device.split_once('.')?;
        let made = Moment::from_micros(made.parse().ok()?);
        let in_time = !is_ahead(made, now) && now < made + Duration::days(DEVICE_DAYS);
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
        (in_time && key.is_device(person.0, device, &mac)).then_some(())
    };
    words.iter().map(String::as_str).find(|word| is_known(word).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_to_its_account_for_ninety_days() {
        let (key, now) = (TokenKey::generate(), Moment::from_micros(1_700_000_000_000_000));
        let (one, other) = (PersonId(uuid::Uuid::from_u128(1)), PersonId(uuid::Uuid::from_u128(2)));
        let words = vec!["nonsense".to_owned(), word(&key, one, now)];
        let is_known = |key: &TokenKey, person, at| known(key, person, &words, at).is_some();
        assert!(is_known(&key, one, now) && is_known(&key, one, now + Duration::days(89)));
        assert!(!is_known(&key, one, now + Duration::days(90)) && !is_known(&key, other, now));
        assert!(!is_known(&TokenKey::generate(), one, now) && !is_known(&key, one, now - Duration::days(1)));
        let (_, mac) = words[1].rsplit_once('.').unwrap();
        let older = format!("{}.AAAA.{mac}", (now + Duration::days(30)).micros());
        assert_eq!(known(&key, one, &[older], now + Duration::days(31)), None);
    }
}
