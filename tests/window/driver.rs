//! The WebDriver protocol over one loopback connection a command: enough of it to look at a page, click, type, and take pictures.
//!
//! Knows nothing of the program; `console.rs` does. Written out because the protocol is a dozen small JSON requests and a client
//! library would bring a browser's worth of dependencies along.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use base64::Engine as _;
use serde_json::{Value, json};

/// The key under which the protocol hides an element's identity.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long one command may take: the first one starts the program on a busy machine.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);

/// What a command can fail with: the protocol's own word for it, and its message.
#[derive(Debug)]
#[allow(dead_code, reason = "read in the report of a failed step, which prints it whole")]
pub struct Refused {
    /// `stale element reference`, `element click intercepted`, …
    pub error: String,
    /// The rest.
    pub message: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{}: {}", self.error, self.message)
    }
}

/// A running driver with one session in it.
pub struct Driver {
    port: u16,
    session: String,
    process: Child,
}

/// An element of the page.
#[derive(Clone, Debug)]
pub struct Element(String);

impl Driver {
    /// Starts a driver of its own on a free port, and the program in it.
    pub fn start(program: &Path, arguments: &[&str], environment: &[(&str, &str)], log: &Path) -> Self {
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|held| held.local_addr()).expect("a free port").port();
        let log = std::fs::File::create(log).expect("a log file");
        let process = Command::new("WebKitWebDriver")
            .args(["--host=127.0.0.1", &format!("--port={port}")])
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log file"))
            .stderr(log)
            .spawn()
            .expect("WebKitWebDriver starts");
        let mut driver = Self { port, session: String::new(), process };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < COMMAND_LIMIT, "WebKitWebDriver does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        let options = json!({ "binary": program, "args": arguments });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let answer = driver.ask("POST", "/session", &wanted).expect("the program starts in the driver");
        driver.session = answer["sessionId"].as_str().expect("a session").to_owned();
        driver
    }

    /// Runs a script in the page; `arguments` are its `arguments`.
    pub fn script(&self, text: &str, arguments: &[Value]) -> Result<Value, Refused> {
        self.command("POST", "execute/sync", &json!({ "script": text, "args": arguments }))
    }

    /// The elements that a selector finds.
    pub fn find(&self, selector: &str) -> Result<Vec<Element>, Refused> {
        let found = self.command("POST", "elements", &json!({ "using": "css selector", "value": selector }))?;
        let id = |value: &Value| Some(Element(value.get(ELEMENT)?.as_str()?.to_owned()));
        Ok(found.as_array().map(|list| list.iter().filter_map(id).collect()).unwrap_or_default())
    }

    /// Clicks with the pointer in the middle of an element.
    pub fn click(&self, element: &Element) -> Result<(), Refused> {
        self.command("POST", &format!("element/{}/click", element.0), &json!({})).map(drop)
    }

    /// Types into an element, key by key.
    pub fn keys(&self, element: &Element, text: &str) -> Result<(), Refused> {
        self.command("POST", &format!("element/{}/value", element.0), &json!({ "text": text })).map(drop)
    }

    /// Moves the pointer out of the way, so that no hover shows on a picture.
    pub fn rest_pointer(&self) {
        let moved = json!([{ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" },
            "actions": [{ "type": "pointerMove", "duration": 0, "x": 700, "y": 2 }] }]);
        // A picture with a hover is no reason to fail.
        let _moved = self.command("POST", "actions", &json!({ "actions": moved }));
    }

    /// What is seen, as PNG.
    pub fn picture(&self) -> Result<Vec<u8>, Refused> {
        let encoded = self.command("GET", "screenshot", &Value::Null)?;
        let text = encoded.as_str().unwrap_or_default();
        base64::engine::general_purpose::STANDARD
            .decode(text)
            .map_err(|error| Refused { error: "no base64".into(), message: error.to_string() })
    }

    /// Sets the window's size.
    pub fn resize(&self, width: u32, height: u32) {
        let size = json!({ "x": 0, "y": 0, "width": width, "height": height });
        self.command("POST", "window/rect", &size).expect("the window can be resized");
    }

    /// Closes the window as its user does.
    pub fn close_window(&self) {
        // The program may be gone before it has answered.
        let _answer = self.command("DELETE", "window", &Value::Null);
    }

    fn command(&self, method: &str, name: &str, body: &Value) -> Result<Value, Refused> {
        self.ask(method, &format!("/session/{}/{name}", self.session), body)
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refused> {
        let (status, text) =
            self.exchange(method, path, body).map_err(|error| Refused { error: "no answer".into(), message: error.to_string() })?;
        let mut answer: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        let value = answer.get_mut("value").map(Value::take).unwrap_or_default();
        if (200..300).contains(&status) {
            return Ok(value);
        }
        let word = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Err(Refused { error: word("error"), message: format!("{} {text:.400}", word("message")) })
    }

    fn exchange(&self, method: &str, path: &str, body: &Value) -> std::io::Result<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(COMMAND_LIMIT))?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nContent-Type: application/json\r\n", self.port);
        stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes())?;
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let mut length = None;
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
                length = value.trim().parse::<u64>().ok().filter(|_| !name.is_empty());
            }
        }
        let mut text = Vec::new();
        reader.take(length.unwrap_or(u64::MAX)).read_to_end(&mut text)?;
        Ok((status, String::from_utf8_lossy(&text).into_owned()))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _answer = self.ask("DELETE", &format!("/session/{}", self.session), &Value::Null);
        let _killed = self.process.kill();
        let _status = self.process.wait();
    }
}
