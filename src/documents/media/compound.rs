//! The compound file of the older office programs ([MS-CFB]). Newer ones put an encrypted document into one ([MS-OFFCRYPTO], 2.3). Its list
//! of streams is read within bounds; nothing else of it is read.

use std::fs::File;
use std::io::Read;

use cfb::CompoundFile;

use super::Refused;
use super::bounded::Bounded;

/// The beginning of such a file.
pub(super) const MARK: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The documents of one program: the content types by their endings, and all those endings, the usual one first.
struct OfficeProgram {
    types: &'static [(&'static str, &'static str)],
    endings: &'static [&'static str],
}

const WORD: OfficeProgram = OfficeProgram {
    types: &[("doc", "application/msword"), ("dot", "application/msword"), ("wps", "application/wps-office.wps")],
    endings: &["doc", "dot", "wps"],
};
const EXCEL: OfficeProgram = OfficeProgram {
    types: &[("xls", "application/vnd.ms-excel"), ("xlt", "application/vnd.ms-excel"), ("et", "application/wps-office.et")],
    endings: &["xls", "xlt", "et"],
};
const POWERPOINT: OfficeProgram = OfficeProgram {
    types: &[("ppt", "application/vnd.ms-powerpoint"), ("pps", "application/vnd.ms-powerpoint"), ("dps", "application/wps-office.dps")],
    endings: &["ppt", "pps", "dps"],
};

/// The stream that the documents of each program have.
const STREAMS: [(&str, OfficeProgram); 4] =
    [("/WordDocument", WORD), ("/Workbook", EXCEL), ("/Book", EXCEL), ("/PowerPoint Document", POWERPOINT)];

/// Streams of documents that only open with a password, or with the rights that a server gives (IRM).
const ENCRYPTED: [&str; 2] = ["/EncryptedPackage", "/\u{9}DRMContent"];

/// The content type and the endings that it may have: by its streams, and where they can't be read, by its ending.
pub(super) fn kind(file: &mut File, ending: Option<&str>) -> Result<(&'static str, &'static [&'static str]), Refused> {
    // Without a buffer: the reader seeks before each of its small pieces, and would fill and drop one every time.
    let held = match CompoundFile::open(Bounded::of(file)) {
        Ok(mut file) => program(&mut file)?,
        Err(_) => None,
    };
    let of =
        |program: &OfficeProgram| program.types.iter().find(|(known, _)| ending == Some(known)).map(|(_, media)| (*media, program.endings));
    match held {
        Some(program) => Ok(of(&program).unwrap_or((program.types[0].1, program.endings))),
        None => [WORD, EXCEL, POWERPOINT].iter().find_map(of).ok_or(Refused::Other),
    }
}

fn program(file: &mut CompoundFile<Bounded<'_>>) -> Result<Option<OfficeProgram>, Refused> {
    if ENCRYPTED.iter().any(|stream| file.is_stream(stream)) || is_encrypted_word(file).unwrap_or(false) {
        return Err(Refused::Encrypted);
    }
    Ok(STREAMS.into_iter().find(|(stream, _)| file.is_stream(stream)).map(|(_, program)| program))
}

/// The bit `fEncrypted` of a Word document ([MS-DOC], 2.5.2, `FibBase`). The corresponding flags of workbooks and presentations mean
/// nothing, because programs of that time also encrypted them with a well-known password.
fn is_encrypted_word(file: &mut CompoundFile<Bounded<'_>>) -> Option<bool> {
    let mut base = [0; 12];
    file.open_stream("/WordDocument").ok()?.read_exact(&mut base).ok()?;
    Some(base[..2] == [0xec, 0xa5] && base[11] & 1 == 1)
}
