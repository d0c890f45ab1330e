//! A file on its way out: always to be saved, never to be shown, whatever it says it is.

use std::fs::File;
use std::io::Read;

use actix_web::body::SizedStream;
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use futures_util::{Stream, stream};

use crate::desk::attachments::AttachmentView;

/// Bytes read at a time.
const PIECE: usize = 64 * 1024;

/// The answer with the file in it.
#[must_use]
pub fn answer(found: &AttachmentView, file: File) -> HttpResponse {
    let length = u64::try_from(found.bytes).unwrap_or(0);
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, found.media_type.as_str()))
        .insert_header(disposition(&found.name))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .body(SizedStream::new(length, pieces(file)))
}

/// The name twice (RFC 6266): plain for old programs, and in full as RFC 8187 writes it.
fn disposition(name: &str) -> ContentDisposition {
    let plain: String = name.chars().map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') { c } else { '_' }).collect();
    let full = ExtendedValue { charset: Charset::Ext("UTF-8".to_owned()), language_tag: None, value: name.as_bytes().to_vec() };
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(plain), DispositionParam::FilenameExt(full)],
    }
}

fn pieces(file: File) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
    stream::try_unfold(file, |mut file| async move {
        let read = move || {
            let mut piece = Vec::with_capacity(PIECE);
            let length = Read::by_ref(&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
            Ok::<_, std::io::Error>((length > 0).then(|| (Bytes::from(piece), file)))
        };
        Ok(web::block(read).await??)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_one_header() {
        let header = disposition("调研 \"报告\"%.pdf").to_string();
        assert_eq!(header, "attachment; filename=\"________.pdf\"; filename*=UTF-8''%E8%B0%83%E7%A0%94%20%22%E6%8A%A5%E5%91%8A%22%25.pdf");
        assert!(!disposition("a\u{202e}b.pdf").to_string().contains('\u{202e}'));
    }
}
