//! Real mail servers for tests: a private Dovecot, a relay behind its submission, a certificate authority of their own.
//!
//! Everything listens on free loopback ports and lives in one folder; any address logs in with [`PASSWORD`]. Several instances
//! run side by side. Used by path from the tests of several packages, so it depends on the standard library alone and needs
//! `dovecot` and `openssl` on the machine; without them [`MailServers::start_or_skip`] says so.

#![allow(dead_code, reason = "each package's tests use a part")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "test support: a panic is the report"
)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// The password of every user.
pub const PASSWORD: &str = "secret";

/// How long a server may take to start: a busy machine with two cores.
const START_LIMIT: Duration = Duration::from_secs(30);

/// What takes the mails that users submit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relay {
    /// A few lines inside the test that pass each mail on to Dovecot's LMTP; any number at once, for any user.
    InTest,
    /// OpenSMTPD: needs root, and only one runs on a machine.
    OpenSmtpd,
}

/// How the servers shall be.
#[derive(Clone, Debug)]
pub struct Options {
    /// What takes submitted mails.
    pub relay: Relay,
    /// A limit for every mailbox, as Dovecot writes it (`*:storage=64K`).
    pub quota: String,
    /// The name of the folder that is marked as that of sent mail.
    pub sent_folder: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { relay: Relay::InTest, quota: "*:storage=2G".to_owned(), sent_folder: "Sent".to_owned() }
    }
}

/// Running servers; dropping them stops them.
pub struct MailServers {
    /// IMAP, with STARTTLS.
    pub imap_port: u16,
    /// IMAP over TLS.
    pub imaps_port: u16,
    /// Submission, with STARTTLS.
    pub submission_port: u16,
    /// Submission over TLS.
    pub submissions_port: u16,
    /// LMTP, for direct delivery.
    pub lmtp_port: u16,
    /// Where the relay listens.
    pub relay_port: u16,
    /// The authority that signed the servers' certificate for `localhost` and `127.0.0.1`.
    pub ca_pem: String,
    /// The folder that everything is in.
    pub dir: PathBuf,
    /// Makes the relay hang up instead of answering after it has taken a mail, as often as this says.
    pub cut_after_data: Arc<AtomicUsize>,
    /// Mails that the relay has taken.
    pub relayed: Arc<AtomicUsize>,
    dovecot: Option<Child>,
    opensmtpd: Option<Child>,
    stop: Arc<AtomicBool>,
    relay: Option<JoinHandle<()>>,
}

impl MailServers {
    /// Starts servers in `dir`, or says why a test that needs them is skipped. With `MERCATOR_REQUIRE_PEERS=1` that is a failure.
    pub fn start_or_skip(dir: &Path, options: &Options) -> Option<Self> {
        let missing: Vec<&str> = ["dovecot", "doveadm", "openssl"].into_iter().filter(|name| find(name).is_none()).collect();
        if missing.is_empty() {
            return Some(Self::start(dir, options));
        }
        assert!(
            std::env::var("MERCATOR_REQUIRE_PEERS").as_deref() != Ok("1"),
            "the mail servers are required, but {missing:?} are not installed"
        );
        println!("SKIPPED: {missing:?} are not installed; see tests/peers/mail/README.md");
        None
    }

    /// Like [`Self::start_or_skip`] with a real OpenSMTPD, which only root can start and only once on a machine: the lock that comes
    /// along is held until the test ends.
    pub fn start_opensmtpd_or_skip(dir: &Path) -> Option<(Self, std::fs::File)> {
        let root = output("id", &["-u"]) == "0";
        if find("smtpd").is_none() || !root {
            let required = root && std::env::var("MERCATOR_REQUIRE_PEERS").as_deref() == Ok("1");
            assert!(!required, "OpenSMTPD is required, but it is not installed");
            println!("SKIPPED: OpenSMTPD is not installed, or this is not root");
            return None;
        }
        let lock = std::fs::File::create(std::env::temp_dir().join("mercator-test-opensmtpd.lock")).expect("a lock file");
        lock.lock().expect("the lock can be had");
        Some((Self::start_or_skip(dir, &Options { relay: Relay::OpenSmtpd, ..Options::default() })?, lock))
    }

