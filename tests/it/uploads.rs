//! Forms with files from strangers and from people: what daily work brings is taken, and nobody makes the server hold more than it should.

use std::io::{Cursor, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};
use zhitongche::domain::lang::Lang;
use zhitongche::domain::violation::{Param, Violation};
use zhitongche::text;

use crate::support::cast::{Cast, complete};
use crate::support::database::Engine;

crate::both_databases!(
    files_of_daily_work_are_kept,
    a_refused_file_says_what_to_do,
    names_in_older_encodings_are_understood,
    an_endless_form_takes_no_memory,
    a_form_of_too_many_parts_is_refused,
);

const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 the rest";

async fn draft(cast: &Cast) -> String {
    let mut form = complete();
    form.as_object_mut().unwrap().remove("submit");
    cast.post("author", "/manuscripts", form).await.body["id"].as_str().unwrap().to_owned()
}

async fn files_of_daily_work_are_kept(engine: Engine) {
    let cast = Cast::with(engine, |settings| settings.limits.attachments = 40).await;
    let path = format!("/manuscripts/{}/attachments", draft(&cast).await);
    for (name, content, media) in [
        ("报告.doc", COMPOUND, "application/msword"),
        ("报告.wps", COMPOUND, "application/wps-office.wps"),
        ("名单.et", COMPOUND, "application/wps-office.et"),
        ("a.rtf", &b"{\\rtf1 x}"[..], "application/rtf"),
        ("a.gif", b"GIF89a...", "image/gif"),
        ("材料.zip", b"PK\x03\x04...", "application/zip"),
        ("微信图片.jfif", b"\xff\xd8\xff\xe0 a remark %PDF-1.4", "image/jpeg"),
        ("BM25.txt", b"BM25 is a ranking", "text/plain; charset=utf-8"),
    ] {
        let added = cast.upload("author", &path, name, content).await;
        assert_eq!(
            (added.status.as_u16(), &added.body["media_type"], &added.body["name"]),
            (201, &json!(media), &json!(name)),
            "{}",
            added.body
        );
        let file = format!("/api/v1/attachments/{}", added.body["id"].as_str().unwrap());
        let answer = cast.app.request("GET".parse().unwrap(), &file, "token-author").send().await.unwrap();
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert!(
            header("content-disposition").starts_with("attachment;") && header("content-security-policy").contains("sandbox"),
            "{name}"
        );
        assert_eq!(answer.bytes().await.unwrap(), content);
    }
    let empty = cast.upload("author", &path, "空.docx", b"").await;
    assert_eq!((empty.status.as_u16(), &empty.body["errors"][0]["code"]), (422, &json!("empty_file")), "{}", empty.body);
    assert!(empty.body["errors"][0]["message"].as_str().unwrap().contains("0 字节"), "{}", empty.body);
}

/// A file that holds this document, unencrypted or as Office encrypts it.
fn compound(stream: &str) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream(stream).unwrap().write_all(&[7; 5000]).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

async fn a_refused_file_says_what_to_do(engine: Engine) {
    let cast = Cast::new(engine).await;
    let page = format!("/manuscripts/{}/attachments", draft(&cast).await);
    let (encrypted, excel) = (compound("/EncryptedPackage"), compound("/Workbook"));
    for (name, content, code, zh, en) in [
        ("报告.docx", &encrypted[..], "encrypted_file", "另存为不加密的文件", "save it unencrypted"),
        ("名单.xls", &encrypted, "encrypted_file", "另存为不加密的文件", "save it unencrypted"),
        ("报告.doc", b"<html><body>x", "web_page_file", "网页或 XML", "page of the web"),
        ("报告.mht", b"MIME-Version: 1.0\r\n", "web_page_file", "网页或 XML", "page of the web"),
        ("名单.doc", &excel, "wrong_ending", "扩展名改为 .xls", "ending to .xls"),
        ("a.exe", b"MZ\x90\0", "unsupported_file", "PDF、Word", "Taken are PDF"),
    ] {
        let refused = cast.upload("author", &page, name, content).await;
        let error = &refused.body["errors"][0];
        let seen = (refused.status.as_u16(), &refused.body["code"], &error["field"], &error["code"]);
        assert_eq!(seen, (415, &json!("unsupported_file"), &json!("file"), &json!(code)), "{name}");
        assert!(refused.body["detail"].as_str().unwrap().contains(zh), "{}", refused.body);
        let shown = cast.form_with_file("author", &page, &[], (name, content)).await;
        assert!(shown.status == 422 && shown.html.contains(zh) && shown.html.contains("id=\"w-file\""), "{name}: {}", shown.html);
        let english = Violation { field: "file".to_owned(), code, params: vec![("fits", Param::Text("xls".to_owned()))] };
        assert!(text::violation(Lang::En, &english).contains(en), "{code}");
    }
}

