//! Pages of the web and XML, as programs write them under the ending of a document (HTML, MHTML, the XML of Office 2003).

use encoding_rs::{Encoding, WINDOWS_1252};

/// Bytes of the beginning that are inspected.
const LOOKED_AT: usize = 4096;

/// The beginning of such a file, in lower case.
const BEGINNINGS: [&str; 5] = ["<!doctype html", "<?xml", "<html", "<!--", "mime-version:"];
/// A header of MHTML files (RFC 2557) that may begin with another one.
const MULTIPART: &str = "content-type: multipart/related";
const ELEMENTS: [&str; 9] = ["<head", "<body", "<meta", "<script", "<style", "<table", "<div", "<p>", "<o:p>"];

/// Whether it begins as one.
pub(super) fn is(head: &[u8]) -> bool {
    let head = &head[..head.len().min(LOOKED_AT)];
    let (encoding, mark) = Encoding::for_bom(head).unwrap_or((WINDOWS_1252, 0));
    let text = encoding.decode_without_bom_handling(&head[mark..]).0.to_lowercase();
    let text = text.trim_start();
    BEGINNINGS.iter().chain(&ELEMENTS).any(|beginning| text.starts_with(beginning)) || text.contains(MULTIPART)
}