    /// Starts servers in `dir` and waits until they answer.
    pub fn start(dir: &Path, options: &Options) -> Self {
        let dir = prepare(dir);
        let ca_pem = make_certificates(&dir.join("tls"));
        let [imap_port, imaps_port, submission_port, submissions_port, lmtp_port, relay_port] = free_ports();
        let mut servers = Self {
            imap_port,
            imaps_port,
            submission_port,
            submissions_port,
            lmtp_port,
            relay_port,
            ca_pem,
            dir,
            cut_after_data: Arc::default(),
            relayed: Arc::default(),
            dovecot: None,
            opensmtpd: None,
            stop: Arc::default(),
            relay: None,
        };
        servers.write_dovecot_config(options);
        servers.start_dovecot();
        match options.relay {
            Relay::InTest => servers.start_relay(),
            Relay::OpenSmtpd => servers.start_opensmtpd(),
        }
        servers
    }

    /// Puts a mail into a mailbox, as another server would.
    pub fn deliver(&self, from: &str, to: &str, raw: &[u8]) {
        let answer = lmtp(self.lmtp_port, from, &[to.to_owned()], raw);
        assert!(answer.starts_with('2'), "Dovecot did not take the mail: {answer}");
    }

    /// Stops Dovecot and starts it again on the same ports.
    pub fn restart(&mut self) {
        self.stop_dovecot();
        self.start_dovecot();
    }

    /// Stops Dovecot; its ports refuse connections until [`Self::start_dovecot`].
    pub fn stop_dovecot(&mut self) {
        if let Some(mut child) = self.dovecot.take() {
            end(&mut child);
        }
        wait_until("Dovecot stops", || TcpStream::connect(("127.0.0.1", self.imap_port)).is_err());
    }

