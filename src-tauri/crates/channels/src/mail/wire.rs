//! Connections to mail servers: name, port, encryption and trust, alike for reading and sending.
//!
//! Encryption is never given up silently: STARTTLS that is not offered is an error, and plain text is allowed to a loopback
//! address only. Every wait has a time limit. What is spoken over the connection is not known here.

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use lettre::transport::smtp::client::AsyncTokioStream;
use mercator_domain::inbox::MailServer;
use rustls::{
    CertificateError, ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::adapter::ChannelError;

/// To resolve a name and to connect: a server that needs longer is not usable, and a person is waiting for the test's answer.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(20);

/// For one command and its answer. Busy servers take seconds; after a minute the connection is dead.
pub const COMMAND_LIMIT: Duration = Duration::from_secs(60);

/// Longest line of a greeting: RFC 5321 allows 512 bytes, real ones reach 2 kB.
const MAX_LINE: usize = 8_192;

/// Whose certificates are believed.
#[derive(Clone)]
pub struct Trust(Arc<ClientConfig>);

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trust")
    }
}

impl Trust {
    /// The system's authorities and, for this mailbox only, the user's own.
    pub fn load(extra_root_pem: Option<&str>) -> Result<Self, ChannelError> {
        let mut roots = RootCertStore::empty();
        // A system without a certificate store still reaches servers of the user's own authority.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(pem) = extra_root_pem.filter(|pem| !pem.trim().is_empty()) {
            let mut added = 0;
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                let certificate = certificate.map_err(|_| unreadable_root())?;
                roots.add(certificate).map_err(|_| unreadable_root())?;
                added += 1;
            }
            if added == 0 {
                return Err(unreadable_root());
            }
        }
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| ChannelError::Setup(format!("Encryption cannot be set up: {error}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }
}

/// The error of a root certificate that is none.
fn unreadable_root() -> ChannelError {
    ChannelError::Setup("The certificate of your own authority cannot be read; it must be a PEM file".to_owned())
}

/// A connection, encrypted or not, that can give back bytes that were read ahead.
pub struct Wire {
    /// Read before anything else.
    ahead: Vec<u8>,
    stream: Stream,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// A connection without encryption, refused unless it stays on this machine.
    pub fn plain_loopback(tcp: TcpStream, server: &MailServer) -> Result<Self, ChannelError> {
        if tcp.peer_addr().is_ok_and(|peer| peer.ip().is_loopback()) {
            Ok(Self { ahead: Vec::new(), stream: Stream::Plain(tcp) })
        } else {
            Err(ChannelError::Setup(format!("{} must be reached with encryption", server.host)))
        }
    }

    /// The same connection, encrypted from here on.
    pub async fn encrypt(tcp: TcpStream, server: &MailServer, trust: &Trust) -> Result<Self, ChannelError> {
        let name = ServerName::try_from(server.host.clone())
            .map_err(|_| ChannelError::Unreachable { host: server.host.clone(), why: "this is no valid host name".to_owned() })?;
        let handshake = TlsConnector::from(Arc::clone(&trust.0)).connect(name, tcp);
        match tokio::time::timeout(CONNECT_LIMIT, handshake).await {
            Err(_) => Err(no_answer(server)),
            Ok(Err(error)) => Err(tls_error(server, &error)),
            Ok(Ok(stream)) => Ok(Self { ahead: Vec::new(), stream: Stream::Tls(Box::new(stream)) }),
        }
    }

    /// Lets `bytes` be read before what the server sends next.
    #[must_use]
    pub fn with_ahead(mut self, bytes: &[u8]) -> Self {
        self.ahead.extend_from_slice(bytes);
        self
    }
}

/// Opens a connection. Each address of the name is tried.
pub async fn connect(server: &MailServer) -> Result<TcpStream, ChannelError> {
    let unreachable = |why: String| ChannelError::Unreachable { host: server.host.clone(), why };
    let attempt = async {
        let addresses: Vec<SocketAddr> = tokio::net::lookup_host((server.host.as_str(), server.port))
            .await
            .map_err(|_| unreachable("this name is not known".to_owned()))?
            .collect();
        let mut last = unreachable("this name has no address".to_owned());
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(tcp) => {
                    // Commands are short and answered one by one: waiting to fill a packet only costs time.
                    let _ = tcp.set_nodelay(true);
                    return Ok(tcp);
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    last = unreachable(format!("nothing answers on port {}", server.port));
                }
                Err(error) => last = unreachable(error.kind().to_string()),
            }
        }
        Err(last)
    };
    tokio::time::timeout(CONNECT_LIMIT, attempt).await.unwrap_or_else(|_| Err(no_answer(server)))
}

