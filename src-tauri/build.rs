//! Lets Tauri read its configuration and capabilities at build time.
fn main() {
    tauri_build::build();
}
