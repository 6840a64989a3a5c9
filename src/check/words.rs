//! Declarations: the preset, the currency, attributes, kinds and age limits.

use std::collections::HashSet;

use super::Checker;
use crate::diagnostic::DocPath;
use crate::policy::{AttributeType, code, preset};
use crate::schema::{Fact, Type, is_name};
use crate::time::Duration;
use crate::vocabulary::{Kind, Purpose};

/// The purposes an action may have; the others are only asked consent for.
pub(super) const PURPOSES: [Purpose; 3] =
    [Purpose::Marketing, Purpose::Service, Purpose::Transactional];

impl Checker<'_> {
    pub(super) fn open_preset(&mut self) {
        let Some(name) = &self.policy.preset else {
            return;
        };
        match preset(name) {
            Ok(preset) => self.preset = Some(preset),
            Err(known) if known.is_empty() => {
                let message = "presets need the `toml` feature of this crate";
                self.error(code::UNKNOWN_WORD, DocPath::root().key("preset"), message);
            }
            Err(known) => {
                self.unknown_word(DocPath::root().key("preset"), "preset", name, known);
            }
        }
    }

    pub(super) fn check_currency(&mut self) {
        let Some(text) = &self.policy.currency else {
            return;
        };
        match text.parse() {
            Ok(currency) => self.currency = Some(currency),
            Err(_) => {
                let message = format!("`{text}` is no ISO 4217 currency");
                let path = DocPath::root().key("currency");
                self.error_with_help(
                    code::UNKNOWN_WORD,
                    path,
                    message,
                    "write a code such as `EUR`",
                );
            }
        }
    }

    pub(super) fn declare_attributes(&mut self) {
        for (name, ty) in &self.policy.attributes {
            let path = DocPath::root().key("attributes").key(name.clone());
            if !is_name(name) {
                let message = format!("`{name}` cannot be read as a name in a condition");
                self.error_with_help(code::VALUE, path, message, "use letters, digits and `_`");
                continue;
            }
            if let Some(ty) = self.attribute_type(name, ty, &path) {
                self.schema.add_attribute(name, Fact::new(ty).optional());
            }
        }
    }

    fn attribute_type(&mut self, name: &str, ty: &AttributeType, path: &DocPath) -> Option<Type> {
        const NAMES: [&str; 6] = ["bool", "int", "double", "text", "timestamp", "texts"];
        match ty {
            AttributeType::Words(words) if words.is_empty() => {
                self.error(code::VALUE, path.clone(), "a closed set needs at least one word");
                None
            }
            AttributeType::Words(words) if has_repetition(words) => {
                let message = "the words of a closed set are different, and not empty";
                self.error(code::VALUE, path.clone(), message);
                None
            }
            AttributeType::Words(words) => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                Some(Type::words(name, &words))
            }
            AttributeType::Named(named) => match named.as_str() {
                "bool" => Some(Type::Bool),
                "int" => Some(Type::Int),
                "double" => Some(Type::Double),
                "text" => Some(Type::Text),
                "timestamp" => Some(Type::Timestamp),
                "texts" => Some(Type::List(Box::new(Type::Text))),
                other => {
                    self.unknown_word(path.clone(), "type", other, NAMES);
                    None
                }
            },
        }
    }

    pub(super) fn check_kinds(&mut self) {
        for (name, kind) in &self.policy.kinds {
            let path = DocPath::root().key("kinds").key(name.clone());
            if name.parse::<Kind>().is_ok() {
                let message = format!("the kind `{name}` is built in");
                self.error(code::DUPLICATE, path.clone(), message);
            }
            if let Some(purpose) = &kind.purpose {
                self.purpose(purpose, path.key("purpose"));
            }
        }
    }

    /// Reads the purpose of an action or of a kind.
    pub(super) fn purpose(&mut self, text: &str, path: DocPath) -> Option<Purpose> {
        let purpose = PURPOSES.into_iter().find(|purpose| purpose.as_str() == text);
        if purpose.is_none() {
            self.unknown_word(path, "purpose", text, PURPOSES.map(Purpose::as_str));
        }
        purpose
    }

    pub(super) fn check_fresh(&mut self) {
        for (key, text) in &self.policy.fresh {
            let path = DocPath::root().key("fresh").key(key.clone());
            let max_age = match text.as_str() {
                "never" => None,
                text => match text.parse::<Duration>() {
                    Ok(max_age) => Some(max_age),
                    Err(error) => {
                        let help = "or `never` for a part that does not age";
                        self.error_with_help(code::VALUE, path, error.to_string(), help);
                        continue;
                    }
                },
            };
            if key.is_empty() || !self.schema.set_max_age(key, max_age) {
                let known: Vec<String> = self
                    .schema
                    .parts()
                    .map(|part| part.key.clone())
                    .filter(|key| !key.is_empty())
                    .collect();
                self.unknown_word(path, "part", key, known.iter().map(String::as_str));
            }
        }
    }
}

fn has_repetition(words: &[String]) -> bool {
    let different: HashSet<&String> = words.iter().filter(|word| !word.is_empty()).collect();
    different.len() < words.len()
}
