//! The window's door: every command and event, with the TypeScript that describes them generated from here.

use tauri::Wry;
use tauri_specta::{Builder, collect_commands, collect_events};

use crate::{commands::*, events::AppEventMessage};

/// All commands and events.
pub fn builder() -> Builder<Wry> {
    // One shape for both directions: what the window sends is what it was given.
    Builder::<Wry>::new()
        .disable_serde_phases()
        .commands(collect_commands![
            workspace::app_state,
            workspace::start_demo,
            workspace::save_settings,
            workspace::list_members,
            workspace::choose_path,
            duty::get_duty,
            duty::save_duty_rows,
            duty::save_duty_terms,
            duty::quote,
            inbox::list_views,
            inbox::list_conversations,
            inbox::get_thread,
            inbox::get_turn,
            inbox::mark_read,
            inbox::set_status,
            inbox::assign,
            inbox::hand_back,
            inbox::set_labels,
            inbox::list_labels,
            inbox::link_order,
            inbox::correct_emotion,
            inbox::announce_presence,
            inbox::read_attachment,
            inbox::add_work_order,
            inbox::set_work_order_state,
            actions::list_actions,
            actions::approve_action,
            actions::reject_action,
            actions::settle_action,
            actions::get_action_settings,
            actions::save_action_settings,
            automation::get_automation_rules,
            automation::save_automation_rules,
            automation::dry_run,
            assist::get_model_state,
            assist::save_model_settings,
            assist::agree_to_model,
            assist::preview_assist,
            assist::assist,
            assist::cancel_assist,
            assist::summarise,
            assist::outbound_log,
            parcels::get_tracking,
            parcels::save_tracking,
            parcels::track_parcels,
            cases::list_platform_cases,
            cases::save_platform_case,
            cases::set_platform_case_state,
            cases::get_case_terms,
            cases::save_case_terms,
            courtesy::get_courtesy,
            courtesy::save_courtesy,
            courtesy::preview_courtesy,
            composer::send_reply,
            composer::draft_reply,
            composer::undo_send,
            composer::resolve_delivery,
            composer::approve_draft,
            composer::reject_draft,
            composer::save_draft,
            composer::add_note,
            composer::list_canned,
            composer::save_canned,
            composer::delete_canned,
            customers::list_contacts,
            customers::get_contact,
            customers::set_contact_language,
            customers::export_contact,
            customers::erase_contact,
            customers::list_orders,
            customers::get_order,
            knowledge::list_articles,
            knowledge::article_history,
            knowledge::save_article,
            knowledge::delete_article,
            knowledge::import_file,
            knowledge::test_bench,
            learning::list_proposals,
            learning::approve_proposal,
            learning::reject_proposal,
            learning::list_gaps,
            learning::mark_wrong,
            learning::list_cases,
            learning::run_cases,
            learning::delete_case,
            replay::replay,
            replay::cancel_replay,
            understanding::get_understanding,
            understanding::list_wrong_ones,
            understanding::list_examples,
            understanding::correct_intent,
            understanding::add_example,
            understanding::remove_example,
            understanding::retrain,
            understanding::cancel_training,
            understanding::activate_model,
            dashboards::get_dashboard,
            dashboards::drill,
            dashboards::export_dashboard,
            dashboards::dashboard_choices,
            mailboxes::list_inboxes,
            mailboxes::guess_mailbox,
            mailboxes::test_mailbox,
            mailboxes::connect_mailbox,
            mailboxes::connect_folder,
            mailboxes::update_inbox,
            mailboxes::pause_inbox,
            mailboxes::remove_inbox,
            data::backup,
            data::restore,
            data::verify,
            data::doctor,
        ])
        .events(collect_events![AppEventMessage])
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// The committed file is what the types say; `./mercator bindings` writes it anew.
    #[test]
    fn bindings_are_up_to_date() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/lib/backend/bindings.ts");
        let folder = std::env::temp_dir().join(format!("mercator-bindings-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let fresh = folder.join("bindings.ts");
        super::builder().export(specta_typescript::Typescript::default(), &fresh).unwrap();
        let fresh_text = std::fs::read_to_string(&fresh).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        if std::env::var_os("MERCATOR_UPDATE_BINDINGS").is_some() {
            std::fs::write(&committed, &fresh_text).unwrap();
        }
        let committed_text = std::fs::read_to_string(&committed).unwrap_or_default().replace("\r\n", "\n");
        assert!(committed_text == fresh_text, "run ./mercator bindings and commit ui/src/lib/backend/bindings.ts");
    }
}
