//! Tests with files of daily work and with malicious ones.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::*;

fn of(content: &[u8], name: &str) -> MediaKind {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(content).unwrap();
    kind(&mut file, name).unwrap()
}

const OTHER: MediaKind = MediaKind::Refused(Refused::Other);
const ENCRYPTED: MediaKind = MediaKind::Refused(Refused::Encrypted);
const MACROS: MediaKind = MediaKind::Refused(Refused::Macros);
const WEB_PAGE: MediaKind = MediaKind::Refused(Refused::WebPage);

fn is_of_another(ending: &'static str) -> MediaKind {
    MediaKind::Refused(Refused::Ending(ending))
}

const DOCX: MediaKind = MediaKind::Of("application/vnd.openxmlformats-officedocument.wordprocessingml.document");

fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn types(part: &str, media: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" \
         ContentType=\"application/xml\"/><Override PartName=\"{part}\" ContentType=\"{media}\"/></Types>"
    )
}

fn rels(target: &str) -> String {
    format!(
        "<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
         Target=\"{target}\"/></Relationships>"
    )
}

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

#[test]
fn office_files_are_told_by_types_and_relationships() {
    for (part, target) in
        [("/word/document.xml", "word/document.xml"), ("/word/document2.xml", "/word/document2.xml"), ("/Doc.XML", "./doc.xml")]
    {
        let file = zipped(&[("_rels/.rels", &rels(target)), ("[Content_Types].xml", &types(part, WORD)), (&part[1..], "<w:document/>")]);
        assert_eq!(of(&file, "报告.docx"), DOCX, "{part}");
        assert_eq!(of(&file, "报告.wps"), DOCX);
        assert_eq!(of(&file, "报告"), DOCX);
        assert_eq!(of(&file, "报告.doc"), DOCX, "as WPS and programs for mail save it");
        assert_eq!(of(&file, "a.jar"), is_of_another("docx"));
        assert_eq!(of(&file, "a.xlsx"), is_of_another("docx"));
        assert_eq!(of(&file, "a.zip"), MediaKind::Of("application/zip"));
    }
    let strict = rels("word/document.xml")
        .replace("http://schemas.openxmlformats.org/officeDocument/2006", "http://purl.oclc.org/ooxml/officeDocument");
    assert_eq!(of(&zipped(&[("[Content_Types].xml", &types("/word/document.xml", WORD)), ("_rels/.rels", &strict)]), "a.docx"), DOCX);
    let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
    let sheet = zipped(&[("[Content_Types].xml", &types("/xl/workbook.xml", sheet)), ("_rels/.rels", &rels("xl/workbook.xml"))]);
    for name in ["名单.xlsx", "名单.xls", "名单.et"] {
        assert!(matches!(of(&sheet, name), MediaKind::Of(media) if media.ends_with("sheet")), "{name}");
    }
    assert_eq!(of(&sheet, "名单.doc"), is_of_another("xlsx"));
    for (kind, endings) in [
        ("presentationml.presentation", ["pptx", "dps", "ppt"]),
        ("presentationml.slideshow", ["ppsx", "pps", "ppt"]),
        ("wordprocessingml.template", ["dotx", "dot", "docx"]),
        ("spreadsheetml.template", ["xltx", "xlt", "xlsx"]),
    ] {
        let media = format!("application/vnd.openxmlformats-officedocument.{kind}");
        let file = zipped(&[("[Content_Types].xml", &types("/a.xml", &format!("{media}.main+xml"))), ("_rels/.rels", &rels("a.xml"))]);
        for ending in endings {
            assert!(matches!(of(&file, &format!("a.{ending}")), MediaKind::Of(found) if found == media), "{ending}");
        }
    }
    for root in ["OFD.xml", "ofd.xml", "/OFD.xml"] {
        let ofd = zipped(&[(root, "<ofd:OFD/>"), ("Doc_0/Document.xml", "")]);
        assert_eq!((of(&ofd, "公文.ofd"), of(&ofd, "公文.OFD")), (MediaKind::Of("application/ofd"), MediaKind::Of("application/ofd")));
        assert_eq!((of(&ofd, "公文.pdf"), of(&ofd, "公文.ofd.bin")), (is_of_another("ofd"), is_of_another("ofd")));
    }
    // The names of parts alone make no document, nor do those of macros.
    assert_eq!(of(&zipped(&[("[Content_Types].xml", "x"), ("word/document.xml", "x")]), "a.docx"), OTHER);
    let macros = [("word/vbaProject.bin", WORD), ("m", "application/vnd.ms-word.document.macroEnabled.main+xml")];
    for (name, media) in macros {
        let file = zipped(&[
            ("[Content_Types].xml", &types("/word/document.xml", media)),
            ("_rels/.rels", &rels("word/document.xml")),
            (name, "x"),
        ]);
        assert_eq!((of(&file, "a.docx"), of(&file, "a.doc")), (MACROS, MACROS), "{name}");
    }
}

