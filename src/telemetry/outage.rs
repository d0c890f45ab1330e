//! Outages in the log: a line when one begins, one a minute with how many were refused, one when it is over; not one for each of them.
//!
//! Single refusals are logged at level `debug`.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Between two lines of the same outage.
const EVERY: Duration = Duration::from_secs(60);
/// An outage is over when nothing was refused for so long.
const QUIET: Duration = Duration::from_secs(30);
/// The interval between two looks.
const LOOK: Duration = Duration::from_secs(5);

/// One outage.
#[derive(Debug)]
struct Outage {
    begun: Instant,
    last: Instant,
    told: Instant,
    untold: u64,
    all: u64,
}

/// A line about an outage.
#[derive(Debug, PartialEq, Eq)]
enum OutageLogLine {
    Begun,
    Lasts { since_last_line: u64, all: u64 },
    Over { all: u64, seconds: u64 },
    Unfinished { all: u64 },
}

/// The outages that have not ended, by the kind of refused work.
#[derive(Debug, Default)]
struct Outages(Mutex<BTreeMap<&'static str, Outage>>);

impl Outages {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Outage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refused(&self, what: &'static str, now: Instant) -> Option<OutageLogLine> {
        let mut all = self.lock();
        match all.get_mut(what) {
            Some(outage) => {
                (outage.last, outage.untold, outage.all) = (now, outage.untold + 1, outage.all + 1);
                None
            }
            None => {
                all.insert(what, Outage { begun: now, last: now, told: now, untold: 0, all: 1 });
                Some(OutageLogLine::Begun)
            }
        }
    }

    fn look(&self, now: Instant, at_end: bool) -> Vec<(&'static str, OutageLogLine)> {
        let (mut lines, mut all) = (Vec::new(), self.lock());
        all.retain(|what, outage| {
            let is_over = now.duration_since(outage.last) >= QUIET;
            if is_over {
                let seconds = outage.last.duration_since(outage.begun).as_secs();
                lines.push((*what, OutageLogLine::Over { all: outage.all, seconds }));
            } else if at_end {
                lines.push((*what, OutageLogLine::Unfinished { all: outage.all }));
            } else if now.duration_since(outage.told) >= EVERY {
                lines.push((*what, OutageLogLine::Lasts { since_last_line: outage.untold, all: outage.all }));
                (outage.told, outage.untold) = (now, 0);
            }
            !is_over && !at_end
        });
        lines
    }
}

fn outages() -> &'static Outages {
    static OUTAGES: OnceLock<Outages> = OnceLock::new();
    OUTAGES.get_or_init(Outages::default)
}

/// Counts work that was refused because something it depends on is away. `what` names the kind of work; each kind has lines of its own in
/// the log.
pub fn refused(what: &'static str, why: &impl Display) {
    tracing::debug!(outage = what, %why, "refused");
    if outages().refused(what, Instant::now()).is_some() {
        tracing::error!(outage = what, %why, "an outage has begun; the next line about it comes in a minute, or when it is over");
    }
}

/// Starts the thread that logs the outages of this process.
pub fn watch() {
    static WATCHED: OnceLock<()> = OnceLock::new();
    WATCHED.get_or_init(|| {
        let thread = std::thread::Builder::new().name("outages".to_owned());
        let watched = thread.spawn(|| {
            loop {
                std::thread::sleep(LOOK);
                say(outages().look(Instant::now(), false));
            }
        });
        if let Err(error) = watched {
            tracing::warn!(%error, "outages are not counted in the log");
        }
    });
}

/// Logs the outages that have not ended, when the process ends.
pub fn end() {
    say(outages().look(Instant::now(), true));
}

fn say(lines: Vec<(&'static str, OutageLogLine)>) {
    for (what, line) in lines {
        match line {
            OutageLogLine::Begun => {}
            OutageLogLine::Lasts { since_last_line, all } => {
                tracing::error!(outage = what, refused = since_last_line, all, "an outage lasts");
            }
            OutageLogLine::Unfinished { all } => tracing::error!(outage = what, all, "the process ends before the outage was over"),
            OutageLogLine::Over { all, seconds } => {
                tracing::warn!(outage = what, all, seconds, "an outage is over: nothing more is refused")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_has_a_line_at_its_beginning_each_minute_and_at_its_end() {
        let (outages, begin) = (Outages::default(), Instant::now());
        let at = |seconds| begin + Duration::from_secs(seconds);
        assert_eq!(outages.refused("writing", begin), Some(OutageLogLine::Begun));
        let mut lines = Vec::new();
        for second in 1..=150 {
            for _ in 0..1000 {
                assert_eq!(outages.refused("writing", at(second)), None);
            }
            lines.extend(outages.look(at(second), false));
        }
        let lasts = |all| ("writing", OutageLogLine::Lasts { since_last_line: 60_000, all });
        assert_eq!(lines, [lasts(60_001), lasts(120_001)]);
        assert_eq!(outages.look(at(179), false), []);
        assert_eq!(outages.look(at(180), false), [("writing", OutageLogLine::Over { all: 150_001, seconds: 150 })]);
        assert_eq!(outages.look(at(240), false), []);
        assert_eq!(outages.refused("writing", at(300)), Some(OutageLogLine::Begun), "another one");
    }

    #[test]
    fn each_cause_has_its_own_lines_and_the_end_tells_of_all() {
        let (outages, now) = (Outages::default(), Instant::now());
        assert_eq!(outages.refused("disk", now), Some(OutageLogLine::Begun));
        assert_eq!(outages.refused("mail", now), Some(OutageLogLine::Begun));
        assert_eq!(outages.refused("mail", now), None);
        let unfinished = |what, all| (what, OutageLogLine::Unfinished { all });
        assert_eq!(outages.look(now, true), [unfinished("disk", 1), unfinished("mail", 2)]);
    }
}
