//! Plain text: UTF-8, the older Chinese encodings, and UTF-16 as Windows' editor writes it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{BIG5, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// The endings under which a file is believed to be plain text.
pub(super) const ENDINGS: [&str; 4] = ["txt", "csv", "md", "text"];

/// Bytes read at a time.
const PIECE: usize = 32 * 1024;

/// The content type of a text; `None` for a file that is no text, or that a browser could take for a page. The first bytes don't matter: a
/// text may begin with `BM`, `MZ` or `PK`.
pub(super) fn kind(file: &mut File, head: &[u8], ending: &str) -> io::Result<Option<&'static str>> {
    if infer::text::is_html(head) || infer::text::is_xml(head) {
        return Ok(None);
    }
    let encodings: &[&'static Encoding] = match head {
        [0xff, 0xfe, ..] => &[UTF_16LE],
        [0xfe, 0xff, ..] => &[UTF_16BE],
        _ => &[UTF_8, GB18030, BIG5],
    };
    for encoding in encodings {
        if is_text(file, encoding)? {
            return Ok(Some(match (*encoding == UTF_8, ending) {
                (true, "csv") => "text/csv; charset=utf-8",
                (true, _) => "text/plain; charset=utf-8",
                (false, _) => "text/plain",
            }));
        }
    }
    Ok(None)
}

/// Whether the whole file is valid in this encoding and has no control characters. Read in chunks, so that a long file takes no memory.
fn is_text(file: &mut File, encoding: &'static Encoding) -> io::Result<bool> {
    file.seek(SeekFrom::Start(0))?;
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let (mut piece, mut read) = (vec![0; PIECE], String::with_capacity(PIECE * 4));
    loop {
        let length = file.read(&mut piece)?;
        let mut rest = &piece[..length];
        loop {
            read.clear();
            let (result, used) = decoder.decode_to_string_without_replacement(rest, &mut read, length == 0);
            rest = rest.get(used..).unwrap_or_default();
            if matches!(result, DecoderResult::Malformed(..)) || read.chars().any(is_control) {
                return Ok(false);
            }
            if result == DecoderResult::InputEmpty {
                break;
            }
        }
        if length == 0 {
            return Ok(true);
        }
    }
}

fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{85}' | '\u{1a}')
}
