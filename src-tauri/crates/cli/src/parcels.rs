//! `parcels …`: the service that is asked where parcels are.

use anyhow::Result;
use mercator_app::{
    App,
    tracking::{TrackingRound, TrackingState},
};
use mercator_domain::tracking::TrackingService;

use crate::{
    Done,
    args::{ParcelsCommand, Tracker},
    model::read_key,
    output::Output,
    session,
};

/// Carries out one of the commands.
pub async fn parcels(workspace: Option<&str>, what: &ParcelsCommand, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let done = one(&app, what, output).await;
    app.stop().await;
    done
}

async fn one(app: &App, what: &ParcelsCommand, output: Output) -> Result<Done> {
    let state = match what {
        ParcelsCommand::Show => app.tracking_state().await?,
        ParcelsCommand::Set { service, every, address, key_stdin } => {
            let mut settings = app.tracking_state().await?.settings;
            settings.service = match service {
                Some(Tracker::None) => TrackingService::None,
                Some(Tracker::SeventeenTrack) => TrackingService::SeventeenTrack,
                Some(Tracker::Aftership) => TrackingService::AfterShip,
                None => settings.service,
            };
            settings.every_hours = every.unwrap_or(settings.every_hours);
            settings.address = address.clone().unwrap_or(settings.address);
            let key = if *key_stdin { Some(read_key()?) } else { None };
            app.save_tracking_settings(settings, key).await?
        }
        ParcelsCommand::Ask => {
            let round = app.track_parcels(true).await?;
            output.give(&round, || told(&round))?;
            return Ok(Done::unless(!round.failed.is_empty()));
        }
    };
    output.give(&state, || shown(&state))?;
    Ok(Done::Well)
}

fn shown(state: &TrackingState) -> String {
    let settings = &state.settings;
    if settings.service == TrackingService::None {
        return "No tracking service: parcels are as the shop's data say.".to_owned();
    }
    let key = if state.has_key { "" } else { "; its key is missing: parcels set --key-stdin" };
    let ready = if state.ready || !state.has_key { "" } else { "; kept from leaving: “local only” is on" };
    format!("{} at {}, every {} hours{key}{ready}", settings.service, state.host, settings.every_hours)
}

fn told(round: &TrackingRound) -> String {
    let mut lines = vec![format!("{} parcels asked about, {} with news.", round.asked, round.news)];
    lines.extend(round.failed.iter().map(|(why, times)| format!("{times}: {why}")));
    lines.join("\n")
}
