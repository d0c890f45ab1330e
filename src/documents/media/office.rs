//! Archives: Word, Excel and PowerPoint (ECMA-376, told by `[Content_Types].xml` and the relationships, never by the names of parts), OFD (GB/T
//! 33190), and plain ones. Read within bounds: bytes, entries, depth; a bomb costs no more than an honest file.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

/// Bytes of an archive that are read: its list of entries and two small parts.
const BUDGET: u64 = 4 * 1024 * 1024;
/// Bytes of one unpacked part.
const PART: u64 = 1024 * 1024;
/// Entries of an office file.
const ENTRIES: usize = 10_000;
/// How deep its parts may be nested.
const DEPTH: usize = 32;

/// The main part of a document and the endings of such a file. WPS writes the same under endings of its own.
const MAIN: [(&str, &str, &[&str]); 3] = [
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        &["docx", "wps"],
    ),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        &["xlsx", "et"],
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        &["pptx", "dps"],
    ),
];

/// What the types of a document with macros hold.
const MACROS: [&str; 2] = ["macroEnabled", "vbaProject"];

/// A file of which only so many bytes can be read.
struct Bounded<'a> {
    file: &'a mut File,
    left: u64,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 && !buffer.is_empty() {
            return Err(io::Error::other("more of this archive had to be read than is allowed"));
        }
        let read = self.file.read(&mut buffer[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}

impl Seek for Bounded<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

type Archive<'a> = ZipArchive<BufReader<Bounded<'a>>>;

/// The content type of an archive and the endings that it may have.
pub(super) fn kind(file: &mut File, ending: Option<&str>) -> Option<(&'static str, &'static [&'static str])> {
    if ending == Some("zip") {
        // Kept as it is, whatever it holds.
        return Some(("application/zip", &["zip"]));
    }
    let mut archive = ZipArchive::new(BufReader::new(Bounded { file, left: BUDGET })).ok().filter(|archive| archive.len() <= ENTRIES)?;
    if archive.index_for_name("OFD.xml").is_some() {
        return Some(("application/ofd", &["ofd"]));
    }
    let types = ContentTypes::read(&part(&mut archive, "[Content_Types].xml")?)?;
    let holds_macros = types.all().any(|media| MACROS.iter().any(|word| media.contains(word)));
    if holds_macros || archive.file_names().flatten().any(|name| name.to_ascii_lowercase().ends_with("vbaproject.bin")) {
        return None;
    }
    let main = part(&mut archive, "_rels/.rels").and_then(|rels| main_part(&rels));
    let of_main = main.and_then(|name| types.of(&name).map(str::to_owned));
    let is_main = |media: &str| MAIN.iter().find(|(main, ..)| media.eq_ignore_ascii_case(main));
    let (_, media, endings) = of_main.as_deref().and_then(is_main)?;
    Some((media, endings))
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

/// Shows every element of a document; none for what is none, holds a DOCTYPE, or is nested too deep.
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
