//! Responses with an attachment. Browsers are told to save it and never to display it, whatever its content type.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Take};

use actix_web::body::SizedStream;
use actix_web::http::header::{
    ACCEPT_RANGES, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, Charset, ContentDisposition, DispositionParam, DispositionType,
    ETAG, ExtendedValue, HeaderMap,
};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use futures_util::{Stream, stream};
use icu_properties::CodePointSetData;
use icu_properties::props::BidiControl;

use crate::app::attachments::AttachmentView;
use crate::app::{AppError, StoreError};
use crate::http::range::{self, ByteRange, NoSuchPart};

/// Bytes read at a time.
const PIECE: usize = 64 * 1024;

/// The reason why a file is not sent.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// It has no such part.
    #[error("the file has {bytes} bytes")]
    Range {
        /// Its length.
        bytes: u64,
    },
    /// It can't be read.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Builds the response with the file, or with the range that `headers` ask for.
///
/// # Errors
/// [`DownloadError`].
pub fn answer(headers: &HeaderMap, found: &AttachmentView, mut file: File) -> Result<HttpResponse, DownloadError> {
    let bytes = u64::try_from(found.bytes).unwrap_or(0);
    let tag = format!("\"{}\"", found.sha256);
    let part = range::asked(headers, &tag, bytes).map_err(|NoSuchPart| DownloadError::Range { bytes })?;
    let mut response = if part.is_some() { HttpResponse::PartialContent() } else { HttpResponse::Ok() };
    response
        .insert_header((CONTENT_TYPE, found.media_type.as_str()))
        .insert_header(disposition(&found.name))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((ETAG, tag));
    let ByteRange { from, length } = part.unwrap_or(ByteRange { from: 0, length: bytes });
    if part.is_some() {
        file.seek(SeekFrom::Start(from)).map_err(|error| AppError::Store(StoreError::unreadable("attachment", &error)))?;
        response.insert_header((CONTENT_RANGE, format!("bytes {from}-{}/{bytes}", from + length - 1)));
    }
    Ok(response.body(SizedStream::new(length, pieces(file.take(length)))))
}

/// The name twice (RFC 6266): plain for old programs, and in full as RFC 8187 writes it.
fn disposition(name: &str) -> ContentDisposition {
    let plain: String = name.chars().map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') { c } else { '_' }).collect();
    // Marks of writing direction can make one file extension look like another in the dialog for saving.
    let name: String = name.chars().filter(|c| !CodePointSetData::new::<BidiControl>().contains(*c)).collect();
    let full = ExtendedValue { charset: Charset::Ext("UTF-8".to_owned()), language_tag: None, value: name.as_bytes().to_vec() };
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(plain), DispositionParam::FilenameExt(full)],
    }
}

fn pieces(file: Take<File>) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
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
        assert!(disposition("a\u{202e}fdp.exe").to_string().ends_with("filename*=UTF-8''afdp.exe"));
    }
}
