//! Every operation of the API that changes something, against itself by somebody who saw the same: one wins where there is one thing to
//! decide, both where each adds something of its own. An operation of the document that is not walked here fails the test.

mod accounts;
mod handling;
mod manuscripts;

use std::collections::BTreeSet;

use serde_json::Value;
use zhitongche::config::{MailTransport, Settings};

use super::{Arena, Request, changing_operations};
use crate::support::database::Engine;

crate::both_databases!(every_act_is_stopped_while_another_commits);

/// What is right when two do the same at the same moment.
#[derive(Debug, Clone, Copy)]
enum Expect {
    /// One wins, the other is told that somebody was faster.
    One,
    /// The same, or the other finds nothing there any more, has no part in it any more, or is nobody any more.
    Gone,
    /// Both are right, one after the other.
    Both,
    /// One at least; the other, too, or it is told why not.
    Either,
}

impl Expect {
    fn allows(self, statuses: [u16; 2]) -> bool {
        let won = statuses.iter().filter(|status| (200..300).contains(*status)).count();
        let mut lost = statuses.iter().filter(|status| **status >= 300);
        match self {
            Self::One => won == 1 && lost.all(|status| matches!(status, 409 | 412)),
            Self::Gone => won == 1 && lost.all(|status| matches!(status, 401 | 403 | 404 | 409 | 412 | 422)),
            Self::Both => won == 2,
            Self::Either => won >= 1 && lost.all(|status| matches!(status, 401 | 404 | 409 | 412 | 422)),
        }
    }
}

struct Walk {
    arena: Arena,
    walked: BTreeSet<String>,
    wrong: Vec<String>,
    races: usize,
    stopped: usize,
}

impl Walk {
    /// The request for an operation on this thing, with the version that the person sees now.
    async fn on(&self, operation: &str, login: &'static str, id: &str, body: Value) -> Request {
        let (method, path) = operation.split_once(' ').unwrap();
        let method = ["POST", "PUT", "PATCH", "DELETE"].into_iter().find(|one| *one == method).unwrap();
        let path = path.replace("{id}", id);
        let thing = path.split('/').take(3).collect::<Vec<_>>().join("/");
        let seen = if id.is_empty() { None } else { self.arena.version(login, &thing).await };
        Request { method, login, path, seen, body }
    }

    /// Lets the two race, and notes what is wrong with it.
    async fn race(&mut self, operation: &str, expect: Expect, slow: &Request, fast: &Request) {
        let cast = &self.arena.cast;
        let outcome = self.arena.race(slow.send(cast), fast.send(cast)).await;
        self.walked.insert(operation.to_owned());
        self.races += 1;
        self.stopped += usize::from(outcome.stopped);
        if !outcome.stopped && self.arena.can_stop() {
            self.wrong.push(format!("{operation}: never came to write, so nothing was tried: {}", outcome.slow.body));
        }
        if !expect.allows(outcome.statuses()) {
            let said = [&outcome.slow.body, &outcome.fast.body].map(ToString::to_string).join(" / ");
            self.wrong.push(format!("{operation}: {:?}, expected {expect:?}: {said}", outcome.statuses()));
        }
    }

    /// The same person twice, from two windows.
    async fn twice(&mut self, operation: &str, expect: Expect, login: &'static str, id: &str, body: Value) {
        let request = self.on(operation, login, id, body).await;
        self.race(operation, expect, &request, &request).await;
    }

    /// Two people.
    async fn both(&mut self, operation: &str, expect: Expect, people: [&'static str; 2], id: &str, body: Value) {
        let request = self.on(operation, people[0], id, body).await;
        let other = request.by(people[1]);
        self.race(operation, expect, &request, &other).await;
    }
}

async fn every_act_is_stopped_while_another_commits(engine: Engine) {
    let usual = |settings: &mut Settings| {
        settings.undo.minutes = 0;
        settings.backup.folder = Some(settings.server.data_dir.join("backups"));
        // So that the mail server can be set.
        settings.mail.transport = MailTransport::File;
    };
    let arena = Arena::with(engine, usual).await;
    let mut walk = Walk { arena, walked: BTreeSet::new(), wrong: Vec::new(), races: 0, stopped: 0 };
    walk.manuscripts().await;
    walk.bulletins().await;
    walk.assignments().await;
    walk.outcomes().await;
    walk.accounts().await;
    walk.sign_ins().await;
    let Walk { arena, mut walked, mut wrong, mut races, mut stopped } = walk;
    // What can be taken back needs a window.
    let with_undo = Arena::with(engine, |settings| settings.undo.minutes = 10).await;
    let mut walk = Walk { arena: with_undo, walked: BTreeSet::new(), wrong: Vec::new(), races: 0, stopped: 0 };
    walk.undo().await;
    walked.append(&mut walk.walked);
    wrong.append(&mut walk.wrong);
    (races, stopped) = (races + walk.races, stopped + walk.stopped);
    let all = changing_operations();
    let missing: Vec<&String> = all.difference(&walked).collect();
    eprintln!("{} operations of {} walked in {races} races; stopped between reading and writing: {stopped}", walked.len(), all.len());
    assert!(wrong.is_empty(), "{} races ended wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(missing, Vec::<&String>::new(), "not walked");
    drop(arena);
}