    /// Starts Dovecot again after [`Self::stop_dovecot`].
    pub fn start_dovecot(&mut self) {
        let program = find("dovecot").expect("dovecot is installed");
        let log = std::fs::File::create(self.dir.join("dovecot.out")).expect("a log file");
        let child = Command::new(program)
            .arg("-F")
            .arg("-c")
            .arg(self.config())
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log file"))
            .stderr(log)
            .spawn();
        self.dovecot = Some(child.expect("dovecot starts"));
        let ports = [self.imap_port, self.imaps_port, self.submission_port, self.submissions_port, self.lmtp_port];
        wait_until(&format!("Dovecot answers (see {})", self.dir.join("dovecot.log").display()), || {
            ports.iter().all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok())
        });
    }

    /// Gives a folder a new UIDVALIDITY, as a server does after it was rebuilt from a backup.
    pub fn change_uidvalidity(&self, user: &str, folder: &str, uidvalidity: u32) {
        self.doveadm(&["mailbox", "update", "-u", user, "--uid-validity", &uidvalidity.to_string(), folder]);
    }

    /// All mails of a folder, oldest first, with their flags' letters in the file name left out.
    pub fn mails(&self, user: &str, folder: &str) -> Vec<Vec<u8>> {
        let name = if folder == "INBOX" { String::new() } else { format!(".{}", folder.replace('/', ".")) };
        let base = self.dir.join("mail").join(user).join("Maildir").join(name);
        let mut files: Vec<(std::time::SystemTime, PathBuf)> = ["new", "cur"]
            .iter()
            .filter_map(|sub| std::fs::read_dir(base.join(sub)).ok())
            .flatten()
            .filter_map(Result::ok)
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        files.sort();
        files.into_iter().map(|(_, path)| std::fs::read(path).expect("a mail can be read")).collect()
    }

    /// The names of a folder's files with their flags (`S` for read).
    pub fn flags(&self, user: &str, folder: &str) -> Vec<String> {
        let name = if folder == "INBOX" { String::new() } else { format!(".{}", folder.replace('/', ".")) };
        let base = self.dir.join("mail").join(user).join("Maildir").join(name);
        let names = ["new", "cur"]
            .iter()
            .filter_map(|sub| std::fs::read_dir(base.join(sub)).ok())
            .flatten()
            .filter_map(|e| e.ok()?.file_name().into_string().ok());
        names.map(|name| name.rsplit_once(":2,").map_or(String::new(), |(_, flags)| flags.to_owned())).collect()
    }

    /// Runs Dovecot's own tool on this instance.
    pub fn doveadm(&self, arguments: &[&str]) -> String {
        let output = Command::new(find("doveadm").expect("doveadm is installed"))
            .arg("-c")
            .arg(self.config())
            .args(arguments)
            .output()
            .expect("doveadm runs");
        assert!(output.status.success(), "doveadm {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn config(&self) -> PathBuf {
        self.dir.join("dovecot.conf")
    }

    fn write_dovecot_config(&self, options: &Options) {
        let own = own_names();
        let text = include_str!("../peers/mail/dovecot.conf")
            .replace("@DIR@", &self.dir.display().to_string())
            .replace("@NAME@", &format!("mercator-test-{}", self.imap_port))
            .replace("@INTERNAL@", &own.internal)
            .replace("@INTERNAL_GROUP@", &own.internal_group)
            .replace("@LOGIN@", &own.login)
            .replace("@MAIL_USER@", &own.mail_user)
            .replace("@MAIL_GROUP@", &own.mail_group)
            .replace("@QUOTA@", &options.quota)
            .replace("@SENT@", &format!("\"{}\"", options.sent_folder))
            .replace("@IMAP@", &self.imap_port.to_string())
            .replace("@IMAPS@", &self.imaps_port.to_string())
            .replace("@SUBMISSION@", &self.submission_port.to_string())
            .replace("@SUBMISSIONS@", &self.submissions_port.to_string())
            .replace("@LMTP@", &self.lmtp_port.to_string())
            .replace("@RELAY@", &self.relay_port.to_string());
        std::fs::write(self.config(), text).expect("the configuration can be written");
    }

    fn start_relay(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.relay_port)).expect("the relay's port is free");
        let (stop, cut, relayed, lmtp_port) =
            (Arc::clone(&self.stop), Arc::clone(&self.cut_after_data), Arc::clone(&self.relayed), self.lmtp_port);
        self.relay = Some(std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (cut, relayed) = (Arc::clone(&cut), Arc::clone(&relayed));
                std::thread::spawn(move || {
                    let _ = relay_session(stream, lmtp_port, &cut, &relayed);
                });
            }
        }));
    }

    fn start_opensmtpd(&mut self) {
        let own = own_names();
        let text = include_str!("../peers/mail/smtpd.conf")
            .replace("@MAIL_USER@", &own.mail_user)
            .replace("@LMTP@", &self.lmtp_port.to_string())
            .replace("@RELAY@", &self.relay_port.to_string());
        let config = self.dir.join("smtpd.conf");
        std::fs::write(&config, text).expect("the configuration can be written");
        let log = std::fs::File::create(self.dir.join("smtpd.log")).expect("a log file");
        let program = find("smtpd").expect("OpenSMTPD is installed");
        let child = Command::new(program)
            .arg("-d")
            .arg("-f")
            .arg(config)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log file"))
            .stderr(log)
            .spawn();
        self.opensmtpd = Some(child.expect("smtpd starts"));
        let port = self.relay_port;
        wait_until(&format!("OpenSMTPD answers (see {})", self.dir.join("smtpd.log").display()), || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
    }
}

impl Drop for MailServers {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        for child in [&mut self.dovecot, &mut self.opensmtpd].into_iter().flatten() {
            end(child);
        }
        if let Some(relay) = self.relay.take() {
            // Wakes the relay from its wait for connections.
            let _ = TcpStream::connect(("127.0.0.1", self.relay_port));
            let _ = relay.join();
        }
    }
}

/// Names under which the parts of Dovecot run: as root it wants others than root, else everything runs as the user.
struct OwnNames {
    internal: String,
    internal_group: String,
    login: String,
    mail_user: String,
    mail_group: String,
}

