//! `dashboards`: every chart and table of the three dashboards as files.

use std::path::Path;

use anyhow::Result;
use mercator_app::{
    App,
    error::user,
    views::{ExportFormat, Exported, UserError},
};
use mercator_domain::{facts::DashboardFilter, language::Language};
use serde_json::json;

use crate::{
    Done,
    args::Dashboards,
    output::{Output, complain},
    session,
};

/// The dashboards, by their fixed words.
pub const KEYS: &[&str] = &["segments", "satisfaction", "handoffs"];

/// Writes the files of a period and a filter.
pub async fn write(workspace: Option<&str>, what: Dashboards, output: Output) -> Result<Done> {
    let app = session::open_existing(workspace).await?;
    let work = async {
        let filter = filter(&app, &what).await?;
        all_files(&app, &filter, &what.out).await
    };
    let files = work.await;
    app.stop().await;
    let Exported { files, warning } = files?;
    output.give(&json!({ "files": files, "warning": warning }), || files.join("\n"))?;
    warn(warning.as_ref());
    Ok(Done::Well)
}

/// Says on standard error what is not right about the files; they are written all the same.
pub fn warn(warning: Option<&UserError>) {
    if let Some(warning) = warning {
        complain(&format!("{}. {}", warning.message, warning.hint));
    }
}

/// Every dashboard in every form, with the first thing that is not right about them.
pub async fn all_files(app: &App, filter: &DashboardFilter, folder: &Path) -> Result<Exported> {
    let folder = folder.to_string_lossy();
    let mut all = Exported::default();
    for key in KEYS {
        for format in ExportFormat::ALL {
            let written = app.export_dashboard(key.parse()?, filter, *format, &folder).await?;
            all.files.extend(written.files);
            all.warning = all.warning.or(written.warning);
        }
    }
    Ok(all)
}

async fn filter(app: &App, what: &Dashboards) -> Result<DashboardFilter> {
    let mut filter = DashboardFilter { from: what.from, to: what.to, ..DashboardFilter::default() };
    for (key, value) in &what.filter {
        match key.as_str() {
            "inbox" => filter.inboxes.extend(session::inbox(app, Some(value)).await?),
            "language" if value == "unknown" => filter.language_unknown = true,
            "language" => filter.languages.push(Language::parse(value).ok_or_else(|| unknown(key, value))?),
            "channel" => filter.channels.push(value.parse().map_err(|_| unknown(key, value))?),
            "intent" => filter.intents.push(value.parse().map_err(|_| unknown(key, value))?),
            _ => filter.countries.push(value.to_uppercase()),
        }
    }
    Ok(filter)
}

fn unknown(key: &str, value: &str) -> anyhow::Error {
    user("bad_input", format!("'{value}' is no {key}"), "Use a fixed word such as channel=email, language=de, intent=refund_request.")
}
