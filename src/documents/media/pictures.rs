//! Pictures, as cameras, telephones, scanners and chat programs make them.

/// Pictures are often renamed by telephones and chat programs, so any picture's ending fits any picture.
pub(super) const ENDINGS: &[&str] = &[
    "jpg", "jpeg", "jpe", "jfif", "pjpeg", "pjp", "png", "webp", "gif", "bmp", "dib", "tif", "tiff", "heic", "heics", "heif", "heifs",
    "hif", "avif", "avifs",
];

/// Brands of the High Efficiency Image File Format (ISO/IEC 23008-12) and of AVIF.
const HEIF: [&[u8; 4]; 16] = [
    b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"mif2", b"mif3", b"msf1", b"miaf", b"MiHE", b"MiHB",
    b"jpeg",
];
const AVIF: [&[u8; 4]; 4] = [b"avif", b"avis", b"avio", b"MA1B"];

/// Sizes that the header of a Windows bitmap may have, from OS/2 to version 5.
const BITMAP_HEADERS: [u32; 7] = [12, 40, 52, 56, 64, 108, 124];

/// The content type of a picture.
pub(super) fn kind(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if head.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        Some("image/webp")
    } else if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        Some("image/gif")
    } else if head.starts_with(b"II*\0") || head.starts_with(b"MM\0*") {
        Some("image/tiff")
    } else if is_bitmap(head) {
        Some("image/bmp")
    } else {
        heif(head)
    }
}

/// Texts may begin with `BM` too, so the header of a bitmap must follow.
fn is_bitmap(head: &[u8]) -> bool {
    let size = head.get(14..18).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4]) && size.is_some_and(|size| BITMAP_HEADERS.contains(&size))
}

/// The box `ftyp` at the beginning names a brand, and others that the file is fit for.
fn heif(head: &[u8]) -> Option<&'static str> {
    let length = usize::try_from(u32::from_be_bytes(head.get(..4)?.try_into().ok()?)).ok()?;
    if head.get(4..8) != Some(b"ftyp") || length < 16 {
        return None;
    }
    let body = head.get(8..length.min(head.len()))?;
    let brands = || body.chunks_exact(4).enumerate().filter(|(at, _)| *at != 1).map(|(_, brand)| brand);
    if brands().any(|brand| AVIF.iter().any(|known| *known == brand)) {
        return Some("image/avif");
    }
    let is_known = brands().any(|brand| HEIF.iter().any(|known| *known == brand));
    is_known.then_some("image/heic")
}
