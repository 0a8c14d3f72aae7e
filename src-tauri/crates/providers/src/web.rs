//! The one client for requests to outside services. It follows no redirects, so that a key never goes where it was not meant for.

use std::{net::IpAddr, time::Duration};

use reqwest::{Client, Url, redirect::Policy};

/// For the connection alone; who asks sets the time for the whole.
const CONNECT: Duration = Duration::from_secs(10);

/// Why there is no client, or no address.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The address is none.
    #[error("'{0}' is no address; write it like https://host.example/path/")]
    Address(String),
    /// The client cannot be made: the system's certificates cannot be read.
    #[error("No secure connections can be made here: {0}")]
    Client(String),
}

/// A client over the system's certificates. Cheap to clone.
pub fn client() -> Result<Client, WebError> {
    // Another part of the program may have been first; its provider is the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    let agent = concat!("Mercator/", env!("CARGO_PKG_VERSION"));
    let builder = Client::builder().redirect(Policy::none()).connect_timeout(CONNECT).user_agent(agent);
    builder.build().map_err(|error| WebError::Client(error.without_url().to_string()))
}

/// Reads the address of a service: http or https, with a host, without a name and password in it. It ends with a slash.
pub fn address(text: &str) -> Result<Url, WebError> {
    let wrong = || WebError::Address(text.trim().to_owned());
    let mut url = Url::parse(text.trim()).map_err(|_| wrong())?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() || !plain {
        return Err(wrong());
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

/// True where an address is on this computer by its wording: no name is asked for.
pub fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// `host` or `host:port`, as it is shown and noted.
pub fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_or_refused() {
        let check = |text: &str, expect: Option<(&str, bool)>| {
            let read = address(text).ok().map(|url| (host(&url), is_here(&url)));
            assert_eq!(read, expect.map(|(host, here)| (host.to_owned(), here)), "{text}");
        };
        check("http://localhost:11434", Some(("localhost:11434", true)));
        check(" http://127.0.0.1:8080/v1 ", Some(("127.0.0.1:8080", true)));
        check("http://[::1]:8080/v1/", Some(("[::1]:8080", true)));
        check("https://models.example/v1", Some(("models.example", false)));
        check("https://localhost.example/", Some(("localhost.example", false)));
        check("https://127.0.0.1.example/", Some(("127.0.0.1.example", false)));
        check("http://192.168.1.5/", Some(("192.168.1.5", false)));
        check("file:///etc/passwd", None);
        check("https://name:secret@models.example/", None);
        check("https://models.example/?key=secret", None);
        check("models.example", None);
        check("", None);
    }
}