fn own_names() -> OwnNames {
    let (user, group) = (output("id", &["-un"]), output("id", &["-gn"]));
    if user == "root" {
        let name = |s: &str| s.to_owned();
        return OwnNames {
            internal: name("dovecot"),
            internal_group: name("dovecot"),
            login: name("dovenull"),
            mail_user: name("nobody"),
            mail_group: name("nogroup"),
        };
    }
    OwnNames { internal: user.clone(), internal_group: group.clone(), login: user.clone(), mail_user: user, mail_group: group }
}

/// The folders, with the mails' one owned by whom Dovecot stores them as.
fn prepare(dir: &Path) -> PathBuf {
    std::fs::create_dir_all(dir).expect("the folder can be made");
    let dir = dir.canonicalize().expect("the folder exists");
    for sub in ["run", "state", "mail", "tls"] {
        std::fs::create_dir_all(dir.join(sub)).expect("the folder can be made");
    }
    if own_names().login == "dovenull" {
        // Dovecot's own users must be able to pass through the folders above, which temporary folders forbid.
        output("chmod", &["755", &dir.display().to_string()]);
        output("chown", &["nobody:nogroup", &dir.join("mail").display().to_string()]);
    }
    dir
}

/// An authority and a server certificate signed by it; rustls refuses an authority that is the server itself. Gives the authority.
fn make_certificates(dir: &Path) -> String {
    let extensions = "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n";
    std::fs::write(dir.join("leaf.ext"), extensions).expect("a file can be written");
    let new_key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    openssl(dir, &format!("req -x509 {new_key} -days 3650 -subj /CN=MercatorTestAuthority -keyout ca.key -out ca.pem"));
    openssl(dir, &format!("req {new_key} -subj /CN=localhost -keyout leaf.key -out leaf.csr"));
    openssl(dir, "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 7 -days 3650 -extfile leaf.ext -out leaf.pem");
    std::fs::read_to_string(dir.join("ca.pem")).expect("the authority can be read")
}

fn openssl(dir: &Path, arguments: &str) {
    let output = Command::new("openssl").current_dir(dir).args(arguments.split(' ')).output().expect("openssl runs");
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Ports that nobody uses now, all different since they are held until all are found.
fn free_ports<const N: usize>() -> [u16; N] {
    let held: Vec<TcpListener> = (0..N).map(|_| TcpListener::bind(("127.0.0.1", 0)).expect("a free port")).collect();
    std::array::from_fn(|at| held[at].local_addr().expect("an address").port())
}

/// A program on the search path or in the folders for servers.
fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = ["/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/bin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(usual).map(|dir| dir.join(name)).find(|file| file.is_file())
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect("a basic program runs");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Asks a server to end, and ends it if it does not.
fn end(child: &mut Child) {
    // To the whole group: Dovecot's processes for connections outlive their master otherwise.
    let group = format!("-{}", child.id());
    output("kill", &["-TERM", "--", &group]);
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(5) {
        if child.try_wait().is_ok_and(|status| status.is_some()) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    output("kill", &["-KILL", "--", &group]);
    let _ = child.kill();
    let _ = child.wait();
}

/// Waits for a condition, with a limit; panics with its name.
fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < START_LIMIT, "too late: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What the relay says that it can do.
const EXTENSIONS: &str = "250-relay\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 104857600";

/// One SMTP connection from Dovecot's submission: takes mails and passes them on with LMTP's answer.
fn relay_session(stream: TcpStream, lmtp_port: u16, cut: &AtomicUsize, relayed: &AtomicUsize) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    let (mut from, mut to) = (String::new(), Vec::new());
    writer.write_all(b"220 relay\r\n").ok()?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let verb = line.trim_end().split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let address =
            line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address.to_owned()).unwrap_or_default();
        let answer = match verb.as_str() {
            "EHLO" | "HELO" => EXTENSIONS.to_owned(),
            "MAIL" => {
                (from, to) = (address, Vec::new());
                "250 2.1.0 ok".to_owned()
            }
            "RCPT" => {
                to.push(address);
                "250 2.1.5 ok".to_owned()
            }
            "DATA" => {
                writer.write_all(b"354 go\r\n").ok()?;
                let raw = read_content(&mut reader)?;
                let answer = lmtp(lmtp_port, &from, &to, &raw);
                relayed.fetch_add(1, Ordering::SeqCst);
                if cut.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
                    return None;
                }
                answer
            }
            "QUIT" => "221 2.0.0 bye".to_owned(),
            "RSET" | "NOOP" => "250 2.0.0 ok".to_owned(),
            _ => "500 5.5.1 unknown".to_owned(),
        };
        writer.write_all(format!("{answer}\r\n").as_bytes()).ok()?;
        if verb == "QUIT" {
            return Some(());
        }
    }
}

