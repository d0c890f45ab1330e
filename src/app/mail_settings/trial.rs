//! Test of the mail server, with the stored settings or with typed ones that are not stored yet.

use tokio::sync::Semaphore;

use super::{MailChange, checked, current_service};
use crate::app::{AppError, Tx, notices};
use crate::domain::lang::Lang;
use crate::domain::permission::Actor;
use crate::mail::MailService;
use crate::mail::trial::{self, Trial, TrialLetter};
use crate::store::mail_settings as store;
use crate::text::t;

/// The number of simultaneous tests on a node; a server that never responds occupies its thread.
static TRIALS: Semaphore = Semaphore::const_new(4);

/// A letter to the caller, with the mail service by which it is sent, or a message with the reason why there is none.
pub struct MailTrialOrder {
    letter: TrialLetter,
    service: Result<MailService, String>,
}

fn letter(tx: &mut Tx<'_>, actor: &Actor, lang: Lang) -> Result<TrialLetter, AppError> {
    let (name, address, channel) = notices::for_trial(tx, actor)?;
    Ok(TrialLetter { id: tx.id(), at: tx.now, channel, name, address, lang })
}

/// Prepares a test of the current settings.
///
/// # Errors
/// [`AppError::Refused`] for anybody but administrators.
pub fn for_trial(tx: &mut Tx<'_>, actor: &Actor, lang: Lang) -> Result<MailTrialOrder, AppError> {
    let letter = letter(tx, actor, lang)?;
    let service = current_service(tx)?.map_err(|why| if tx.settings.mail.is_fixed() { why } else { t(lang, "mail-unreadable", &[]) });
    Ok(MailTrialOrder { letter, service })
}

/// Prepares a test of settings that are not stored yet.
///
/// # Errors
/// As [`super::change`], except for the version.
pub fn for_trial_of(tx: &mut Tx<'_>, actor: &Actor, lang: Lang, change: MailChange) -> Result<MailTrialOrder, AppError> {
    super::administrator(tx, actor)?;
    let letter = letter(tx, actor, lang)?;
    let before = store::find(tx.conn)?;
    let (settings, password) = checked(tx, change, before.as_ref())?;
    Ok(MailTrialOrder { letter, service: MailService::from_page(&tx.settings, 0, &settings, password.text().to_owned()) })
}

/// Sends the letter, and returns the stage that it reached. Never takes longer than [`trial::LONGEST`].
pub async fn try_out(order: MailTrialOrder) -> Trial {
    let MailTrialOrder { letter, service } = order;
    let problem = |problem: String| Trial { problem: Some(problem), ..Trial::default() };
    let service = match service {
        Ok(service) => service,
        Err(why) => return problem(why),
    };
    let Ok(permit) = TRIALS.try_acquire() else { return problem(t(letter.lang, "mail-trial-busy", &[])) };
    let tried = tokio::task::spawn_blocking(move || {
        let trial = trial::run(&service, &letter);
        drop(permit);
        trial
    });
    match tokio::time::timeout(trial::LONGEST, tried).await {
        Ok(Ok(trial)) => trial,
        Ok(Err(_)) | Err(_) => Trial::timed_out(),
    }
}
