//! `courtesy …`: how customers of a country are addressed.

use anyhow::{Context, Result};
use mercator_app::{App, error::user};
use mercator_domain::courtesy::CourtesyProfile;

use crate::{Done, args::CourtesyCommand, output::Output, session};

/// Carries out one of the commands.
pub async fn courtesy(workspace: Option<&str>, what: &CourtesyCommand, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let done = one(&app, what, output).await;
    app.stop().await;
    done?;
    Ok(Done::Well)
}

async fn one(app: &App, what: &CourtesyCommand, output: Output) -> Result<()> {
    match what {
        CourtesyCommand::Show => {}
        CourtesyCommand::Set { file } => {
            let text = std::fs::read(file).with_context(|| format!("Cannot read {}", file.display()))?;
            app.save_courtesy(&read(&text, &file.display().to_string())?).await?;
        }
        CourtesyCommand::Preview { country } => {
            let view = app.courtesy_view().await?;
            let wanted = country.to_uppercase();
            let of_country = view.own.iter().chain(&view.shipped).find(|profile| profile.country == wanted);
            let profile = of_country.ok_or_else(|| {
                user("not_found", format!("There is no profile of {wanted}"), "See which there are: mercator-cli courtesy show")
            })?;
            let letter = app.preview_courtesy(profile).await?;
            return output.give(&letter, || letter.clone());
        }
    }
    let view = app.courtesy_view().await?;
    let text = serde_json::to_string_pretty(&view)?;
    output.give(&view, || text)
}

fn read(text: &[u8], name: &str) -> Result<Vec<CourtesyProfile>> {
    serde_json::from_slice(text)
        .map_err(|error| user("bad_input", format!("{name}: {error}"), "See how profiles are written: mercator-cli courtesy show"))
}