/// The content up to the line with a single dot, without the dots that transport put in front.
fn read_content(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut raw = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        if line == b".\r\n" || line == b".\n" {
            return Some(raw);
        }
        raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

/// Delivers by LMTP; gives the first answer that is no success, else the last.
fn lmtp(port: u16, from: &str, to: &[String], raw: &[u8]) -> String {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("LMTP answers");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a limit can be set");
    let mut writer = stream.try_clone().expect("a second handle");
    let mut reader = BufReader::new(stream);
    let mut ask = |command: &str| -> String {
        if !command.is_empty() {
            writer.write_all(format!("{command}\r\n").as_bytes()).expect("LMTP listens");
        }
        read_answer(&mut reader)
    };
    ask("");
    ask("LHLO test");
    ask(&format!("MAIL FROM:<{from}>"));
    for receiver in to {
        let answer = ask(&format!("RCPT TO:<{receiver}>"));
        if !answer.starts_with('2') {
            return answer;
        }
    }
    ask("DATA");
    let mut content = Vec::with_capacity(raw.len() + 64);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            content.push(b'.');
        }
        content.extend_from_slice(line);
    }
    if !content.ends_with(b"\n") {
        content.extend_from_slice(b"\r\n");
    }
    content.extend_from_slice(b".\r\n");
    writer.write_all(&content).expect("LMTP listens");
    let answers: Vec<String> = to.iter().map(|_| read_answer(&mut reader)).collect();
    let _ = writer.write_all(b"QUIT\r\n");
    let refused = answers.iter().find(|answer| !answer.starts_with('2')).cloned();
    refused.or_else(|| answers.last().cloned()).unwrap_or_default()
}

/// One answer, of which the last line counts.
fn read_answer(reader: &mut impl BufRead) -> String {
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("LMTP answers in time");
        if line.as_bytes().get(3) != Some(&b'-') {
            return line.trim_end().to_owned();
        }
    }
}

/// Reads everything of a stream that ends; here so that tests of other packages need no helper of their own.
pub fn read_all(mut from: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).expect("the stream can be read");
    bytes
}

/// A server without encryption that offers a login and passes everything else on to the relay; gives its port. It lives as long
/// as the test's process.
pub fn login_proxy(relay_port: u16) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || login_then_pass_on(stream, relay_port));
        }
    });
    port
}

/// The dialogue up to the login, then bytes both ways.
fn login_then_pass_on(client: TcpStream, relay_port: u16) -> Option<()> {
    let mut to_client = client.try_clone().ok()?;
    let mut from_client = BufReader::new(client);
    let relay = TcpStream::connect(("127.0.0.1", relay_port)).ok()?;
    let mut to_relay = relay.try_clone().ok()?;
    let mut from_relay = BufReader::new(relay);
    read_answer(&mut from_relay);
    to_client.write_all(b"220 proxy\r\n").ok()?;
    let mut line = String::new();
    from_client.read_line(&mut line).ok()?;
    to_client.write_all(b"250-proxy\r\n250 AUTH PLAIN\r\n").ok()?;
    line.clear();
    from_client.read_line(&mut line).ok()?;
    to_client.write_all(b"235 2.7.0 welcome\r\n").ok()?;
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from_relay, &mut to_client);
        let _ = to_client.shutdown(std::net::Shutdown::Both);
    });
    std::io::copy(&mut from_client, &mut to_relay).ok()?;
    Some(())
}
