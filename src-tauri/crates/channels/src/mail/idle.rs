//! Waiting for mail: IDLE (RFC 2177) where the server has it, else a pause.

use std::time::Duration;

use async_imap::{
    extensions::idle::IdleResponse,
    imap_proto::{MailboxDatum, Response, Status},
};

use super::imap::{Connection, imap_error, within};
use super::wire::COMMAND_LIMIT;
use crate::adapter::{ChannelError, Wake};

/// RFC 2177 asks to renew IDLE at least every 29 minutes, since servers log off after 30.
pub const IDLE_LIMIT: Duration = Duration::from_secs(29 * 60);

/// Pause between readings on a server without IDLE: providers ask for not less than a minute.
pub const POLL_PAUSE: Duration = Duration::from_secs(60);

/// Waits on a connection with the folder open. Gives it back when it can be used again.
///
/// Cancelling drops the connection in the middle of IDLE; the next reading opens a new one.
pub async fn wait(mut connection: Connection, limit: Duration) -> (Result<Wake, ChannelError>, Option<Connection>) {
    // Mail that came while the last batch was loaded was told of then, not during IDLE.
    if connection.take_news() {
        return (Ok(Wake::News), Some(connection));
    }
    if !connection.has("IDLE") {
        tokio::time::sleep(limit.min(POLL_PAUSE)).await;
        return (Ok(Wake::TimeUp), Some(connection));
    }
    match idle(connection, limit.min(IDLE_LIMIT)).await {
        Ok((wake, connection)) => (Ok(wake), Some(connection)),
        Err(error) => (Err(error), None),
    }
}

/// One IDLE until there is news or the time is over.
async fn idle(connection: Connection, limit: Duration) -> Result<(Wake, Connection), ChannelError> {
    let Connection { session, capabilities } = connection;
    let told = session.unsolicited_responses.clone();
    let mut handle = session.idle();
    within(COMMAND_LIMIT, handle.init()).await?;
    // News may come before the server confirms IDLE; the library puts it aside.
    let mut early = false;
    while let Ok(response) = told.try_recv() {
        early |= matches!(response, async_imap::types::UnsolicitedResponse::Exists(_));
    }
    let wake = if early {
        Wake::News
    } else {
        match tokio::time::timeout(limit, until_news(&mut handle)).await {
            Ok(ended) => ended.map(|()| Wake::News)?,
            Err(_) => Wake::TimeUp,
        }
    };
    let session = within(COMMAND_LIMIT, handle.done()).await?;
    Ok((wake, Connection { session, capabilities }))
}

/// Returns when the server tells of mail; flags and removals that other programs cause are passed over.
async fn until_news(handle: &mut async_imap::extensions::idle::Handle<super::wire::Wire>) -> Result<(), ChannelError> {
    loop {
        let (waiting, _stop) = handle.wait_with_timeout(IDLE_LIMIT);
        match waiting.await.map_err(|error| imap_error(&error))? {
            IdleResponse::NewData(data) => match data.parsed() {
                Response::MailboxData(MailboxDatum::Exists(_) | MailboxDatum::Recent(_)) => return Ok(()),
                Response::Data { status: Status::Bye, .. } => {
                    return Err(ChannelError::Transient("the server closed the connection".to_owned()));
                }
                _ => {}
            },
            // The library ends so when the stream has ended.
            IdleResponse::ManualInterrupt => return Err(ChannelError::Transient("the server closed the connection".to_owned())),
            IdleResponse::Timeout => {}
        }
    }
}
