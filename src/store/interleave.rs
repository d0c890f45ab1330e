//! A point between the reads and the writes of a use case, at which a test stops it while another one commits.
//!
//! It is before the first writing statement of a transaction, wherever a use case executes that, so the use cases need no code for it and
//! no lock is taken. Without a hook, which only tests set, statements are not inspected.

use std::sync::{Arc, OnceLock};

use diesel::connection::{Connection, Instrumentation, InstrumentationEvent};

use crate::store::connection::AnyConn;

/// Runs at that point, on the thread of the transaction.
pub type Hook = Arc<dyn Fn() + Send + Sync>;

/// The place of the hook; all clones are one.
#[derive(Clone, Default)]
pub struct Interleave(Arc<OnceLock<Hook>>);

impl Interleave {
    /// Sets the hook, which stays for as long as the database is open. False if there is one.
    pub fn set(&self, hook: Hook) -> bool {
        self.0.set(hook).is_ok()
    }

    /// Watches the transaction that has just begun on this connection. Returns whether it does.
    pub(crate) fn watch(&self, conn: &mut AnyConn) -> bool {
        let Some(hook) = self.0.get() else { return false };
        conn.set_instrumentation(BeforeWriting(Some(Arc::clone(hook))));
        true
    }

    /// Ends that.
    pub(crate) fn leave(conn: &mut AnyConn) {
        conn.set_instrumentation(BeforeWriting(None));
    }
}

/// Calls the hook before the first statement that writes, once.
struct BeforeWriting(Option<Hook>);

impl Instrumentation for BeforeWriting {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if self.0.is_some()
            && let InstrumentationEvent::StartQuery { query, .. } = event
            && writes(&query.to_string())
            && let Some(hook) = self.0.take()
        {
            hook();
        }
    }
}

/// Whether a statement of ours writes. Several that are sent together begin with a `WITH`, which no reading does.
fn writes(statement: &str) -> bool {
    ["INSERT", "UPDATE", "DELETE", "WITH"].iter().any(|verb| statement.trim_start().starts_with(verb))
}
