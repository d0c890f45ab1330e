//! What kind of file it is, told from its content. Only kinds that an office needs are taken; what is kept is never opened here beyond
//! what its kind is told by.

mod bounded;
mod compound;
mod office;
mod pictures;
mod text;
mod web_page;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// How much of the beginning is looked at.
const WINDOW: u64 = 64 * 1024;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// Of this content type.
    Of(&'static str),
    /// It has no content.
    Empty,
    /// Not taken.
    Refused(Refused),
}

/// Why a file is not taken.
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

/// Where the header of a PDF begins at the latest (PDF Reference 1.4, H.3.4.1).
const PDF_WITHIN: usize = 1024;

/// The kind of a file.
///
/// The name matters in two ways: its ending must fit the content, so that nothing is saved under a kind that it isn't; and kinds without
/// a mark of their own, as plain text, are only believed under an ending of theirs.
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

/// The ending of a name, in lower case; none without a dot.
fn ending(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, ending)| ending.trim().to_lowercase()).filter(|ending| !ending.is_empty())
}

/// The ending by which most know the type: that of the picture, or the first.
fn usual(media: &'static str, endings: &[&'static str]) -> &'static str {
    match media.strip_prefix("image/") {
        Some("jpeg") | None => endings.first().copied().unwrap_or_default(),
        Some(picture) => picture,
    }
}

/// Pictures come first: a photo may hold anything in its remarks, `%PDF` too.
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
