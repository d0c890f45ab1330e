//! The header `Content-Disposition` of a part (RFC 7578, 4.2), as browsers and other programs write it, read from its bytes: older programs
//! write names in GBK, some as RFC 8187 has it, and some with the whole path.

use encoding_rs::{Encoding, GB18030};
use percent_encoding::percent_decode_str;

/// The `Content-Disposition` of a part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Disposition {
    /// The name of its field.
    pub(super) name: String,
    /// The name of its file; `None` for a text field.
    pub(super) filename: Option<String>,
    /// Whether there is a file name in an unknown encoding.
    pub(super) unreadable: bool,
}

/// Reads the header; `None` if it describes no field of a form.
pub(super) fn read(header: &[u8]) -> Option<Disposition> {
    let (text, unreadable) = decoded(header);
    let (kind, mut rest) = text.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return None;
    }
    let (mut name, mut plain, mut extended) = (None, None, None);
    while let Some((key, value, after)) = parameter(rest) {
        match key.to_ascii_lowercase().as_str() {
            "name" => name = name.or(Some(value)),
            "filename" => plain = plain.or(Some(value)),
            "filename*" => extended = extended.or_else(|| of_rfc8187(&value)),
            _ => {}
        }
        rest = after;
    }
    let unreadable = unreadable && plain.is_some() && extended.is_none();
    Some(Disposition { name: name?, filename: extended.or(plain).map(|name| as_typed(&name)), unreadable })
}

/// The header as text: UTF-8, as all browsers write it today, or else GBK and its successor.
fn decoded(header: &[u8]) -> (String, bool) {
    match std::str::from_utf8(header) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => {
            let (text, malformed) = GB18030.decode_without_bom_handling(header);
            (text.into_owned(), malformed)
        }
    }
}

/// The next `KEY=VALUE` and the text behind it.
fn parameter(text: &str) -> Option<(&str, String, &str)> {
    let (key, rest) = text.split_once('=')?;
    let (key, rest) = (key.trim_matches(|c: char| c == ';' || c.is_whitespace()), rest.trim_start());
    let Some(quoted) = rest.strip_prefix('"') else {
        let (value, after) = rest.split_once(';').unwrap_or((rest, ""));
        return Some((key, value.trim().to_owned(), after));
    };
    let (mut value, mut chars) = (String::new(), quoted.char_indices().peekable());
    while let Some((at, c)) = chars.next() {
        match (c, chars.peek().map(|(_, next)| *next)) {
            ('"', _) => return Some((key, value, quoted.get(at + 1..).unwrap_or_default())),
            // Some programs write a path unescaped; its separators are no escapes.
            ('\\', Some(next @ ('"' | '\\'))) => {
                value.push(next);
                chars.next();
            }
            (c, _) => value.push(c),
        }
    }
    Some((key, value, ""))
}

/// `UTF-8''%E8%B0%83` (RFC 8187, 3.2); `None` where the encoding is unknown or violated.
fn of_rfc8187(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_, written) = rest.split_once('\'')?;
    let bytes: Vec<u8> = percent_decode_str(written).collect();
    let (text, malformed) = Encoding::for_label(charset.as_bytes())?.decode_without_bom_handling(&bytes);
    (!malformed && !text.is_empty()).then(|| text.into_owned())
}

/// Browsers write a quotation mark and ends of lines in a name with percent signs (WHATWG HTML, 4.10.22.8), and nothing else.
fn as_typed(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &[u8]) -> String {
        let found = read(header).unwrap();
        assert_eq!((found.name.as_str(), found.unreadable), ("file", false));
        found.filename.unwrap()
    }

    #[test]
    fn names_are_read_as_programs_write_them() {
        assert_eq!(file("form-data; name=\"file\"; filename=\"调研报告.pdf\"".as_bytes()), "调研报告.pdf");
        assert_eq!(file(b"form-data; name=\"file\"; filename=\"\xb5\xf7\xd1\xd0\xb1\xa8\xb8\xe6.pdf\""), "调研报告.pdf");
        assert_eq!(file(b"form-data; name=file; filename=a.pdf"), "a.pdf");
        assert_eq!(file(b"Form-Data; NAME=\"file\"; FileName=\"a;b=c.pdf\""), "a;b=c.pdf");
        assert_eq!(file(b"form-data; name=\"file\"; filename=\"a.pdf\"; filename*=UTF-8''%E8%B0%83%E7%A0%94.pdf"), "调研.pdf");
        assert_eq!(file(b"form-data; name=\"file\"; filename*=gbk'zh'%B5%F7%D1%D0.pdf; filename=\"a.pdf\""), "调研.pdf");
        assert_eq!(file(b"form-data; name=\"file\"; filename=\"a.pdf\"; filename*=UTF-8''%ff"), "a.pdf", "what can't be read does not win");
        assert_eq!(file(b"form-data; name=\"file\"; filename=\"a%22b%22 100%.pdf\""), "a\"b\" 100%.pdf");
        assert_eq!(file(br#"form-data; name="file"; filename="a\"b\\c.pdf""#), "a\"b\\c.pdf");
        assert_eq!(file(br#"form-data; name="file"; filename="C:\fakepath\a.pdf""#), "C:\\fakepath\\a.pdf");
    }

    #[test]
    fn what_describes_no_field_is_none() {
        for bad in ["", "form-data", "form-data; filename=\"a\"", "attachment; name=\"file\"", "form-data; name"] {
            assert_eq!(read(bad.as_bytes()), None, "{bad}");
        }
        assert!(read(b"form-data; name=\"file\"; filename=\"\xff\xff.pdf\"").unwrap().unreadable);
    }
}
