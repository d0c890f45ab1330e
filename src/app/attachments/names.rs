//! Names of files, kept as uploaded but without paths.

use crate::domain::characters::{clean, is_blank};
use crate::domain::violation::{Violation, required_line};

/// The largest number of characters of a name.
const NAME_CHARS: usize = 200;

/// Names that Windows reserves for devices, with any extension.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Returns a file's name: the part behind the last slash of a path, on one line. Names of devices get an underscore in front, so that the
/// file can be saved.
///
/// # Errors
/// A violation of the field `file`.
pub fn file_name(name: &str) -> Result<String, Violation> {
    let name: String = clean(name).replace(['\n', '\t'], " ");
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    // A name with nothing visible but its extension does not identify the file.
    let shows_nothing = last.rsplit_once('.').is_some_and(|(stem, _)| !stem.is_empty() && is_blank(stem));
    if !is_blank(&name) && (last.trim_matches('.').is_empty() || shows_nothing) {
        return Err(Violation::new("file", "bad_file_name"));
    }
    // Windows removes dots and blanks at the end.
    let last = required_line("file", last.trim_end_matches(['.', ' ']), NAME_CHARS)?;
    Ok(if is_device(&last) { format!("_{last}") } else { last })
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim().to_ascii_lowercase();
    let numbered = |of: &str| stem.strip_prefix(of).is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']));
    DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn names_are_kept_as_given_but_lead_nowhere() {
        let code = |name: &str| file_name(name).map_err(|violation| violation.code);
        for name in [
            "调研报告（终稿）.docx",
            "a b.pdf",
            "=1+1.xlsx",
            ".hidden",
            "a\u{202e}fdp.exe.pdf",
            "%5c.pdf",
            "con2.pdf",
            "console.pdf",
            "a\"b\".pdf",
        ] {
            assert_eq!(code(name).as_deref(), Ok(name));
        }
        for (path, name) in [
            ("../etc/passwd", "passwd"),
            ("C:\\fakepath\\报告.pdf", "报告.pdf"),
            ("/home/li/报告.pdf", "报告.pdf"),
            ("\\\\server\\share\\a.pdf", "a.pdf"),
            ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
            ("a\0.pdf", "a.pdf"),
            ("a.pdf. . ", "a.pdf"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("Lpt1.pdf", "_Lpt1.pdf"),
        ] {
            assert_eq!(code(path).as_deref(), Ok(name), "{path:?}");
        }
        for nowhere in ["..", ".", "a/..", "a\\", "/", "\u{200b}\u{3164}.pdf"] {
            assert_eq!(code(nowhere), Err("bad_file_name"), "{nowhere:?}");
        }
        assert_eq!((code("  "), code("\u{200b}"), code(&"长".repeat(201))), (Err("required"), Err("invisible"), Err("too_long")));
    }
}
