//! Live counts of a person's work queues, as server-sent events (WHATWG HTML, 9.2).
//!
//! One task of the process asks the database whether the ledger has a newer entry, as long as there are listeners; then every listener
//! counts its queues again. So it works with several nodes, and an event discloses no more than the readings of a page.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, HeaderName};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, rt};
use futures_util::{Stream, stream};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::app::ledger::reading::newest_entry;
use crate::app::reading::counts::{Counts, MOST, counts};
use crate::app::{App, AppError, sign_in};
use crate::domain::ids::UserId;
use crate::domain::vocabulary::Role;

/// Interval between two queries while there are listeners.
const BEAT: Duration = Duration::from_secs(1);
/// Without a change a listener counts again after this time and sends a keep-alive.
const QUIET: Duration = Duration::from_secs(20);

/// The beat of this process; one for all its listeners.
#[derive(Debug, Clone)]
pub struct Pulse(watch::Sender<Beat>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beat {
    At(u64),
    Ended,
}

impl Default for Pulse {
    fn default() -> Self {
        Self(watch::Sender::new(Beat::At(0)))
    }
}

impl Pulse {
    /// Polls for changes until [`Pulse::end`]. Runs on the runtime of the server.
    pub fn start(&self, app: App) {
        let beat = self.0.clone();
        rt::spawn(async move {
            let mut last = None;
            while *beat.borrow() != Beat::Ended {
                rt::time::sleep(BEAT).await;
                if beat.receiver_count() == 0 {
                    continue;
                }
                match app.read(newest_entry).await {
                    Ok(newest) if newest != last => {
                        last = newest;
                        beat.send_modify(|beat| {
                            if let Beat::At(n) = beat {
                                *n += 1;
                            }
                        });
                    }
                    Ok(_) => {}
                    Err(error) => tracing::debug!(%error, "no pulse"),
                }
            }
        });
    }

    /// Ends every stream, so that a stopping server need not wait for them.
    pub fn end(&self) {
        self.0.send_replace(Beat::Ended);
    }
}

/// The data of an event.
#[derive(Debug, Serialize)]
struct LiveEvent {
    account: UserId,
    desks: Vec<OneDesk>,
    unread: usize,
    most: usize,
}

#[derive(Debug, Serialize)]
struct OneDesk {
    role: Role,
    count: usize,
    stamp: String,
}

/// The counts of an account as the events write them (JSON). The account is named because the tabs of a browser share one stream.
#[must_use]
pub fn json(account: UserId, counts: Counts) -> String {
    let desks = counts.desks.into_iter().map(|one| OneDesk { role: one.role, count: one.count, stamp: one.stamp }).collect();
    serde_json::to_string(&LiveEvent { account, desks, unread: counts.unread, most: MOST }).unwrap_or_default()
}

struct EventLine {
    app: App,
    secret: String,
    beat: watch::Receiver<Beat>,
    sent: Option<Counts>,
    /// Whether it has counted, or tried to.
    looked: bool,
    over: bool,
}

/// The stream of the person who is authenticated by a secret. It ends with an event `end` when the session does, and without one when the
/// server stops.
#[must_use]
pub fn answer(app: App, pulse: &Pulse, secret: String) -> HttpResponse {
    let line = EventLine { app, secret, beat: pulse.0.subscribe(), sent: None, looked: false, over: false };
    HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        // A proxy that buffers responses would hold the events back.
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        .streaming(events(line))
}

/// The stream for a page of another account than the one that is signed in: one event that says so, and the end.
#[must_use]
pub fn of_another() -> HttpResponse {
    single("event: other\ndata: {}\n\n")
}

/// The line for a page whose session is over: it ends at once. A redirection would be followed, and the page for signing in is no line.
#[must_use]
pub fn of_nobody() -> HttpResponse {
    single("event: end\ndata: {}\n\n")
}

fn single(event: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type("text/event-stream; charset=utf-8").insert_header((CACHE_CONTROL, "no-store")).body(event)
}

fn events(line: EventLine) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(line, |mut line| async move {
        let text = next(&mut line).await?;
        Some((Ok(Bytes::from(text)), line))
    })
}

/// Waits for the next event; `None` at the end of the stream.
async fn next(line: &mut EventLine) -> Option<String> {
    if line.over {
        return None;
    }
    let quiet_from = Instant::now();
    loop {
        let quiet = if std::mem::replace(&mut line.looked, true) {
            // Both outcomes lead to a new count: the beat reports a change, the timeout that enough time has passed.
            match timeout(QUIET.saturating_sub(quiet_from.elapsed()), line.beat.changed()).await {
                Ok(Ok(())) => false,
                Ok(Err(_)) => return None,
                Err(_) => true,
            }
        } else {
            true
        };
        if *line.beat.borrow_and_update() == Beat::Ended {
            return None;
        }
        if let Some(text) = look(line, quiet).await {
            return Some(text);
        }
    }
}

/// Counts again. Where nothing has changed for this person, nothing is sent before `QUIET` is over: the time of a keep-alive must not
/// disclose that others have acted.
async fn look(line: &mut EventLine, quiet: bool) -> Option<String> {
    let secret = line.secret.clone();
    let counted = line.app.read(move |tx| {
        let known = sign_in::authenticate(tx, &secret)?;
        Ok((known.actor.user, counts(tx, &known.actor)?))
    });
    match counted.await {
        Ok((_, now)) if line.sent.as_ref() == Some(&now) => quiet.then(|| ": still here\n\n".to_owned()),
        Ok((account, now)) => {
            let text = format!("event: desk\ndata: {}\n\n", json(account, now.clone()));
            line.sent = Some(now);
            Some(text)
        }
        Err(AppError::Unauthenticated) => {
            line.over = true;
            Some("event: end\ndata: {}\n\n".to_owned())
        }
        Err(error) => {
            tracing::debug!(%error, "a line could not count");
            Some(": not now\n\n".to_owned())
        }
    }
}
