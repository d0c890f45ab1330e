//! What the pages load: style sheet, sprite, modules. All of it is in the binary; its address carries a digest of its contents, so
//! that a browser may keep it for ever and a page of an older program still finds its own names.

use std::fmt::Write as _;
use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse, web};
use sha2::{Digest, Sha256};

/// A file that is part of the program.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

macro_rules! assets {
    ($($name:literal: $kind:literal),* $(,)?) => {
        const ASSETS: &[Asset] = &[$(Asset { name: $name, media_type: $kind, bytes: include_bytes!(concat!("assets/", $name)) }),*];
    };
}
assets! {
    "style.css": "text/css; charset=utf-8",
    "bulletin.js": "text/javascript; charset=utf-8",
    "review.js": "text/javascript; charset=utf-8",
    "sprite.svg": "image/svg+xml",
    "icon.svg": "image/svg+xml",
    "saving.js": "text/javascript; charset=utf-8",
    "app.js": "text/javascript; charset=utf-8",
    "keep.js": "text/javascript; charset=utf-8",
    "fresh.js": "text/javascript; charset=utf-8",
    "live.js": "text/javascript; charset=utf-8",
    "leader.js": "text/javascript; charset=utf-8",
    "upload.js": "text/javascript; charset=utf-8",
    "write.js": "text/javascript; charset=utf-8",
}

/// Changes with any of them.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for asset in ASSETS {
        digest.update(asset.bytes);
    }
    digest.finalize().iter().take(6).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
});

/// Where an asset is: `/assets/VERSION/NAME`.
#[must_use]
pub fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/assets/{version}/{name}", web::get().to(asset)).route("/favicon.ico", web::get().to(icon));
}

/// Any version is answered with what this program has: a page that was open over a deployment still looks right.
async fn asset(request: HttpRequest) -> HttpResponse {
    let name = request.match_info().get("name").unwrap_or_default();
    let known = request.match_info().get("version") == Some(VERSION.as_str());
    give(name, if known { "public, max-age=31536000, immutable" } else { "no-cache" })
}

async fn icon() -> HttpResponse {
    give("icon.svg", "public, max-age=86400")
}

fn give(name: &str, keep: &'static str) -> HttpResponse {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(asset) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, asset.media_type))
            .insert_header((CACHE_CONTROL, keep))
            .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(asset.bytes),
        None => HttpResponse::NotFound().finish(),
    }
}
