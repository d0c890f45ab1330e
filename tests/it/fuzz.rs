//! Every parser of what strangers send, fed with what is left of good examples after chance has changed them. The examples lie in
//! `tests/fuzz/PARSER/`; what made a parser fail is put there, and is tried first from then on. `ZTC_FUZZ_SECONDS` is the time for
//! each parser (`tests/run --long` gives more), `ZTC_FUZZ_SEED` the beginning of chance.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use actix_web::web::Bytes;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};
use zhitongche::api::paging::Paging;
use zhitongche::app::attachments::file_name;
use zhitongche::config::Settings;
use zhitongche::documents::media;
use zhitongche::domain::calendar::{Calendar, YearFile};
use zhitongche::domain::folding;
use zhitongche::domain::ledger::Entry;
use zhitongche::domain::outline::outline;
use zhitongche::domain::person::{Email, Login, Mobile};
use zhitongche::http::multipart::{self, Beside};
use zhitongche::http::{encoding, range};
use zhitongche::web::page_token::PageToken;

/// What bytes are put in between: what the grammars here are made of.
const TOKENS: [&str; 40] = [
    "\"",
    "'",
    "\\",
    "\r\n",
    "\r\n\r\n",
    "--",
    "--edge",
    ";",
    "=",
    "%22",
    "%",
    "%ff",
    "*",
    "bytes=",
    "-",
    ",",
    "0",
    "-1",
    "99999999999999999999",
    "一、",
    "（二）",
    "①",
    "三是",
    "年",
    "月",
    "日",
    "至",
    "放假",
    "上班",
    "周六",
    "\u{200b}",
    "\u{202e}",
    "\u{3000}",
    "＠",
    "\0",
    "\u{fffd}",
    "{",
    "]",
    "PK\u{3}\u{4}",
    "<a>",
];

fn folder(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz").join(target)
}

