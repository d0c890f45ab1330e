//! Detects URLs and forms whose percent-encoding contains U+0000 or bytes that are not UTF-8.

use actix_web::http::Uri;

/// The reason why the URL of a request can't be read, for the developer of the client; `None` if it can.
#[must_use]
pub fn unreadable(address: &Uri) -> Option<&'static str> {
    let text = address.path_and_query()?.as_str();
    if !text.contains('%') {
        None
    } else if text.contains("%00") {
        Some("U+0000")
    } else if is_utf8(text.as_bytes()) {
        None
    } else {
        Some("UTF-8")
    }
}

/// Whether percent-encoded text is valid UTF-8 throughout. Invalid bytes are refused, because replacing them would change a person's text
/// unnoticed.
#[must_use]
pub fn is_utf8(encoded: &[u8]) -> bool {
    let mut plain = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((&first, after)) = rest.split_first() {
        let mut byte = [first];
        let escaped = first == b'%' && after.get(..2).is_some_and(|two| hex::decode_to_slice(two, &mut byte).is_ok());
        plain.push(byte[0]);
        rest = if escaped { after.get(2..).unwrap_or_default() } else { after };
    }
    std::str::from_utf8(&plain).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_known() {
        for good in ["", "a=b&c", "%e5%bb%ba", "%", "%4", "%zz", "100%", "建"] {
            assert!(is_utf8(good.as_bytes()), "{good}");
        }
        for bad in ["%ff", "a=%c0%af", "%ed%a0%80", "%e5&b=%bb%ba"] {
            assert!(!is_utf8(bad.as_bytes()), "{bad}");
        }
        assert!(!is_utf8(b"a\xff"));
        let of = |address: &str| unreadable(&address.parse().unwrap());
        assert_eq!((of("/a?q=%e5%bb%ba"), of("/%00"), of("/x?q=%ff")), (None, Some("U+0000"), Some("UTF-8")));
    }
}
