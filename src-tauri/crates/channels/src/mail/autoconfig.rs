//! Server settings guessed from an address, and tested before they are saved.
//!
//! A known provider's are taken from the table; for any other domain the usual names and ports are tried in the order in which
//! they succeed most often. Only encrypted ones are guessed. Nothing is sent, and the password goes only to a server whose
//! certificate fits its name.

use mercator_domain::inbox::{Encryption, MailServer, MailSettings};

pub use super::providers::Note;
use super::{
    channel::{MailChannel, readable},
    providers::{PROVIDERS, Provider},
    wire::{self, CONNECT_LIMIT},
};
use crate::adapter::{Channel, ChannelError, Probed};

/// A guess to be shown and tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    /// The provider's name; empty for a guess.
    pub provider: String,
    /// Settings, complete but for the password.
    pub settings: MailSettings,
    /// What the user must do first.
    pub note: Note,
}

/// The settings of a known provider, or the usual ones of a domain, most likely first; empty when it is no address.
pub fn guess(address: &str) -> Vec<Guess> {
    let address = address.trim();
    let Some((local, domain)) =
        address.rsplit_once('@').filter(|(l, d)| !l.is_empty() && d.contains('.') && !d.contains(char::is_whitespace))
    else {
        return Vec::new();
    };
    let domain = domain.to_lowercase();
    let known = |p: &&Provider| p.domains.iter().any(|d| *d == domain || (p.name == "Microsoft 365" && domain.ends_with(&format!(".{d}"))));
    if let Some(provider) = PROVIDERS.iter().find(known) {
        let settings = settings(server(provider.imap), server(provider.smtp), address, provider.keeps_sent);
        return vec![Guess { provider: provider.name.to_owned(), settings, note: provider.note }];
    }
    let hosts = [("imap", "smtp"), ("mail", "mail"), ("", "")];
    let mut guesses = Vec::new();
    for user in [address, local] {
        for (imap, smtp) in hosts {
            let name = |prefix: &str| if prefix.is_empty() { domain.clone() } else { format!("{prefix}.{domain}") };
            let imap = MailServer { host: name(imap), port: 993, encryption: Encryption::Tls };
            let smtp = MailServer { host: name(smtp), port: 465, encryption: Encryption::Tls };
            guesses.push(Guess { provider: String::new(), settings: settings(imap, smtp, user, false), note: Note::None });
        }
    }
    guesses
}

/// A server of the table.
fn server((host, port, encryption): (&str, u16, Encryption)) -> MailServer {
    MailServer { host: host.to_owned(), port, encryption }
}

/// Settings with the usual folders.
fn settings(imap: MailServer, smtp: MailServer, user: &str, server_keeps_sent: bool) -> MailSettings {
    MailSettings {
        imap,
        smtp,
        user: user.to_owned(),
        folders: vec!["INBOX".to_owned()],
        sent_folder: None,
        server_keeps_sent,
        extra_root_pem: None,
    }
}

/// Tests settings: both servers, encryption, name and password; finds the folder of sent mail. Sends nothing.
pub async fn probe(settings: &MailSettings, password: &str) -> Result<(Probed, MailSettings), ChannelError> {
    let channel = MailChannel::new(settings.clone(), &settings.user, password.to_owned())?;
    let probed = channel.probe().await?;
    let mut settings = settings.clone();
    if settings.sent_folder.is_none() {
        settings.sent_folder = probed.streams.iter().find(|s| s.sent).map(|s| s.name.clone());
    }
    let folders = readable(&probed.streams);
    if let Some(missing) = settings.folders.iter().find(|f| !f.eq_ignore_ascii_case("INBOX") && !folders.contains(f)) {
        return Err(ChannelError::Setup(format!("The mailbox has no folder {missing}")));
    }
    Ok((probed, settings))
}

/// Finds working settings for an address: the provider's, else the first guess whose servers answer and take the password.
///
/// A wrong password ends the search at the first server that answers: trying it elsewhere would only lock the account.
pub async fn discover(address: &str, password: &str) -> Result<(Probed, Guess), ChannelError> {
    let guesses = guess(address);
    let mut last = ChannelError::Setup("This is no address of mail".to_owned());
    let mut refused = Vec::new();
    for guess in guesses {
        let imap = &guess.settings.imap;
        if refused.contains(&imap.host) {
            continue;
        }
        let Some(smtp) = answering_smtp(&guess.settings.smtp).await else {
            refused.push(imap.host.clone());
            last = ChannelError::Unreachable { host: guess.settings.smtp.host.clone(), why: "no answer on the usual ports".to_owned() };
            continue;
        };
        let settings = MailSettings { smtp, ..guess.settings.clone() };
        match probe(&settings, password).await {
            Ok((probed, settings)) => return Ok((probed, Guess { settings, ..guess })),
            Err(error @ ChannelError::Unreachable { .. }) => {
                refused.push(imap.host.clone());
                last = error;
            }
            Err(error @ ChannelError::Auth(_)) if guess.provider.is_empty() && guess.settings.user == address => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// The sending server on the port that answers: implicit TLS first (RFC 8314), else STARTTLS on 587.
async fn answering_smtp(server: &MailServer) -> Option<MailServer> {
    let other = MailServer { port: 587, encryption: Encryption::StartTls, ..server.clone() };
    for candidate in [server.clone(), other] {
        if tokio::time::timeout(CONNECT_LIMIT, wire::connect(&candidate)).await.is_ok_and(|c| c.is_ok()) {
            return Some(candidate);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, imap: &str, smtp: (&str, u16), note: Note) {
        let guesses = guess(address);
        let first = guesses.first().unwrap();
        assert_eq!((first.settings.imap.host.as_str(), first.settings.imap.port), (imap, 993));
        assert_eq!((first.settings.smtp.host.as_str(), first.settings.smtp.port), smtp);
        assert_eq!(first.note, note);
        assert_eq!(first.settings.user, address.trim());
    }

    #[test]
    fn known_providers_and_guesses() {
        check("ana@gmail.com", "imap.gmail.com", ("smtp.gmail.com", 465), Note::AppPassword);
        check(" Ana@GMX.de ", "imap.gmx.net", ("mail.gmx.net", 465), Note::EnableImap);
        check("10001@qq.com", "imap.qq.com", ("smtp.qq.com", 465), Note::AuthorizationCode);
        check("shop@contoso.onmicrosoft.com", "outlook.office365.com", ("smtp.office365.com", 587), Note::OAuthOnly);
        check("shop@laden.example", "imap.laden.example", ("smtp.laden.example", 465), Note::None);
    }

    #[test]
    fn what_is_no_address_has_no_servers() {
        for text in ["", "ana", "ana@", "@example.org", "ana@localhost", "a b@c d.e"] {
            assert!(guess(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn only_encrypted_servers_are_guessed() {
        for guess in ["a@gmail.com", "a@web.de", "a@laden.example"].iter().flat_map(|a| guess(a)) {
            assert!(guess.settings.imap.encryption != Encryption::None && guess.settings.smtp.encryption != Encryption::None);
        }
    }
}
