//! `Range` requests (RFC 9110, section 14): which bytes of a file a request asks for. The crate `http-range` reads the positions. A request for
//! several ranges, or in another unit than bytes, is answered with the whole file, as the RFC allows.

use actix_web::http::header::{HeaderMap, IF_RANGE, RANGE};
use http_range::HttpRange;

/// The range lies outside the file, or is malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchPart;

/// A range of bytes within a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// Position of the first byte.
    pub from: u64,
    /// Number of bytes.
    pub length: u64,
}

/// The range that a request asks for; `None` stands for the whole file. `tag` is the file's entity tag, `bytes` its length.
///
/// # Errors
/// [`NoSuchPart`] for a range that is malformed or lies outside the file.
pub fn asked(headers: &HeaderMap, tag: &str, bytes: u64) -> Result<Option<ByteRange>, NoSuchPart> {
    let Some(asked) = headers.get(RANGE) else { return Ok(None) };
    // A client that has the beginning of another version must load the whole file (RFC 9110, section 13.1.5). A date never matches: files
    // are sent without `Last-Modified`.
    if headers.get(IF_RANGE).is_some_and(|validator| validator.as_bytes() != tag.as_bytes()) {
        return Ok(None);
    }
    let asked = asked.to_str().unwrap_or_default();
    let Some((unit, set)) = asked.split_once('=') else { return Err(NoSuchPart) };
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return Ok(None);
    }
    part(set.trim(), bytes).map(Some).ok_or(NoSuchPart)
}

/// Reads one range: `FIRST-LAST`, `FIRST-` or `-SUFFIX_LENGTH`.
fn part(range: &str, bytes: u64) -> Option<ByteRange> {
    // `http-range` accepts white space inside a range, which the grammar of RFC 9110, section 14.1.1, does not.
    if range.contains([' ', '\t']) {
        return None;
    }
    let found = HttpRange::parse(&format!("bytes={range}"), bytes).ok()?;
    // An empty range can't be written as `Content-Range`; `http-range` reads a suffix of an empty file as one.
    let found = found.first().filter(|found| found.length > 0)?;
    Some(ByteRange { from: found.start, length: found.length })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_one_part_of_the_file_or_none() {
        let of = |range: &str| part(range, 10).map(|part| (part.from, part.length));
        assert_eq!(of("0-3"), Some((0, 4)));
        assert_eq!(of("4-"), Some((4, 6)));
        assert_eq!(of("-3"), Some((7, 3)));
        assert_eq!(of("8-99"), Some((8, 2)), "it ends where the file does");
        assert_eq!(of("-99"), Some((0, 10)));
        for none in [
            "10-",
            "10-12",
            "5-4",
            "-0",
            "-",
            "",
            "a-b",
            "+1-2",
            "1 - 2",
            "0x1-2",
            "99999999999999999999-",
            "0-99999999999999999999",
            "--1",
        ] {
            assert_eq!(of(none), None, "{none}");
        }
        assert_eq!(part("-1", 0), None, "an empty file has no part");
    }
}
