//! What kind of file it is, told from its content. Only kinds that an office needs are taken, and none that runs by being opened.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// How much of the beginning and of the end is looked at; the list of a zip archive stands at its end.
const WINDOW: u64 = 64 * 1024;

/// The content type of a file, or none if it is of no kind that is taken.
///
/// The name matters in two ways: its ending must fit the content, so that nothing is saved under a kind that it isn't; and plain text,
/// which has no mark of its own, is only believed under an ending of plain text.
///
/// # Errors
/// When it can't be read.
pub fn media_type(file: &mut File, name: &str) -> io::Result<Option<&'static str>> {
    let length = file.seek(SeekFrom::End(0))?;
    let head = window(file, 0, length)?;
    let tail = window(file, length.saturating_sub(WINDOW), length)?;
    let ending = ending(name);
    let Some((media, endings)) = marked(&head, &tail) else {
        return plain_text(file, &head, ending.as_deref());
    };
    let fits = ending.is_none_or(|ending| endings.contains(&ending.as_str()));
    Ok(fits.then_some(media))
}

fn window(file: &mut File, from: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    Read::by_ref(file).take(WINDOW.min(length)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn ending(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).filter(|ending| !ending.is_empty())
}

/// Pictures are often renamed by telephones and chat programs, so any picture's ending fits any picture.
const PICTURES: &[&str] = &["jpg", "jpeg", "png", "webp", "heic", "heif"];

fn marked(head: &[u8], tail: &[u8]) -> Option<(&'static str, &'static [&'static str])> {
    if infer::archive::is_pdf(head) {
        return Some(("application/pdf", &["pdf"]));
    }
    if infer::image::is_png(head) {
        return Some(("image/png", PICTURES));
    }
    if infer::image::is_jpeg(head) {
        return Some(("image/jpeg", PICTURES));
    }
    if infer::image::is_webp(head) {
        return Some(("image/webp", PICTURES));
    }
    if infer::image::is_heif(head) {
        return Some(("image/heic", PICTURES));
    }
    if infer::archive::is_zip(head) { office(head, tail) } else { None }
}

/// Word, Excel, PowerPoint and OFD (GB/T 33190) are zip archives, told by the parts that they must have. One with macros is not taken.
fn office(head: &[u8], tail: &[u8]) -> Option<(&'static str, &'static [&'static str])> {
    let holds = |name: &str| [head, tail].iter().any(|bytes| bytes.windows(name.len()).any(|window| window == name.as_bytes()));
    if holds("vbaProject.bin") {
        return None;
    }
    if holds("OFD.xml") {
        return Some(("application/ofd", &["ofd"]));
    }
    if !holds("[Content_Types].xml") {
        return None;
    }
    let kinds: [(&str, &'static str, &'static [&'static str]); 3] = [
        ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx"]),
        ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx"]),
        ("ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation", &["pptx"]),
    ];
    kinds.into_iter().find(|(part, ..)| holds(part)).map(|(_, media, endings)| (media, endings))
}

/// Plain text, also in the older Chinese encodings: no control characters, and no mark of something else.
fn plain_text(file: &mut File, head: &[u8], ending: Option<&str>) -> io::Result<Option<&'static str>> {
    if !matches!(ending, Some("txt" | "csv" | "md")) || head.is_empty() || infer::get(head).is_some() {
        return Ok(None);
    }
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut text)?;
    if text.iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c)) {
        return Ok(None);
    }
    Ok(Some(if std::str::from_utf8(&text).is_ok() { "text/plain; charset=utf-8" } else { "text/plain" }))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn of(content: &[u8], name: &str) -> Option<&'static str> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        media_type(&mut file, name).unwrap()
    }

    /// A zip archive's first entry and a list with these names, as far as it is looked at.
    fn zip(names: &[&str]) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04\x14\0\0\0\0\0".to_vec();
        bytes.extend([0; 20]);
        bytes.extend(names.iter().flat_map(|name| name.bytes().chain(*b"PK\x01\x02")));
        bytes
    }

    #[test]
    fn the_content_decides_and_the_ending_must_fit() {
        let png = b"\x89PNG\r\n\x1a\n0000";
        assert_eq!(of(b"%PDF-1.7 x", "批示.pdf"), Some("application/pdf"));
        assert_eq!(of(b"%PDF-1.7 x", "PDF.PDF"), Some("application/pdf"));
        assert_eq!(of(b"%PDF-1.7 x", "no ending"), Some("application/pdf"));
        assert_eq!(of(b"%PDF-1.7 x", "page.html"), None, "not under another kind's ending");
        assert_eq!(of(png, "photo.JPG"), Some("image/png"));
        assert_eq!(of(b"MZ\x90\0\x03\0\0\0", "photo.png"), None);
        assert_eq!(of(b"MZ\x90\0\x03\0\0\0", "setup.exe"), None);
        assert_eq!(of(b"", "empty.pdf"), None);
    }

    #[test]
    fn office_files_are_told_by_their_parts() {
        let docx = zip(&["[Content_Types].xml", "word/document.xml"]);
        assert_eq!(of(&docx, "a.docx"), Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document"));
        assert_eq!(of(&docx, "a.jar"), None);
        assert_eq!(of(&zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]), "a.docx"), None);
        assert!(of(&zip(&["[Content_Types].xml", "xl/workbook.xml"]), "a.xlsx").is_some_and(|media| media.ends_with("sheet")));
        assert_eq!(of(&zip(&["OFD.xml", "Doc_0/Document.xml"]), "公文.ofd"), Some("application/ofd"));
        assert_eq!(of(&zip(&["readme.txt"]), "a.zip"), None);
    }

    #[test]
    fn plain_text_is_text_under_its_own_ending() {
        assert_eq!(of("关于停车难".as_bytes(), "a.txt"), Some("text/plain; charset=utf-8"));
        assert_eq!(of(b"\xb9\xd8\xd3\xda", "gb18030.txt"), Some("text/plain"));
        assert_eq!(of("关于停车难".as_bytes(), "a.html"), None);
        assert_eq!(of(b"<html><script>alert(1)</script>", "a.txt"), None);
        assert_eq!(of(b"<svg onload=alert(1)>", "a.svg"), None);
        assert_eq!(of(b"a\0b", "a.txt"), None);
    }
}
