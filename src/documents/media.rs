//! What kind of file it is, told from its content. Only kinds that an office needs are taken; what is kept is never opened here beyond
//! what its kind is told by.

mod office;
mod pictures;
mod text;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// How much of the beginning is looked at.
const WINDOW: u64 = 64 * 1024;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Of this content type.
    Of(&'static str),
    /// It has no content.
    Empty,
    /// Of no kind that is taken, or under the ending of another kind.
    Other,
}

/// Kinds that have a mark of their own at their beginning, each with the endings that it may have.
const MARKED: [(&[u8], &str, &[&str]); 1] = [(b"{\\rtf", "application/rtf", &["rtf", "doc"])];

/// The compound file of the older office programs. What it holds, its ending says; it is never opened.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const COMPOUND_ENDINGS: [(&str, &str); 9] = [
    ("doc", "application/msword"),
    ("dot", "application/msword"),
    ("xls", "application/vnd.ms-excel"),
    ("xlt", "application/vnd.ms-excel"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pps", "application/vnd.ms-powerpoint"),
    ("wps", "application/wps-office.wps"),
    ("et", "application/wps-office.et"),
    ("dps", "application/wps-office.dps"),
];

/// Where the header of a PDF begins at the latest (PDF Reference 1.4, H.3.4.1).
const PDF_WITHIN: usize = 1024;

/// The kind of a file.
///
/// The name matters in two ways: its ending must fit the content, so that nothing is saved under a kind that it isn't; and kinds without
/// a mark of their own, as plain text, are only believed under an ending of theirs.
///
/// # Errors
/// When it can't be read.
pub fn kind(file: &mut File, name: &str) -> io::Result<Kind> {
    let length = file.seek(SeekFrom::End(0))?;
    if length == 0 {
        return Ok(Kind::Empty);
    }
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    Read::by_ref(file).take(WINDOW).read_to_end(&mut head)?;
    let ending = ending(name);
    if let Some(ending) = ending.as_deref().filter(|ending| text::ENDINGS.contains(ending)) {
        return Ok(text::kind(file, &head, ending)?.map_or(Kind::Other, Kind::Of));
    }
    let found = marked(file, &head, ending.as_deref());
    let fits = |endings: &[&str]| ending.as_deref().is_none_or(|ending| endings.contains(&ending));
    Ok(found.filter(|(_, endings)| fits(endings)).map_or(Kind::Other, |(media, _)| Kind::Of(media)))
}

/// The ending of a name, in lower case; none without a dot.
fn ending(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, ending)| ending.trim().to_lowercase()).filter(|ending| !ending.is_empty())
}

/// Pictures come first: a photo may hold anything in its remarks, `%PDF` too.
fn marked(file: &mut File, head: &[u8], ending: Option<&str>) -> Option<(&'static str, &'static [&'static str])> {
    if let Some(media) = pictures::kind(head) {
        return Some((media, pictures::ENDINGS));
    }
    if let Some((_, media, endings)) = MARKED.iter().find(|(mark, ..)| head.starts_with(mark)) {
        return Some((media, endings));
    }
    if head.starts_with(COMPOUND) {
        let (_, media) = COMPOUND_ENDINGS.iter().find(|(known, _)| ending == Some(known))?;
        return Some((media, &["doc", "dot", "xls", "xlt", "ppt", "pps", "wps", "et", "dps"]));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return office::kind(file, ending);
    }
    let start = &head[..head.len().min(PDF_WITHIN)];
    start.windows(5).any(|window| window == b"%PDF-").then_some(("application/pdf", &["pdf"][..]))
}

#[cfg(test)]
mod tests;
