//! The window itself: created before the database is open, so that it stands at once; one instance a workspace.

use std::sync::Arc;

use mercator_app::{
    App, OpenApp,
    views::{AppEvent, UserError},
};
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::{broadcast::error::RecvError, watch};

use crate::{
    bindings, events,
    state::{Core, Opened},
};

/// Builds and runs the window. The workspace is the first argument after `--workspace`, else the user's own folder.
pub fn run() -> Result<(), String> {
    start_log();
    let workspace = workspace_argument();
    let bindings = bindings::builder();
    let (opened, core) = Core::new();
    let mut builder = tauri::Builder::default();
    // Two windows on one demo or test workspace are wanted at times; two on the user's own never are.
    if workspace.is_none() {
        builder = builder.plugin(tauri_plugin_single_instance::init(|handle, _, _| show(handle)));
    }
    builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .manage(core)
        .invoke_handler(bindings.invoke_handler())
        .setup(move |tauri| {
            bindings.mount_events(tauri);
            WebviewWindowBuilder::new(tauri, "main", WebviewUrl::App("index.html".into()))
                .title("Mercator")
                .inner_size(1440.0, 900.0)
                .min_inner_size(640.0, 480.0)
                .build()?;
            let handle = tauri.handle().clone();
            tauri::async_runtime::spawn(open(handle, workspace, opened));
            Ok(())
        })
        .build(tauri::generate_context!())
        .map_err(|error| format!("The window could not be opened: {error}"))?
        .run(|handle, event| {
            if let tauri::RunEvent::Exit = event {
                close(handle);
            }
        });
    Ok(())
}

/// Opens the workspace, starts the supervisor, and passes events on until the program ends.
async fn open(handle: AppHandle, workspace: Option<String>, opened: watch::Sender<Opened>) {
    let result = App::open(OpenApp { workspace, ..OpenApp::default() }).await.map_err(|error| UserError::from(&error));
    if let Err(error) = &result {
        tracing::error!(code = %error.code, "The workspace could not be opened");
    }
    let app = result.as_ref().ok().cloned();
    opened.send_replace(Some(result));
    let Some(app) = app else { return };
    app.start();
    pass_events(&handle, &app).await;
}

async fn pass_events(handle: &AppHandle, app: &Arc<App>) {
    let mut feed = app.events();
    loop {
        match feed.recv().await {
            Ok(event) => events::pass_on(handle, event, &app.ui_language().await),
            // Too many at once: the window reads its lists anew, which shows all that was missed.
            Err(RecvError::Lagged(_)) => {
                let badge = app.badge().await;
                events::pass_on(handle, AppEvent::CountsChanged { badge }, &app.ui_language().await);
            }
            Err(RecvError::Closed) => return,
        }
    }
}

/// Stops the loops cleanly; what is being sent is finished or reconciled at the next start.
fn close(handle: &AppHandle) {
    tauri::async_runtime::block_on(async {
        if let Ok(app) = handle.state::<Core>().app().await {
            app.stop().await;
        }
    });
}

fn show(handle: &AppHandle) {
    if let Some(window) = handle.get_webview_window("main") {
        let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "The window could not be brought to the front");
        }
    }
}

/// `--workspace PATH|postgres://…` of the command line.
fn workspace_argument() -> Option<String> {
    let mut args = std::env::args().skip_while(|arg| arg != "--workspace");
    args.next()?;
    args.next()
}

/// Warnings of all, information of ours. Nothing of a message, an address or a secret is ever logged.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("MERCATOR_LOG").unwrap_or_else(|_| "warn,mercator_app=info".into());
    if let Err(error) = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init() {
        tracing::warn!(%error, "The log was started already");
    }
}

/// Asks for a file or folder with the system's own dialog. `kind` is `open`, `save` or `folder`.
pub async fn choose_path(handle: AppHandle, kind: String, name: String) -> Option<String> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let dialog = handle.dialog().file().set_file_name(name);
    let answer = move |path: Option<tauri_plugin_dialog::FilePath>| {
        // The page may have gone meanwhile; then nobody waits for the answer.
        let _gone = sender.send(path.map(|p| p.to_string()));
    };
    match kind.as_str() {
        "save" => dialog.save_file(answer),
        "folder" => dialog.pick_folder(answer),
        _ => dialog.pick_file(answer),
    }
    receiver.await.ok().flatten()
}
