//! Deletes outdated data: answers under an `Idempotency-Key` after their time, sign-ins that ended long ago, unfinished reviews of
//! manuscripts with a final decision, jobs that ended long ago, files that are not referenced, and old letters in files.

use super::{JobContext, each};
use crate::documents::vault::Vault;
use crate::mail::transport;
use crate::store::jobs::queue;
use crate::store::{AnyConn, StoreError, attachments, form_drafts, idempotency, tokens};

/// Days for which an ended sign-in or token stays in the lists, so that people can still see what it was.
const ENDED_DAYS: i64 = 30;
/// Files that are looked up at a time.
const AT_ONCE: usize = 500;

/// Deletes outdated data once. Returns the number of answers, sign-ins, unfinished forms, jobs, files and letters in files.
///
/// # Errors
/// The store's, and the disk's.
pub fn run_once(context: &JobContext) -> anyhow::Result<usize> {
    let app = &context.app;
    let (now, settings) = (app.clock.now(), &app.settings);
    let answers_before = now - chrono::Duration::days(settings.limits.idempotency_days);
    let ended_before = now - chrono::Duration::days(ENDED_DAYS);
    let forget = move |conn: &mut AnyConn| {
        let (answers, sign_ins) = (idempotency::forget(conn, answers_before)?, tokens::forget(conn, ended_before)?);
        Ok::<_, StoreError>((answers, sign_ins, form_drafts::forget(conn, now)?))
    };
    let (answers, sign_ins, form_drafts) = app.db.write_now(forget)?;
    let jobs_before = now - chrono::Duration::days(settings.jobs.keep_days);
    let jobs = app.db.write_now(move |conn| queue::forget(conn, jobs_before))?;
    let files_before = (now - chrono::Duration::hours(settings.jobs.stray_file_hours)).utc().timestamp();
    let files = sweep(context, &Vault::new(settings.attachments_dir()), files_before)?;
    let mail_before = (now - chrono::Duration::days(settings.mail.keep_file_days)).utc().timestamp();
    let letters = transport::sweep(&settings.mail_dir(), mail_before)?;
    let all = answers + sign_ins + form_drafts + files + jobs + letters;
    if all > 0 {
        tracing::info!(answers, sign_ins, form_drafts, files, jobs, letters, "tidied up");
    }
    Ok(all)
}

/// Parts of uploads that broke off, and whole files that no row names: their draft was thrown away, or their upload was refused in the end.
fn sweep(context: &JobContext, vault: &Vault, before: i64) -> anyhow::Result<usize> {
    let mut swept = vault.sweep(before)?;
    for some in vault.older_than(before)?.chunks(AT_ONCE) {
        let hashes = some.to_vec();
        let named = context.app.db.read_now(move |conn| attachments::named(conn, &hashes))?;
        let stray: Vec<_> = some.iter().filter(|hash| !named.contains(*hash)).collect();
        swept += each("housekeeping", stray, |stray| hex::encode(stray), |stray| Ok(usize::from(vault.remove(stray, before)?)))?;
    }
    Ok(swept)
}