/// The error of a server that is silent.
pub fn no_answer(server: &MailServer) -> ChannelError {
    ChannelError::Unreachable { host: server.host.clone(), why: format!("no answer on port {} in time", server.port) }
}

/// One line of a server's greeting dialogue, without its end.
pub async fn read_line(stream: &mut (impl AsyncRead + Unpin), server: &MailServer) -> Result<String, ChannelError> {
    let read = async {
        let mut line = Vec::new();
        while line.len() < MAX_LINE {
            // Byte by byte, so that nothing of the encrypted part is read ahead; greetings are short.
            match stream.read_u8().await {
                Ok(b'\n') => return Ok(String::from_utf8_lossy(&line).trim_end().to_owned()),
                Ok(byte) => line.push(byte),
                Err(_) => return Err(ChannelError::Transient(format!("{} closed the connection", server.host))),
            }
        }
        Err(ChannelError::Transient(format!("{} does not speak a mail protocol", server.host)))
    };
    tokio::time::timeout(CONNECT_LIMIT, read).await.unwrap_or_else(|_| Err(no_answer(server)))
}

/// Sends one line of a greeting dialogue.
pub async fn write_line(stream: &mut (impl AsyncWrite + Unpin), server: &MailServer, line: &str) -> Result<(), ChannelError> {
    let bytes = format!("{line}\r\n");
    let write = async {
        stream.write_all(bytes.as_bytes()).await?;
        stream.flush().await
    };
    match tokio::time::timeout(CONNECT_LIMIT, write).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(ChannelError::Transient(format!("{} closed the connection", server.host))),
        Err(_) => Err(no_answer(server)),
    }
}

/// What a failed handshake means for a person.
fn tls_error(server: &MailServer, error: &io::Error) -> ChannelError {
    let host = server.host.clone();
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(why)) => ChannelError::Certificate { host, why: certificate_words(why) },
        // What came is no TLS: the port speaks plain text.
        Some(rustls::Error::InvalidMessage(_)) => ChannelError::NoEncryption(host),
        Some(other) => ChannelError::Transient(format!("{host} broke off the encrypted connection: {other}")),
        None => ChannelError::Transient(format!("{host} broke off the encrypted connection: {}", error.kind())),
    }
}

/// Why a certificate is not believed, in words for people.
fn certificate_words(why: &CertificateError) -> String {
    match why {
        CertificateError::UnknownIssuer => "it was issued by an authority that this computer does not know".to_owned(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet; is this computer's clock right?".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => "it belongs to another name".to_owned(),
        CertificateError::Revoked => "it was revoked".to_owned(),
        other => format!("{other}"),
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self.stream, Stream::Tls(_)) { "Wire(encrypted)" } else { "Wire(plain)" })
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.stream {
            Stream::Plain(tcp) => tcp.peer_addr(),
            Stream::Tls(tls) => tls.get_ref().0.peer_addr(),
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.ahead.is_empty() {
            let count = self.ahead.len().min(buffer.remaining());
            let bytes: Vec<u8> = self.ahead.drain(..count).collect();
            buffer.put_slice(&bytes);
            return Poll::Ready(Ok(()));
        }
        match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_read(cx, buffer),
            Stream::Tls(tls) => Pin::new(tls).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            Stream::Tls(tls) => Pin::new(tls).poll_write(cx, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Stream::Tls(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Stream::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }
}
