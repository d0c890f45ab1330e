//! Delays before the next attempt at a password. No account is locked by the acts of others: failures count for the device that made them,
//! or for the combination of address and account, and the delay grows with each; failures of an account across all addresses, and of an
//! address across all accounts, cause only a short delay.

use chrono::Duration;

use crate::app::sign_in::{Origin, hash};
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::store::throttles::{self, Delay};

/// The number of failures of an account on all unknown devices together from which there is a delay, as a multiple of that from one
/// address.
const FROM_EVERYWHERE: i64 = 4;
/// The longest delay that others can cause, in seconds: a longer one would lock people out on a new device.
const SHARED_SECONDS: i64 = 30;

/// The subjects for which an attempt counts.
#[derive(Debug, Clone)]
pub(super) struct Subjects {
    /// The device, or the address together with the account.
    own: String,
    /// For attempts of unknown devices: the account, and the address.
    shared: Option<[String; 2]>,
}

impl Subjects {
    /// Returns the subjects of a known device, or of an address. The name is hashed, because people may type a password there by mistake.
    pub(super) fn of(login: &str, origin: &Origin, device: Option<&str>) -> Self {
        let short = |text: &str| hex::encode(&hash(text)[..16]);
        match device {
            Some(device) => Self { own: format!("device {}", short(device)), shared: None },
            None => Self {
                own: format!("try {} {}", short(login), origin.address),
                shared: Some([format!("login {}", short(login)), format!("address {}", origin.address)]),
            },
        }
    }

    fn with_rules(&self, tx: &Tx<'_>) -> Vec<(String, DelayRule)> {
        let limits = &tx.settings.limits;
        let free = i64::from(limits.sign_in_attempts_account);
        let own = (self.own.clone(), DelayRule { free, longest: limits.sign_in_window_minutes.max(1) * 60 });
        let shared = self.shared.iter().flat_map(|[account, address]| {
            let of_address = DelayRule { free: i64::from(limits.sign_in_attempts_address), longest: SHARED_SECONDS };
            [(account.clone(), DelayRule { free: free * FROM_EVERYWHERE, longest: SHARED_SECONDS }), (address.clone(), of_address)]
        });
        std::iter::once(own).chain(shared).collect()
    }

    /// Counts an attempt before its password is verified, so that simultaneous attempts count too; returns the time until which none is
    /// accepted. Attempts that are not accepted do not count: continuing cannot prolong a delay.
    pub(super) fn count(&self, tx: &mut Tx<'_>) -> Result<Option<Moment>, AppError> {
        let window = Duration::minutes(tx.settings.limits.sign_in_window_minutes.max(1));
        let mut counted = Vec::new();
        for (subject, rule) in self.with_rules(tx) {
            let delay = throttles::try_once(tx.conn, &subject)?;
            counted.push((subject, rule, delay));
        }
        let waits = counted.iter().map(|(_, _, delay)| delay.until).filter(|until| *until > tx.now).max();
        for (subject, rule, delay) in counted {
            let kept = match waits {
                Some(_) => Delay { failures: delay.failures - 1, ..delay },
                None => rule.after(delay, tx.now, window),
            };
            throttles::put_delay(tx.conn, &subject, kept)?;
        }
        Ok(waits)
    }

    /// Reverts a successful attempt: the count of its device, or of its address with the account, is reset; the shared counts are reduced
    /// by one failure.
    pub(super) fn forgive(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        throttles::put_delay(tx.conn, &self.own, Delay { failures: 0, until: tx.now })?;
        for subject in self.shared.iter().flatten() {
            let delay = throttles::try_once(tx.conn, subject)?;
            throttles::put_delay(tx.conn, subject, Delay { failures: delay.failures - 2, until: tx.now })?;
        }
        Ok(())
    }
}

/// The growth of a delay.
#[derive(Debug, Clone, Copy)]
struct DelayRule {
    /// The number of failures from which there is a delay.
    free: i64,
    /// The longest delay, in seconds.
    longest: i64,
}

impl DelayRule {
    /// Returns the delay after one more failure, which is counted in `before`: 1 second, 2, 4 and so on. Failures that ended longer ago
    /// than the window do not count.
    fn after(self, before: Delay, now: Moment, window: Duration) -> Delay {
        let failures = if before.failures > 1 && before.until + window < now { 1 } else { before.failures };
        let over = u32::try_from(failures - self.free).ok();
        let seconds = over.map_or(0, |over| 1_i64.checked_shl(over.min(30)).unwrap_or(i64::MAX).min(self.longest));
        Delay { failures, until: now + Duration::seconds(seconds) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_are_forgotten() {
        let (rule, window) = (DelayRule { free: 5, longest: 900 }, Duration::minutes(15));
        let now = Moment::from_micros(1_700_000_000_000_000);
        let seconds = |failures: i64| (rule.after(Delay { failures, until: now }, now, window).until - now).num_seconds();
        assert_eq!([1, 4, 5, 6, 7, 10, 14, 15, 900].map(seconds), [0, 0, 1, 2, 4, 32, 512, 900, 900]);
        let later = now + Duration::minutes(16);
        assert_eq!(rule.after(Delay { failures: 20, until: now }, later, window), Delay { failures: 1, until: later });
    }
}
