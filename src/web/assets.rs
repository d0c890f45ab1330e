//! The files that pages load: style sheet, sprite, modules. All are compiled into the binary. Their addresses carry a digest of the
//! contents, so that a browser may cache them indefinitely and a page of an older program still finds them. `build.rs` joins the style
//! sheet from the parts in `assets/style`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::LazyLock;

use actix_web::http::header::{AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, Encoding, VARY, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// A file that is compiled into the program.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

/// The style sheet, as the build script joined it.
const STYLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/style.css"));

macro_rules! assets {
    ($($name:literal: $kind:literal),* $(,)?) => {
        const ASSETS: &[Asset] = &[
            Asset { name: "style.css", media_type: "text/css; charset=utf-8", bytes: STYLE },
            $(Asset { name: $name, media_type: $kind, bytes: include_bytes!(concat!("assets/", $name)) }),*
        ];
    };
}
assets! {
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

/// The digest of all assets; it changes with any of them.
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

/// The compressed assets, computed once for all requests. Pages are not compressed: they contain secrets beside text of other users, and
/// their compressed length would disclose both (BREACH).
static COMPRESSED: LazyLock<Vec<Option<Vec<u8>>>> = LazyLock::new(|| ASSETS.iter().map(|asset| gzip(asset.bytes)).collect());

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail; if it did, the asset would be sent uncompressed.
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().filter(|compressed| compressed.len() < bytes.len())
}

/// The address of an asset: `/assets/VERSION/NAME`.
#[must_use]
pub fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/assets/{version}/{name}", web::get().to(asset)).route("/favicon.ico", web::get().to(icon));
}

/// Responds to any version with the current asset: a page that was open during a deployment still looks right.
async fn asset(request: HttpRequest) -> HttpResponse {
    let name = request.match_info().get("name").unwrap_or_default();
    let known = request.match_info().get("version") == Some(VERSION.as_str());
    give(&request, name, if known { "public, max-age=31536000, immutable" } else { "no-cache" })
}

async fn icon(request: HttpRequest) -> HttpResponse {
    give(&request, "icon.svg", "public, max-age=86400")
}

fn give(request: &HttpRequest, name: &str, keep: &'static str) -> HttpResponse {
    let Some((asset, compressed)) = ASSETS.iter().zip(COMPRESSED.iter()).find(|(asset, _)| asset.name == name) else {
        return HttpResponse::NotFound().finish();
    };
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, asset.media_type))
        .insert_header((CACHE_CONTROL, keep))
        .insert_header((VARY, "accept-encoding"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    match compressed {
        Some(compressed) if takes_gzip(request) => answer.insert_header((CONTENT_ENCODING, "gzip")).body(compressed.as_slice()),
        _ => answer.body(asset.bytes),
    }
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let wanted = request.get_header::<AcceptEncoding>();
    wanted.is_some_and(|wanted| wanted.negotiate([Encoding::gzip()].iter()) == Some(Encoding::gzip()))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use actix_web::body::to_bytes;
    use actix_web::test::TestRequest;
    use flate2::read::GzDecoder;

    use super::*;

    #[actix_web::test]
    async fn assets_are_compressed_for_who_takes_it() {
        for (accepted, compressed) in [(None, false), (Some("gzip, br"), true), (Some("br"), false), (Some("gzip;q=0"), false)] {
            let request = TestRequest::default();
            let request = match accepted {
                Some(accepted) => request.insert_header(("accept-encoding", accepted)),
                None => request,
            };
            let answer = give(&request.to_http_request(), "style.css", "no-cache");
            assert_eq!(answer.headers().contains_key(CONTENT_ENCODING), compressed, "{accepted:?}");
            let body = to_bytes(answer.into_body()).await.unwrap();
            let mut plain = Vec::new();
            match compressed {
                true => drop(GzDecoder::new(&body[..]).read_to_end(&mut plain).unwrap()),
                false => plain.extend_from_slice(&body),
            }
            assert_eq!(plain, STYLE);
        }
    }
}
