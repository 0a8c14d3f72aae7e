//! The use cases through the whole application: a shop on a workspace of its own, a scripted channel, a clock that stands.
//!
//! One file a group of rows of the feature list; a test whose name begins with a row's number proves that row. Central ones run on
//! SQLite and on PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    clippy::print_stdout,
    reason = "tests"
)]

#[path = "../support/mod.rs"]
mod support;

#[path = "../../../../../tests/support/model_stub.rs"]
mod model_stub;

mod acting;
mod answers;
mod assisting;
mod attacks;
mod automation;
mod composing;
mod courtesy;
mod handing_over;
mod inboxes;
mod knowledge;
mod learning;
mod media;
mod offering;
mod orphans;
mod outbox;
mod platform_cases;
mod replaying;
mod satisfaction;
mod several;
mod sub_flows;
mod teaching;
mod tracking;
mod work_orders;
