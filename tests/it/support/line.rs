//! A line to PostgreSQL that a test can freeze: it stands, new ones are taken, and nothing comes through, as when the server was stopped or
//! a network swallows everything.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex};

use url::Url;

/// The line; clones are the same one.
#[derive(Clone)]
pub(crate) struct Line {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    frozen: Mutex<Frozen>,
    changed: Condvar,
}

#[derive(Default)]
struct Frozen {
    now: bool,
    /// Freezes before it passes on what holds these bytes.
    at: Option<Vec<u8>>,
}

impl State {
    /// Waits until something may pass.
    fn pass(&self, bytes: &[u8]) {
        let mut frozen = self.frozen.lock().unwrap();
        let holds = |what: &Vec<u8>| bytes.windows(what.len()).any(|window| window == what.as_slice());
        if frozen.at.as_ref().is_some_and(holds) {
            *frozen = Frozen { now: true, at: None };
            self.changed.notify_all();
        }
        drop(self.changed.wait_while(frozen, |frozen| frozen.now).unwrap());
    }
}

impl Line {
    /// A line to the database of this URL.
    pub(crate) fn to(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let line = Self { address: listener.local_addr().unwrap(), state: Arc::default() };
        let (state, target) = (Arc::clone(&line.state), Url::parse(url).unwrap());
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let (state, target) = (Arc::clone(&state), target.clone());
                std::thread::spawn(move || join(near, &target, &state));
            }
        });
        line
    }

    /// The URL of the same database through this line.
    pub(crate) fn url(&self, of: &str) -> String {
        let url = Url::parse(of).unwrap();
        let user = url.query_pairs().find(|(name, _)| name == "user").map(|(_, user)| user.into_owned());
        let user = user.unwrap_or_else(|| url.username().to_owned());
        let password = url.password().map(|password| format!(":{password}")).unwrap_or_default();
        format!("postgres://{user}{password}@{}{}", self.address, url.path())
    }

    /// From now on nothing comes through.
    pub(crate) fn freeze(&self) {
        self.state.frozen.lock().unwrap().now = true;
    }

    /// Nothing comes through from the next message to the server on that holds these bytes.
    pub(crate) fn freeze_at(&self, bytes: &str) {
        self.state.frozen.lock().unwrap().at = Some(bytes.as_bytes().to_vec());
    }

    /// Whether it is frozen.
    pub(crate) fn is_frozen(&self) -> bool {
        self.state.frozen.lock().unwrap().now
    }

    /// What was held up comes through, and all that follows.
    pub(crate) fn thaw(&self) {
        *self.state.frozen.lock().unwrap() = Frozen::default();
        self.state.changed.notify_all();
    }
}

/// Passes on what comes, both ways.
fn join(near: TcpStream, target: &Url, state: &Arc<State>) {
    let folder = target.query_pairs().find(|(name, host)| name == "host" && host.starts_with('/')).map(|(_, host)| host.into_owned());
    let port = target.port().unwrap_or(5432);
    if let Some(folder) = folder {
        let far = UnixStream::connect(format!("{folder}/.s.PGSQL.{port}")).unwrap();
        let (from, to) = (far.try_clone().unwrap(), near.try_clone().unwrap());
        let state_back = Arc::clone(state);
        std::thread::spawn(move || copy(from, to, &state_back, |to| drop(to.shutdown(Shutdown::Both))));
        copy(near, far, state, |far| drop(far.shutdown(Shutdown::Both)));
    } else {
        let far = TcpStream::connect((target.host_str().unwrap_or("127.0.0.1"), port)).unwrap();
        let (from, to) = (far.try_clone().unwrap(), near.try_clone().unwrap());
        let state_back = Arc::clone(state);
        std::thread::spawn(move || copy(from, to, &state_back, |to| drop(to.shutdown(Shutdown::Both))));
        copy(near, far, state, |far| drop(far.shutdown(Shutdown::Both)));
    }
}

fn copy<W: Write>(mut from: impl Read, mut to: W, state: &State, end: impl FnOnce(&W)) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        state.pass(&buffer[..read]);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    end(&to);
}
