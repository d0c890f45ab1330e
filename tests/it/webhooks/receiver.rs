//! A receiver of messages on loopback, which answers as it is told.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// A request that came.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) path: String,
    headers: Vec<(String, String)>,
    pub(super) text: String,
}

impl Taken {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    pub(super) fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

/// Listens until the test ends.
pub(super) struct Receiver {
    pub(super) port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
    answer: Arc<Mutex<String>>,
}

impl Receiver {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (taken, answer) = (Arc::<Mutex<Vec<Taken>>>::default(), Arc::new(Mutex::new(String::new())));
        let receiver = Self { port, taken: Arc::clone(&taken), answer: Arc::clone(&answer) };
        receiver.answers("200 OK", "{}");
        std::thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let Some(request) = read(&mut stream) else { continue };
                taken.lock().unwrap().push(request);
                let answer = answer.lock().unwrap().clone();
                if answer.is_empty() {
                    // Kept open without a word.
                    silent.push(stream);
                } else {
                    drop(stream.write_all(answer.as_bytes()));
                }
            }
        });
        receiver
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook?key=geheim", self.port)
    }

    pub(super) fn answers(&self, status: &str, body: &str) {
        let length = body.len();
        self.raw(&format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        ));
    }

    pub(super) fn raw(&self, answer: &str) {
        answer.clone_into(&mut self.answer.lock().unwrap());
    }

    pub(super) fn silent(&self) {
        self.answer.lock().unwrap().clear();
    }

    /// What has come since the last time.
    pub(super) fn taken(&self) -> Vec<Taken> {
        std::mem::take(&mut self.taken.lock().unwrap())
    }
}

fn read(stream: &mut TcpStream) -> Option<Taken> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
            let mut lines = text.lines();
            let path = lines.next()?.split(' ').nth(1)?.to_owned();
            let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
            let headers: Vec<(String, String)> = lines.filter_map(header).collect();
            let length: usize = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
            if bytes.len() >= head + 4 + length {
                let text = String::from_utf8(bytes[head + 4..head + 4 + length].to_vec()).ok()?;
                return Some(Taken { path, headers, text });
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend(&buffer[..read]),
        }
    }
}
