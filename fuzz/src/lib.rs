//! Fuzzing of everything that reads a text, with the oracles of the tests.

#[path = "../../tests/reference/generate.rs"]
mod generate;
#[path = "../../tests/reference/language.rs"]
mod language;
mod targets;

/// Tries an input of the target `condition`.
pub fn condition(data: &[u8]) {
    targets::condition(data);
}

/// Tries an input of the target `prove`.
pub fn prove(data: &[u8]) {
    targets::prove(data);
}

/// Tries an input of the target `condition_tree`.
pub fn condition_tree(data: &[u8]) {
    targets::condition_tree(data);
}

/// Tries an input of the target `policy`.
pub fn policy(data: &[u8]) {
    targets::policy(data);
}

/// Tries an input of the target `event`.
pub fn event(data: &[u8]) {
    targets::event(data);
}

/// Tries an input of the target `context`.
pub fn context(data: &[u8]) {
    targets::context(data);
}

/// Tries an input of the target `adapters`.
pub fn adapters(data: &[u8]) {
    targets::adapters(data);
}

/// Tries an input of the target `snapshot`.
pub fn snapshot(data: &[u8]) {
    targets::snapshot(data);
}
