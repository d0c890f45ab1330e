//! A part of a file: `Range` with one range of bytes (RFC 9110, section 14). What asks for several parts, or in another unit, gets the whole.

use actix_web::http::header::{HeaderMap, IF_RANGE, RANGE};

/// The file has no such part, or it is not written as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchPart;

/// Which bytes of a file are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// The first one.
    pub from: u64,
    /// How many.
    pub length: u64,
}

/// The part that a request asks for; none: the whole. `tag` is the file's entity tag, `bytes` its length.
///
/// # Errors
/// [`NoSuchPart`] for a range that is none, or lies outside the file.
pub fn asked(headers: &HeaderMap, tag: &str, bytes: u64) -> Result<Option<ByteRange>, NoSuchPart> {
    let Some(asked) = headers.get(RANGE) else { return Ok(None) };
    // Who has the beginning of another file than this one must begin anew.
    if headers.get(IF_RANGE).is_some_and(|kept| kept.as_bytes() != tag.as_bytes()) {
        return Ok(None);
    }
    let asked = asked.to_str().unwrap_or_default();
    let Some((unit, set)) = asked.split_once('=') else { return Err(NoSuchPart) };
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return Ok(None);
    }
    part(set.trim(), bytes).map(Some).ok_or(NoSuchPart)
}

/// `FIRST-LAST`, `FIRST-` or `-LAST_SO_MANY`.
fn part(range: &str, bytes: u64) -> Option<ByteRange> {
    let (first, last) = range.split_once('-')?;
    let number = |text: &str| if text.bytes().all(|c| c.is_ascii_digit()) { text.parse::<u64>().ok() } else { None };
    if first.is_empty() {
        let length = number(last)?.min(bytes);
        return (length > 0).then_some(ByteRange { from: bytes - length, length });
    }
    let first = number(first)?;
    let last = if last.is_empty() { u64::MAX } else { number(last)? };
    if last < first || first >= bytes {
        return None;
    }
    Some(ByteRange { from: first, length: last.min(bytes - 1) - first + 1 })
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
        for none in ["10-", "10-12", "5-4", "-0", "-", "", "a-b", "+1-2", "1 - 2", "0x1-2", "99999999999999999999-", "--1"] {
            assert_eq!(of(none), None, "{none}");
        }
        assert_eq!(part("-1", 0), None, "an empty file has no part");
    }
}
