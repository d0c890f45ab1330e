//! Detects the kind of a file from its content. Only kinds that an office needs are accepted; of a file no more is read than its kind
//! requires.

mod bounded;
mod compound;
mod office;
mod pictures;
mod text;
mod web_page;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of the beginning that are inspected.
const WINDOW: u64 = 64 * 1024;

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// Of this content type.
    Of(&'static str),
    /// It has no content.
    Empty,
    /// Not taken.
    Refused(Refused),
}

/// The reason why a file is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is of no kind that is taken.
    Other,
    /// It is of a kind that is taken, under an ending of another; this would be a right one.
    Ending(&'static str),
    /// It only opens with a password.
    Encrypted,
    /// It holds macros.
    Macros,
    /// It is a page of the web or XML under the ending of a document.
    WebPage,
}

/// Kinds that have a mark of their own at their beginning, each with the endings that it may have.
const MARKED: [(&[u8], &str, &[&str]); 1] = [(b"{\\rtf", "application/rtf", &["rtf", "doc", "dot", "wps"])];

/// The latest position of the header of a PDF (PDF Reference 1.4, H.3.4.1).
const PDF_WITHIN: usize = 1024;

/// The kind of a file.
///
/// The name matters in two ways: its ending must fit the content, so that nothing is saved under a kind that it isn't; and kinds without a
/// signature, such as plain text, are only accepted under one of their endings.
///
/// # Errors
/// When it can't be read.
pub fn kind(file: &mut File, name: &str) -> io::Result<MediaKind> {
    let length = file.seek(SeekFrom::End(0))?;
    if length == 0 {
        return Ok(MediaKind::Empty);
    }
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    Read::by_ref(file).take(WINDOW).read_to_end(&mut head)?;
    let ending = ending(name);
    let ending = ending.as_deref();
    if let Some(ending) = ending.filter(|ending| text::ENDINGS.contains(ending))
        && let Some(media) = text::kind(file, &head, ending)?
    {
        return Ok(MediaKind::Of(media));
    }
    Ok(match marked(file, &head, ending) {
        Ok((media, endings)) if ending.is_none_or(|ending| endings.contains(&ending)) => MediaKind::Of(media),
        Ok((media, endings)) => MediaKind::Refused(Refused::Ending(usual(media, endings))),
        Err(Refused::Other) if web_page::is(&head) => MediaKind::Refused(Refused::WebPage),
        Err(refused) => MediaKind::Refused(refused),
    })
}

/// The ending of a name, in lower case; `None` without a dot.
fn ending(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, ending)| ending.trim().to_lowercase()).filter(|ending| !ending.is_empty())
}

/// The usual ending of the type: that of the picture, or the first.
fn usual(media: &'static str, endings: &[&'static str]) -> &'static str {
    match media.strip_prefix("image/") {
        Some("jpeg") | None => endings.first().copied().unwrap_or_default(),
        Some(picture) => picture,
    }
}

/// Pictures come first, because the metadata of a photo may contain anything, `%PDF` too.
fn marked(file: &mut File, head: &[u8], ending: Option<&str>) -> Result<(&'static str, &'static [&'static str]), Refused> {
    if let Some(media) = pictures::kind(head) {
        return Ok((media, pictures::ENDINGS));
    }
    if let Some((_, media, endings)) = MARKED.iter().find(|(mark, ..)| head.starts_with(mark)) {
        return Ok((media, endings));
    }
    if head.starts_with(compound::MARK) {
        return compound::kind(file, ending);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return office::kind(file, ending);
    }
    let start = &head[..head.len().min(PDF_WITHIN)];
    let is_pdf = start.windows(5).any(|window| window == b"%PDF-");
    if is_pdf { Ok(("application/pdf", &["pdf"])) } else { Err(Refused::Other) }
}

#[cfg(test)]
mod tests;
