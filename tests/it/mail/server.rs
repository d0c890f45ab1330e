//! A real mail server beside the test (`tests/smtp_server.py`).

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use base64::Engine as _;
use serde_json::Value;

use crate::support::tools;

/// It ends when it is dropped.
pub(crate) struct MailServer {
    child: Child,
    orders: Option<ChildStdin>,
    said: Receiver<String>,
    port: u16,
    mode: String,
    taken: Vec<Taken>,
}

/// A letter that reached the end of its text.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    /// What the server did with it.
    pub(crate) mode: String,
    /// To whom.
    pub(crate) to: Vec<String>,
    /// Byte for byte.
    pub(crate) text: String,
    /// Over which connection, counted from the first.
    pub(crate) line: i64,
}

impl Taken {
    /// The lines of the head that begin so, folded lines joined.
    pub(crate) fn header(&self, name: &str) -> Vec<String> {
        let head = self.text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
        let mine = |line: &str| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned);
        head.split("\r\n").filter_map(mine).collect()
    }

    /// The bodies, decoded: plain text, then HTML.
    pub(crate) fn bodies(&self) -> Vec<String> {
        let parts = self.text.split("Content-Transfer-Encoding: base64\r\n\r\n").skip(1);
        let decode = |part: &str| {
            let encoded: String = part.split("\r\n--").next().unwrap().split_whitespace().collect();
            String::from_utf8(base64::engine::general_purpose::STANDARD.decode(encoded).unwrap()).unwrap()
        };
        parts.map(decode).collect()
    }
}

impl MailServer {
    /// Starts one that accepts everything. `None` where such tests are skipped.
    pub(crate) fn start() -> Option<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp_server.py");
        let mut child = Command::new(tools::python()?).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let orders = child.stdin.take();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, said) = channel();
        // Read all the time: a full pipe would make the server wait, and with it whoever sends a letter.
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| tell.send(line)));
        let port = said.recv().unwrap().parse().unwrap();
        Some(Self { child, orders, said, port, mode: "accept".to_owned(), taken: Vec::new() })
    }

    /// Its port on the loopback.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Its address, as `mail.smtp_url` takes it.
    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The same, signing in with this password.
    pub(crate) fn url_with(&self, password: &str) -> String {
        format!("smtp://ztc:{password}@127.0.0.1:{}", self.port)
    }

    /// From now on it behaves so.
    pub(crate) fn mode(&mut self, mode: &str) {
        mode.clone_into(&mut self.mode);
        self.sync();
    }

    /// The letters since the last time.
    pub(crate) fn taken(&mut self) -> Vec<Taken> {
        self.sync();
        std::mem::take(&mut self.taken)
    }

    /// Waits until a letter comes; none must have come unseen before.
    pub(crate) fn wait_for_one(&mut self) {
        let line = self.said.recv().expect("the mail server of the test ended");
        self.keep(&line);
    }

    fn keep(&mut self, line: &str) {
        let letter: Value = serde_json::from_str(line).unwrap();
        let text = base64::engine::general_purpose::STANDARD.decode(letter["text"].as_str().unwrap()).unwrap();
        self.taken.push(Taken {
            mode: letter["mode"].as_str().unwrap().to_owned(),
            to: letter["to"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect(),
            text: String::from_utf8(text).unwrap(),
            line: letter["line"].as_i64().unwrap(),
        });
    }

    /// The server answers an order only after it has told of every letter before it.
    pub(crate) fn sync(&mut self) {
        let orders = self.orders.as_mut().unwrap();
        writeln!(orders, "{}", self.mode).unwrap();
        orders.flush().unwrap();
        let end = format!("mode {}", self.mode);
        loop {
            let line = self.said.recv().expect("the mail server of the test ended");
            if line == end {
                return;
            }
            self.keep(&line);
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.orders.take());
        if self.child.kill().is_ok() {
            drop(self.child.wait());
        }
    }
}
