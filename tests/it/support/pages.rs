//! A browser's part for tests of pages: the session's cookie, the form's token, no script.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use reqwest::{Method, StatusCode, redirect};
use sha2::{Digest, Sha256};

use super::cast::Cast;

/// The addresses of pages that the sources declare for a method (`get`, `post`), as `/people/{id}`. Those that are put together of a word
/// are not among them: the desks of review.
pub(crate) fn declared(method: &str) -> BTreeSet<String> {
    let mut text = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut text);
    let call = format!("web::{method}()");
    let before = text.match_indices(&call).map(|(at, _)| text[..at].trim_end().trim_end_matches(',').trim_end());
    let paths = before.filter_map(|before| before.strip_suffix('"')?.rsplit('"').next());
    paths.filter(|path| path.starts_with('/')).map(str::to_owned).collect()
}

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, text);
        } else if entry.extension().is_some_and(|kind| kind == "rs") {
            text.push_str(&fs::read_to_string(entry).unwrap());
        }
    }
}

/// What a page answered.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: StatusCode,
    /// Where it leads, after an act.
    pub(crate) location: String,
    pub(crate) html: String,
}

impl Cast {
    /// The page as this person sees it; an empty login is a stranger.
    pub(crate) async fn page(&self, login: &str, path: &str) -> Shown {
        self.browse(Method::GET, login, path, None).await
    }

    /// Sends a form of this person's session; its token is added.
    pub(crate) async fn form(&self, login: &str, path: &str, fields: &[(&str, &str)]) -> Shown {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", &csrf(login)).extend_pairs(fields);
        self.browse(Method::POST, login, path, Some(body.finish())).await
    }

    /// The same with a file.
    pub(crate) async fn form_with_file(&self, login: &str, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Shown {
        self.multipart(login, &csrf(login), path, fields, file).await
    }

    /// A file from a page that carries this token.
    pub(crate) async fn form_of_page(&self, login: &str, token: &str, path: &str, file: (&str, &[u8])) -> Shown {
        self.multipart(login, token, path, &[], file).await
    }

    async fn multipart(&self, login: &str, token: &str, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Shown {
        let mut body = Vec::new();
        for (name, value) in fields.iter().copied().chain([("csrf", token)]) {
            body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
        }
        let (name, content) = file;
        body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").into_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let kind = "multipart/form-data; boundary=edge";
        self.ask(Method::POST, login, path, Some((kind, body))).await
    }

    /// A request as a browser sends it.
    pub(crate) async fn browse(&self, method: Method, login: &str, path: &str, body: Option<String>) -> Shown {
        self.ask(method, login, path, body.map(|body| ("application/x-www-form-urlencoded", body.into_bytes()))).await
    }

    async fn ask(&self, method: Method, login: &str, path: &str, body: Option<(&str, Vec<u8>)>) -> Shown {
        // A client of its own: this one must not follow redirects.
        let client = reqwest::Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        let mut request = client.request(method, self.app.url(path)).header("Accept-Language", "zh-CN");
        if !login.is_empty() {
            request = request.header("Cookie", format!("ztc-session=token-{login}"));
        }
        if let Some((kind, body)) = body {
            request = request.header("Content-Type", kind).body(body);
        }
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        Shown { status: answer.status(), location, html: answer.text().await.unwrap() }
    }
}

/// The token of the forms of a person's session.
fn csrf(login: &str) -> String {
    let digest = Sha256::new().chain_update("csrf\n").chain_update(format!("token-{login}")).finalize();
    digest[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A picture of one point.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";
