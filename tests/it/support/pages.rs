//! A browser's part for tests of pages: the session's cookie, the form's token, no script.

use reqwest::{Method, StatusCode, redirect};
use sha2::{Digest, Sha256};

use super::cast::Cast;

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
        let token = Sha256::new().chain_update("csrf\n").chain_update(format!("token-{login}")).finalize();
        let token: String = token[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", &token).extend_pairs(fields);
        self.browse(Method::POST, login, path, Some(body.finish())).await
    }

    /// A request as a browser sends it.
    pub(crate) async fn browse(&self, method: Method, login: &str, path: &str, body: Option<String>) -> Shown {
        // A client of its own: this one must not follow redirects.
        let client = reqwest::Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        let mut request = client.request(method, self.app.url(path)).header("Accept-Language", "zh-CN");
        if !login.is_empty() {
            request = request.header("Cookie", format!("ztc-session=token-{login}"));
        }
        if let Some(body) = body {
            request = request.header("Content-Type", "application/x-www-form-urlencoded").body(body);
        }
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        Shown { status: answer.status(), location, html: answer.text().await.unwrap() }
    }
}
