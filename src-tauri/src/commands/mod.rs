//! What the window can call, one file a screen. Each command hands over to one use case of `mercator-app`.

pub mod actions;
pub mod assist;
pub mod automation;
pub mod cases;
pub mod composer;
pub mod courtesy;
pub mod customers;
pub mod dashboards;
pub mod data;
pub mod duty;
pub mod inbox;
pub mod knowledge;
pub mod learning;
pub mod mailboxes;
pub mod parcels;
pub mod replay;
pub mod understanding;
pub mod workspace;