#[test]
fn a_bomb_costs_no_more_than_an_honest_file() {
    let bomb = " ".repeat(64 * 1024 * 1024);
    let packed = zipped(&[("[Content_Types].xml", &bomb), ("_rels/.rels", &rels("a"))]);
    assert!(packed.len() < 512 * 1024);
    assert_eq!(of(&packed, "a.docx"), OTHER);
    let nested = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert_eq!(of(&zipped(&[("[Content_Types].xml", &nested)]), "a.docx"), OTHER);
    let entity = format!("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>{}", types("/a.xml", WORD));
    assert_eq!(of(&zipped(&[("[Content_Types].xml", &entity), ("_rels/.rels", &rels("a.xml"))]), "a.docx"), OTHER);
    let names: Vec<String> = (0..60_000).map(|n| format!("word/media/a-rather-long-name-of-a-picture-{n}.png")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert_eq!(of(&zipped(&many), "a.docx"), OTHER);
    for broken in [&b"PK\x03\x04"[..], b"PK\x05\x06", &packed[..packed.len() / 2], &packed[..packed.len() - 1]] {
        assert_eq!(of(broken, "a.docx"), OTHER);
    }
}

#[test]
fn the_content_decides_and_the_ending_must_fit() {
    let png = b"\x89PNG\r\n\x1a\n0000";
    for name in ["批示.pdf", "PDF.PDF", "no ending"] {
        assert_eq!(of(b"%PDF-1.7 x", name), MediaKind::Of("application/pdf"));
    }
    assert_eq!(of(b"\xef\xbb\xbf\r\n%PDF-1.7 x", "a.pdf"), MediaKind::Of("application/pdf"));
    assert_eq!(of(b"%PDF-1.7 x", "page.html"), is_of_another("pdf"), "not under another kind's ending");
    assert_eq!(of(png, "photo.JPG"), MediaKind::Of("image/png"));
    for runs in ["photo.png", "setup.exe", "a.doc", "a.txt", "a.zip"] {
        assert_eq!(of(b"MZ\x90\0\x03\0\0\0", runs), OTHER);
    }
    assert_eq!((of(b"", "empty.pdf"), of(b"", "a.exe")), (MediaKind::Empty, MediaKind::Empty));
    let compound = [compound::MARK, &[0; 512]].concat();
    for (name, media) in [
        ("a.doc", "application/msword"),
        ("a.wps", "application/wps-office.wps"),
        ("a.et", "application/wps-office.et"),
        ("a.XLS", "application/vnd.ms-excel"),
    ] {
        assert_eq!(of(&compound, name), MediaKind::Of(media));
    }
    assert_eq!((of(&compound, "a.msi"), of(&compound, "a.docx"), of(&compound, "a")), (OTHER, OTHER, OTHER));
    for name in ["a.rtf", "a.doc", "a.wps"] {
        assert_eq!(of(b"{\\rtf1\\ansi x}", name), MediaKind::Of("application/rtf"));
    }
}

#[test]
fn pictures_of_every_camera_are_pictures() {
    let mut photo = b"\xff\xd8\xff\xe1\0\x40Exif\0\0".to_vec();
    photo.extend(b"caption %PDF-1.4 of a screen");
    for name in ["a.jpg", "微信图片.jfif", "a.jpe", "a.JPEG", "a.png"] {
        assert_eq!(of(&photo, name), MediaKind::Of("image/jpeg"), "{name}");
    }
    assert_eq!(of(&photo, "a.pdf"), is_of_another("jpg"));
    let heif = |brand: &str, others: &str| {
        [&[0, 0, 0, 16 + u8::try_from(others.len()).unwrap()], b"ftyp", brand.as_bytes(), &[0; 4], others.as_bytes()].concat()
    };
    for brand in ["heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs", "mif1", "msf1", "mif2"] {
        assert_eq!(of(&heif(brand, "mif1heic"), "IMG_0001.HEIC"), MediaKind::Of("image/heic"), "{brand}");
    }
    assert_eq!(of(&heif("MiPr", "miafMiHBheic"), "a.heif"), MediaKind::Of("image/heic"));
    assert_eq!(of(&heif("avif", "avifmif1miaf"), "a.avif"), MediaKind::Of("image/avif"));
    assert_eq!(of(&heif("isom", "mp41"), "a.heic"), OTHER, "a film is no picture");
    let bitmap = [&b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"[..], &[0; 40]].concat();
    assert_eq!(
        (of(&bitmap, "扫描.bmp"), of(b"GIF89a....", "a.gif"), of(b"II*\0....", "a.tif")),
        (MediaKind::Of("image/bmp"), MediaKind::Of("image/gif"), MediaKind::Of("image/tiff"))
    );
}

#[test]
fn plain_text_is_text_under_its_own_ending() {
    let utf8 = MediaKind::Of("text/plain; charset=utf-8");
    for text in ["关于停车难", "BM 25 的说明", "MZ 型设备清单", "PK 赛日程", "GIF89a 是一种格式", "%PDF-1.7 是一种格式", "\u{feff}带标记"]
    {
        assert_eq!(of(text.as_bytes(), "a.txt"), utf8, "{text}");
    }
    assert_eq!(of("甲,乙\r\n1,2".as_bytes(), "名单.csv"), MediaKind::Of("text/csv; charset=utf-8"));
    assert_eq!(of(b"\xb9\xd8\xd3\xda", "gb18030.txt"), MediaKind::Of("text/plain"));
    let wide: Vec<u8> = [0xfeff_u16].into_iter().chain("关于停车难".encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(of(&wide, "windows.txt"), MediaKind::Of("text/plain"));
    assert_eq!(of("字".repeat(100_000).as_bytes(), "README.md"), utf8, "a letter is not cut at the edge of a piece");
    assert_eq!(of("关于停车难".as_bytes(), "a.html"), OTHER);
    assert_eq!(of(b"<html><script>alert(1)</script>", "a.txt"), WEB_PAGE);
    assert_eq!(of(b"\x89PNG\r\n\x1a\n\0\0\0\x0d", "a.txt"), is_of_another("png"));
    assert_eq!(of(b"<svg onload=alert(1)>", "a.svg"), OTHER);
    assert_eq!(of(b"a\0b", "a.txt"), OTHER);
}

/// A compound file with these streams.
fn compound_of(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, content) in streams {
        file.create_stream(name).unwrap().write_all(content).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// The beginning of a Word document, with the flags of [MS-DOC] 2.5.2.
fn word(flags: u16) -> Vec<u8> {
    let mut base = [&[0xec, 0xa5, 0xc1, 0, 0, 0, 0, 0, 0, 0][..], &flags.to_le_bytes()].concat();
    base.resize(32, 0);
    base
}

#[test]
fn what_only_opens_with_a_password_is_refused_as_such() {
    let package = compound_of(&[("/EncryptionInfo", &[4, 0, 4, 0]), ("/EncryptedPackage", &[7; 6000])]);
    for name in ["报告.docx", "名单.xlsx", "汇报.pptx", "报告.doc", "名单.et", "报告.wps", "报告"] {
        assert_eq!(of(&package, name), ENCRYPTED, "{name}");
    }
    // Many sectors, and a list of them that is read piece by piece.
    let large = compound_of(&[("/EncryptionInfo", &[4, 0, 4, 0]), ("/EncryptedPackage", &vec![7; 12_000_000])]);
    assert_eq!(of(&large, "报告.docx"), ENCRYPTED);
    let doc = compound_of(&[("/WordDocument", &word(0x0100)), ("/1Table", b"x")]);
    assert_eq!((of(&doc, "a.doc"), of(&doc, "a.wps")), (ENCRYPTED, ENCRYPTED));
    assert_eq!(of(&compound_of(&[("/\u{9}DRMContent", b"x")]), "a.doc"), ENCRYPTED);
}

#[test]
fn documents_of_the_older_programs_are_told_by_their_streams() {
    for (stream, content, names, usual) in [
        ("/WordDocument", word(0x0200), ["a.doc", "a.dot", "a.wps"], "doc"),
        ("/Workbook", vec![9, 8], ["a.xls", "a.xlt", "a.et"], "xls"),
        ("/Book", vec![9, 8], ["a.xls", "a.xlt", "a.et"], "xls"),
        ("/PowerPoint Document", vec![0; 99], ["a.ppt", "a.pps", "a.dps"], "ppt"),
    ] {
        let file = compound_of(&[(stream, &content)]);
        for name in names {
            assert!(matches!(of(&file, name), MediaKind::Of(_)), "{name}");
        }
        for name in ["a.docx", "a.msi", "a.txt"] {
            assert_eq!(of(&file, name), is_of_another(usual), "{name}");
        }
        for length in 0..file.len() / 64 {
            assert!(!matches!(of(&file[..length * 64], "a.exe"), MediaKind::Of(_)), "cut at {length}");
        }
    }
}

#[test]
fn a_page_under_the_ending_of_a_document_is_called_that() {
    let wide: Vec<u8> = [0xfeff_u16].into_iter().chain("<html>".encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for content in [
        &b"<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><body>x"[..],
        b"\xef\xbb\xbf\r\n <!DOCTYPE HTML>",
        b"<table><tr><td>1",
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"x\"",
        b"From: <Saved by WPS>\r\nSubject: x\r\nContent-Type: multipart/related;\r\n",
        b"<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?>",
        &wide,
    ] {
        for name in ["报告.doc", "名单.xls", "报告.docx", "a.html"] {
            assert_eq!(of(content, name), WEB_PAGE, "{name}");
        }
    }
}
