//! Entities of arbitrary text; see `../Cargo.toml` for how to run it.

#![no_main]

#[path = "../harness.rs"]
#[allow(dead_code, reason = "Each target calls one of its functions.")]
mod harness;

libfuzzer_sys::fuzz_target!(|text: &str| harness::check_entities(text));