async fn names_in_older_encodings_are_understood(engine: Engine) {
    let cast = Cast::with(engine, |settings| settings.limits.attachments = 40).await;
    let path = format!("/api/v1/manuscripts/{}/attachments", draft(&cast).await);
    let send = async |disposition: &[u8]| {
        let body =
            [b"--edge\r\nContent-Disposition: form-data; name=\"file\"; ", disposition, b"\r\n\r\n%PDF-1.7\r\n--edge--\r\n"].concat();
        let request = cast.app.request("POST".parse().unwrap(), &path, "token-author");
        cast.app.send(request.header("Content-Type", "multipart/form-data; boundary=edge").body(body)).await
    };
    for (disposition, name) in [
        (&b"filename=\"\xb5\xf7\xd1\xd0\xb1\xa8\xb8\xe6.pdf\""[..], "调研报告.pdf"),
        (b"filename=\"a.pdf\"; filename*=UTF-8''%E8%B0%83%E7%A0%94.pdf", "调研.pdf"),
        (b"filename*=utf-8''%E8%B0%83.pdf; filename=\"a.pdf\"", "调.pdf"),
        (b"filename=\"C:\\\xce\xd2\xb5\xc4\xce\xc4\xb5\xb5\\\xb1\xa8\xb8\xe6.pdf\"", "报告.pdf"),
    ] {
        let added = send(disposition).await;
        assert_eq!((added.status.as_u16(), &added.body["name"]), (201, &json!(name)), "{}", added.body);
    }
    let refused = send(b"filename=\"\xff\xff.pdf\"").await;
    assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["code"]), (422, &json!("unreadable_file_name")), "{}", refused.body);
}

/// Resident memory of this process, in KiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Sends a head and then this piece again and again, up to 200 MB, until the server has enough. The status, and by how much memory grew.
fn flood(address: &str, head: &str, begin: &[u8], piece: &[u8]) -> (String, usize) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(1))).unwrap();
    stream.set_write_timeout(Some(std::time::Duration::from_secs(1))).unwrap();
    let before = resident();
    let mut most = before;
    let chunked = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    let mut sent = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&chunked(begin)));
    let piece = chunked(piece);
    for _ in 0..(200 * 1024 * 1024 / piece.len()) {
        if sent.is_err() {
            break;
        }
        sent = stream.write_all(&piece);
        most = most.max(resident());
    }
    let mut answer = [0; 64];
    let length = stream.read(&mut answer).unwrap_or(0);
    (String::from_utf8_lossy(&answer[..length]).split(' ').nth(1).unwrap_or("cut").to_owned(), most - before)
}

async fn an_endless_form_takes_no_memory(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = draft(&cast).await;
    let address = cast.app.url("").trim_start_matches("http://").to_owned();
    let field = b"--edge\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n";
    let file = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n";
    let tiny = b"\r\n--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb".repeat(500);
    let (page, api) = (format!("/manuscripts/{id}/attachments"), format!("/api/v1/manuscripts/{id}/attachments"));
    let mut seen = Vec::new();
    for (path, who) in [
        (&api, String::new()),
        (&api, "Authorization: Bearer token-author\r\n".to_owned()),
        (&page, String::new()),
        (&page, "Cookie: ztc-session=ztc_long-gone\r\n".to_owned()),
        (&page, format!("Cookie: ztc-session={}\r\n", "token-author")),
    ] {
        for (what, begin, piece) in [
            ("field", &field[..], &[b'a'; 65_536][..]),
            ("file", &file[..], &[b'a'; 65_536][..]),
            ("parts", &field[..], &tiny[..]),
            ("header", &b"--edge\r\nX-Long: "[..], &[b'a'; 65_536][..]),
            ("preamble", &b"begin\r\n"[..], &b"a line of no part\r\n".repeat(3_000)[..]),
        ] {
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: x\r\n{who}Content-Type: multipart/form-data; boundary=edge\r\nTransfer-Encoding: chunked\r\n\r\n"
            );
            let (address, begin, piece) = (address.clone(), begin.to_vec(), piece.to_vec());
            let (status, grew) = tokio::task::spawn_blocking(move || flood(&address, &head, &begin, &piece)).await.unwrap();
            seen.push((format!("{path} {who:?} {what} {status}"), grew));
        }
    }
    let large: Vec<_> = seen.iter().filter(|(_, grew)| *grew > 48 * 1024).collect();
    assert!(large.is_empty(), "KiB: {large:#?}");
    let fine = seen.iter().filter(|(what, _)| what.contains(" 2") || what.contains(" 5")).count();
    assert_eq!(fine, 0, "{seen:#?}");
    assert_eq!(cast.get("author", "/session").await.status, 200, "and everybody else is served");
}

async fn a_form_of_too_many_parts_is_refused(engine: Engine) {
    let cast = Cast::new(engine).await;
    let id = draft(&cast).await;
    let send = async |body: Vec<u8>| {
        let request = cast.app.request("POST".parse().unwrap(), &format!("/manuscripts/{id}/attachments"), "");
        let request = request.header("Cookie", "ztc-session=token-author").header("Content-Type", "multipart/form-data; boundary=edge");
        request.body(body).send().await.unwrap().status().as_u16()
    };
    let part = |name: &str| format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\nx\r\n");
    assert_eq!(send(format!("{}--edge--\r\n", part("a").repeat(1_001)).into_bytes()).await, 400);
    assert_eq!(send(format!("{}--edge--\r\n", part(&"n".repeat(201))).into_bytes()).await, 400);
    let many = cast.get("author", &format!("/manuscripts/{id}/attachments")).await.body;
    assert_eq!(many["items"], Value::Array(Vec::new()));
}
