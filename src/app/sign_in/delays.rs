//! How long the next try at a password has to wait. Nobody is locked out by what others do: failures count for the device that made them,
//! or for the address and the account together, and the delay grows with each; what an account gets across all addresses, and an address
//! across all accounts, is only a short one.

use chrono::Duration;

use crate::app::sign_in::{Origin, hash};
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::store::throttles::{self, Delay};

/// From so many failures of all unknown devices together on, each further one of an account waits, times those of one address.
const FROM_EVERYWHERE: i64 = 4;
/// The longest wait that others can cause, seconds: more would lock people out on a new device.
const SHARED_SECONDS: i64 = 30;

/// Whom a try counts for.
#[derive(Debug, Clone)]
pub(super) struct Subjects {
    /// The device, or the address together with the account.
    own: String,
    /// For tries of unknown devices: the account, and the address.
    shared: Option<[String; 2]>,
}

impl Subjects {
    /// Of a known device, or of an address. The name is hashed: what people type there by mistake may be a password.
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

    /// Counts a try before its password is looked at, so that tries at the same moment count too; says until when none is looked at. Tries
    /// that are not looked at count for nothing: nobody can prolong a delay by going on.
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

    /// Takes a try back that was right: its device, or its address with the account, begins anew; what it shares with others has one failure
    /// less.
    pub(super) fn forgive(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        throttles::put_delay(tx.conn, &self.own, Delay { failures: 0, until: tx.now })?;
        for subject in self.shared.iter().flatten() {
            let delay = throttles::try_once(tx.conn, subject)?;
            throttles::put_delay(tx.conn, subject, Delay { failures: delay.failures - 2, until: tx.now })?;
        }
        Ok(())
    }
}

/// How a delay grows.
#[derive(Debug, Clone, Copy)]
struct DelayRule {
    /// Failures without a delay are fewer than this.
    free: i64,
    /// The longest delay, seconds.
    longest: i64,
}

impl DelayRule {
    /// The delay after one more failure, which is counted in `before`: 1 second, 2, 4 and so on. What ended longer ago than the window
    /// is forgotten.
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
