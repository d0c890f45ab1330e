//! Archives: Word, Excel and PowerPoint (ECMA-376, detected by `[Content_Types].xml` and the relationships, never by the names of parts),
//! OFD (GB/T 33190), and plain ones. Bytes, entries and depth are limited, so that a decompression bomb costs no more than a valid file.

use std::fs::File;
use std::io::{BufReader, Read};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::Refused;
use super::bounded::Bounded;

/// Bytes of one unpacked part.
const PART: u64 = 1024 * 1024;
/// Entries of an office file.
const ENTRIES: usize = 10_000;
/// The largest depth of elements in a part.
const DEPTH: usize = 32;

macro_rules! ooxml {
    ($kind:literal) => {
        concat!("application/vnd.openxmlformats-officedocument.", $kind)
    };
}

/// The types of documents, which with `.main+xml` are those of their main parts, and the endings of such files, the usual one first. WPS writes
/// the same under endings of its own; WPS and programs for mail also under those of the older formats, and Word opens them.
const DOCUMENTS: [(&str, &[&str]); 7] = [
    (ooxml!("wordprocessingml.document"), &["docx", "wps", "doc"]),
    (ooxml!("wordprocessingml.template"), &["dotx", "dot", "docx", "doc"]),
    (ooxml!("spreadsheetml.sheet"), &["xlsx", "et", "xls"]),
    (ooxml!("spreadsheetml.template"), &["xltx", "xlt", "xlsx", "xls"]),
    (ooxml!("presentationml.presentation"), &["pptx", "dps", "ppt"]),
    (ooxml!("presentationml.slideshow"), &["ppsx", "pps", "pptx", "ppt"]),
    (ooxml!("presentationml.template"), &["potx", "pot", "pptx", "ppt"]),
];

/// Substrings of the content types of a document with macros.
const MACROS: [&str; 2] = ["macroEnabled", "vbaProject"];

type Archive<'a> = ZipArchive<BufReader<Bounded<'a>>>;

/// The content type of an archive and the endings that it may have.
pub(super) fn kind(file: &mut File, ending: Option<&str>) -> Result<(&'static str, &'static [&'static str]), Refused> {
    if ending == Some("zip") {
        // Accepted with any contents.
        return Ok(("application/zip", &["zip"]));
    }
    let archive = ZipArchive::new(BufReader::new(Bounded::of(file))).ok().filter(|archive| archive.len() <= ENTRIES);
    let mut archive = archive.ok_or(Refused::Other)?;
    if archive.file_names().flatten().any(|name| plain(&name).eq_ignore_ascii_case("OFD.xml")) {
        return Ok(("application/ofd", &["ofd"]));
    }
    let types = part(&mut archive, "[Content_Types].xml").and_then(|types| ContentTypes::read(&types)).ok_or(Refused::Other)?;
    let holds_macros = types.all().any(|media| MACROS.iter().any(|word| media.contains(word)));
    if holds_macros || archive.file_names().flatten().any(|name| name.to_ascii_lowercase().ends_with("vbaproject.bin")) {
        return Err(Refused::Macros);
    }
    let main = part(&mut archive, "_rels/.rels").and_then(|rels| main_part(&rels));
    let of_main = main.and_then(|name| types.of(&name).map(str::to_ascii_lowercase)).unwrap_or_default();
    let document = of_main.strip_suffix(".main+xml").and_then(|of_main| DOCUMENTS.iter().find(|(document, _)| *document == of_main));
    document.copied().ok_or(Refused::Other)
}

/// A small part of the archive, whichever way its name is written.
fn part(archive: &mut Archive<'_>, name: &str) -> Option<Vec<u8>> {
    let written = archive.file_names().flatten().find(|written| plain(written).eq_ignore_ascii_case(name))?.into_owned();
    let mut bytes = Vec::new();
    let mut entry = archive.by_name(&written).ok()?.take(PART + 1);
    entry.read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= PART).then_some(bytes)
}

fn plain(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_owned()
}

/// `[Content_Types].xml` (ECMA-376-2, 10.1.2): the types of single parts, and of endings.
struct ContentTypes(Vec<(String, String)>);

impl ContentTypes {
    fn read(xml: &[u8]) -> Option<Self> {
        let mut found = Vec::new();
        elements(xml, |element| {
            let (of, media) =
                (attribute(element, "PartName").or_else(|| attribute(element, "Extension")), attribute(element, "ContentType"));
            found.extend(of.map(|of| of.to_ascii_lowercase()).zip(media));
        })?;
        Some(Self(found))
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, media)| media.as_str())
    }

    /// The type of a part: its own, or that of its ending.
    fn of(&self, part: &str) -> Option<&str> {
        let part = format!("/{}", plain(part).to_ascii_lowercase());
        let ending = part.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default();
        let named = |of: &str| self.0.iter().find(|(known, _)| known == of).map(|(_, media)| media.as_str());
        named(&part).or_else(|| named(ending))
    }
}

/// The part that the relationship `officeDocument` of the package leads to, in the transitional and the strict form.
fn main_part(rels: &[u8]) -> Option<String> {
    let mut found = None;
    elements(rels, |element| {
        if attribute(element, "Type").is_some_and(|kind| kind.ends_with("/officeDocument")) {
            found = found.take().or_else(|| attribute(element, "Target"));
        }
    })?;
    found.map(|target: String| target.trim_start_matches("./").to_owned())
}

/// Visits every element of a document; `None` for a document that is malformed, has a DOCTYPE, or is nested too deep.
fn elements(xml: &[u8], mut see: impl FnMut(&BytesStart<'_>)) -> Option<()> {
    let (text, _, malformed) = encoding_rs::UTF_8.decode(xml);
    if malformed {
        return None;
    }
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut depth = 0_usize;
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => {
                depth += 1;
                see(&element);
            }
            Event::Empty(element) => see(&element),
            Event::End(_) => depth = depth.checked_sub(1)?,
            Event::DocType(_) => return None,
            Event::Eof => return Some(()),
            _ => {}
        }
        if depth > DEPTH {
            return None;
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().with_checks(false).flatten().find(|one| one.key.local_name().as_ref() == name)?;
    Some(found.value.into_owned())
}