/// The kept examples of a parser; there is at least one.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder(target)).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "tests/fuzz/{target} holds no example");
    files.into_iter().map(|file| fs::read(file).unwrap()).collect()
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Changes an example a few times.
fn mutate(bytes: &mut Vec<u8>, all: &[Vec<u8>], chance: &mut StdRng) {
    for _ in 0..chance.random_range(1..8) {
        let at = chance.random_range(0..=bytes.len());
        match chance.random_range(0..8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << chance.random_range(0..8),
            1 if at < bytes.len() => bytes[at] = chance.random(),
            2 => bytes.insert(at, chance.random()),
            3 => {
                let end = (at + chance.random_range(0..16)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let end = (at + chance.random_range(0..64)).min(bytes.len());
                let again: Vec<u8> = bytes[at..end].to_vec();
                for _ in 0..chance.random_range(1..20) {
                    bytes.splice(at..at, again.iter().copied());
                }
            }
            5 | 6 => {
                let token = TOKENS[chance.random_range(0..TOKENS.len())];
                bytes.splice(at..at, token.bytes());
            }
            _ => {
                let other = &all[chance.random_range(0..all.len())];
                let from = chance.random_range(0..=other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
        bytes.truncate(64 * 1024);
    }
}

/// Feeds a parser for its time. It may refuse what it likes; it must not panic, and what `check` asserts must hold.
fn fuzz(target: &str, check: impl Fn(&[u8])) {
    let all = corpus(target);
    let mut chance = StdRng::seed_from_u64(setting("ZTC_FUZZ_SEED", 20_261_128));
    let end = Instant::now() + Duration::from_secs(setting("ZTC_FUZZ_SECONDS", 2));
    let (mut tried, mut whole) = (0_usize, all.iter());
    while tried < all.len() || Instant::now() < end {
        let input = match whole.next() {
            Some(example) => example.clone(),
            None => {
                let mut input = all[chance.random_range(0..all.len())].clone();
                mutate(&mut input, &all, &mut chance);
                input
            }
        };
        let began = Instant::now();
        let fine = catch_unwind(AssertUnwindSafe(|| check(&input))).is_ok();
        if !fine || began.elapsed() > Duration::from_secs(5) {
            let name = hex::encode(&Sha256::digest(&input)[..8]);
            let file = folder(target).join(format!("found-{name}"));
            fs::write(&file, &input).unwrap();
            panic!("{target} fails on {}: {:?}", file.display(), String::from_utf8_lossy(&input).chars().take(300).collect::<String>());
        }
        tried += 1;
    }
    assert!(tried > all.len(), "{target}: only the examples were tried");
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn notice() {
    fuzz("notice", |bytes| {
        if let Ok(file) = YearFile::from_notice(2026, &text(bytes)) {
            let _ = Calendar::default().load(&file);
        }
        let _ = YearFile::parse(&text(bytes));
    });
}

#[test]
fn pasted_text() {
    fuzz("outline", |bytes| {
        let _ = outline(&text(bytes), 50);
    });
}

#[test]
fn cursor() {
    let settings = Settings::read(None, []).unwrap();
    fuzz("cursor", |bytes| {
        let paging = Paging { limit: None, cursor: Some(text(bytes)) };
        let _ = (paging.page::<uuid::Uuid>(&settings).is_ok(), paging.page::<(i64, String)>(&settings).is_ok());
    });
}

#[test]
fn multipart_form() {
    let settings = Settings::read(None, []).unwrap();
    let runtime = actix_web::rt::Runtime::new().unwrap();
    fuzz("multipart", |bytes| {
        let request = TestRequest::default().insert_header(("content-type", "multipart/form-data; boundary=edge")).to_http_request();
        let body = Payload::from(Bytes::copy_from_slice(bytes));
        if let Ok(received) = runtime.block_on(multipart::words(&settings, &request, body, Beside::Words)) {
            // Bytes of another encoding may grow when they become text, but not without bound.
            let kept: usize = received.fields.iter().map(|(name, value)| name.len() + value.len()).sum();
            assert!(kept <= bytes.len() * 3);
        }
    });
}

#[test]
fn byte_range() {
    fuzz("range", |bytes| {
        let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("range"), value);
        for length in [0, 1, 17, u64::MAX] {
            if let Ok(Some(part)) = range::asked(&headers, "\"tag\"", length) {
                assert!(part.length > 0 && part.from.checked_add(part.length).is_some_and(|end| end <= length));
            }
        }
    });
}

#[test]
fn search_words() {
    fuzz("words", |bytes| {
        let words = text(bytes);
        let _ = (folding::folded(&words), folding::number(&words), encoding::is_utf8(bytes));
        assert!(folding::name_key(&words).len() <= folding::text_key(&words).len());
        if let Ok(login) = Login::parse(&words) {
            assert_eq!(Login::parse(login.as_str()).unwrap(), login);
        }
        if let Ok(email) = Email::parse(&words) {
            assert!(email.as_str().is_ascii());
            assert_eq!(Email::parse(email.as_str()).unwrap(), email);
            assert_eq!(Email::parse(&Email::shown(email.as_str())).unwrap(), email, "what is shown is what is meant");
        }
        if let Ok(mobile) = Mobile::parse(&words) {
            assert_eq!(Mobile::parse(mobile.as_str()).unwrap(), mobile);
        }
    });
}

#[test]
fn token() {
    fuzz("token", |bytes| {
        let page = PageToken::read(&text(bytes));
        assert_eq!(PageToken::read(&page.to_string()), page);
        if let Ok(entry) = Entry::from_bytes(bytes) {
            assert!(entry.to_bytes().is_ok());
        }
    });
}

#[test]
fn names_of_files() {
    fuzz("names", |bytes| {
        if let Ok(name) = file_name(&text(bytes)) {
            assert!(!name.is_empty() && !name.contains(['/', '\\', '\n', '\r', '\0']) && name != ".." && name != ".", "{name:?}");
            assert_eq!(file_name(&name).as_deref(), Ok(&*name), "a name is kept as it is");
        }
    });
}

#[test]
fn content_of_files() {
    fuzz("files", |bytes| {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, bytes).unwrap();
        for name in ["a.docx", "a.xlsx", "a.ofd", "a.pdf", "a.heic", "a.txt", "a.doc", "a.zip", "a"] {
            let _ = media::kind(&mut file, name).unwrap();
        }
    });
}
