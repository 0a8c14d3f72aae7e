//! From a connected account's settings to its adapter: the one place that knows all of them.

use mercator_domain::inbox::{Connection, Inbox};

use crate::{
    adapter::{Channel, ChannelError},
    demo::DemoChannel,
    file::FileChannel,
    mail::MailChannel,
};

/// The adapter of an inbox; connects nothing yet. `secret` is the password where the connection needs one.
pub fn open(inbox: &Inbox, secret: Option<String>) -> Result<Box<dyn Channel>, ChannelError> {
    match &inbox.connection {
        Connection::Mail(settings) => {
            let password = secret.ok_or_else(|| ChannelError::Auth("the password is not in the keychain; enter it again".to_owned()))?;
            Ok(Box::new(MailChannel::new(settings.clone(), &inbox.address, password)?))
        }
        Connection::Folder { path } => Ok(Box::new(FileChannel::new(path, &inbox.address))),
        Connection::Demo => Ok(Box::new(DemoChannel::new(inbox.channel))),
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::{
        channel::ChannelKind,
        hours::BusinessHours,
        ids::InboxId,
        inbox::{BotModes, Encryption, InboxState, MailServer, MailSettings},
        language::Language,
    };

    use super::*;

    fn inbox(connection: Connection, channel: ChannelKind) -> Inbox {
        Inbox {
            id: InboxId(1),
            channel,
            name: "Store".to_owned(),
            address: "shop@example.org".to_owned(),
            site: None,
            language: Language::english(),
            signature: String::new(),
            hours: BusinessHours::default(),
            modes: BotModes::default(),
            promise_minutes: 60,
            connection,
            state: InboxState::Active,
            state_reason: String::new(),
        }
    }

    #[test]
    fn each_connection_has_its_adapter() {
        let server = |port| MailServer { host: "127.0.0.1".to_owned(), port, encryption: Encryption::Tls };
        let mail = MailSettings {
            imap: server(993),
            smtp: server(465),
            user: "shop".to_owned(),
            folders: vec!["INBOX".to_owned()],
            sent_folder: None,
            server_keeps_sent: false,
            extra_root_pem: None,
        };
        let mailbox = inbox(Connection::Mail(mail.clone()), ChannelKind::Email);
        assert!(matches!(open(&mailbox, None), Err(ChannelError::Auth(_))));
        assert_eq!(open(&mailbox, Some("x".to_owned())).ok().map(|c| c.descriptor().kind), Some(ChannelKind::Email));
        let bad = MailSettings { extra_root_pem: Some("no certificate".to_owned()), ..mail };
        assert!(matches!(open(&inbox(Connection::Mail(bad), ChannelKind::Email), Some("x".to_owned())), Err(ChannelError::Setup(_))));
        let folder = inbox(Connection::Folder { path: "/nowhere".to_owned() }, ChannelKind::File);
        assert_eq!(open(&folder, None).ok().map(|c| c.descriptor().kind), Some(ChannelKind::File));
        assert_eq!(open(&inbox(Connection::Demo, ChannelKind::Line), None).ok().map(|c| c.descriptor().kind), Some(ChannelKind::Line));
    }
}
