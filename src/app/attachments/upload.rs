//! Transfer of bytes into the vault and out of it, outside of the async threads.

use std::fs::File;
use std::io;

use crate::app::{App, AppError};
use crate::documents::media::Refused;
use crate::documents::vault::{Incoming, StoredFile, Vault, VaultError};
use crate::domain::violation::{Param, Violation};
use crate::store::StoreError;

/// A file that is being uploaded; if dropped before [`IncomingFile::keep`], nothing of it remains.
#[derive(Debug)]
pub struct IncomingFile(Incoming);

impl IncomingFile {
    /// Begins to receive a file.
    ///
    /// # Errors
    /// Fails if a disk operation fails.
    pub async fn begin(app: &App) -> Result<Self, AppError> {
        let (vault, max) = (vault(app), app.settings.limits.attachment_bytes);
        blocking(move || vault.begin(max).map(Self)).await
    }

    /// Writes the next bytes.
    ///
    /// # Errors
    /// [`AppError::TooLarge`] as soon as there are too many, and the disk's.
    pub async fn write(mut self, bytes: impl AsRef<[u8]> + Send + 'static) -> Result<Self, AppError> {
        blocking(move || self.0.write(bytes.as_ref()).map(|()| self)).await
    }

    /// Stores the file; on return it is safely on the disk, and a row may name it.
    ///
    /// # Errors
    /// [`AppError::UnsupportedFile`] with the reason if its content is not accepted, a violation of `file` for an empty one, and the
    /// disk's.
    pub async fn keep(self, name: &str) -> Result<StoredFile, AppError> {
        let name = name.to_owned();
        blocking(move || self.0.keep(&name)).await
    }
}

/// Opens a file after verifying its hash.
pub(super) async fn open(app: &App, sha256: &str) -> Result<File, AppError> {
    let hash = hex::decode(sha256).map_err(|error| StoreError::unreadable("attachments.sha256", &error))?;
    let vault = vault(app);
    blocking(move || vault.open(&hash)).await
}

fn vault(app: &App) -> Vault {
    Vault::new(app.settings.attachments_dir())
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T, VaultError> + Send + 'static) -> Result<T, AppError> {
    match tokio::task::spawn_blocking(f).await {
        Ok(result) => result.map_err(AppError::from),
        Err(_) => Err(StoreError::Panicked.into()),
    }
}

impl From<VaultError> for AppError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::TooLarge { max } => Self::TooLarge { max },
            VaultError::Unsupported(why) => Self::UnsupportedFile(unsupported(why)),
            VaultError::Empty => Violation::new("file", "empty_file").into(),
            VaultError::Disk(error) if error.kind() == io::ErrorKind::StorageFull => Self::Store(StoreError::Full),
            VaultError::Damaged { .. } | VaultError::Disk(_) => Self::Store(StoreError::unreadable("attachment", &error)),
        }
    }
}

/// Returns the reason why a file is not accepted, and what its owner can do.
fn unsupported(why: Refused) -> Violation {
    let (code, params) = match why {
        Refused::Other => ("unsupported_file", Vec::new()),
        Refused::Ending(fits) => ("wrong_ending", vec![("fits", Param::Text(fits.to_owned()))]),
        Refused::Encrypted => ("encrypted_file", Vec::new()),
        Refused::Macros => ("macro_file", Vec::new()),
        Refused::WebPage => ("web_page_file", Vec::new()),
    };
    Violation { field: "file".to_owned(), code, params }
}
