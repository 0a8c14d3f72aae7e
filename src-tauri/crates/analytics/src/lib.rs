//! Numbers from facts, charts from numbers.
//!
//! Facts come in as plain rows ([`mercator_domain::facts`]); out go [`dashboard::Dashboard`]s with figures, charts and tables, and files of them
//! ([`export`]). Formulas are those of the vocabulary and are shown with their n. Nothing here reads a database or a clock: the moment of
//! asking is passed in. This is the only crate that draws, and every visible word comes through [`labels::Labels`].

pub mod charts;
pub mod dashboard;
pub mod export;
pub mod figures;
pub mod handoffs;
pub mod labels;
pub mod numbers;
pub mod satisfaction;
pub mod segments;
pub mod table;
