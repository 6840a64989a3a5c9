//! Declarations: the preset, the currency, attributes, kinds and age limits.

use std::collections::HashSet;
use std::sync::Arc;

use super::Checker;
use crate::diagnostic::DocPath;
use crate::policy::{AttributeType, Engagement, Freshness, code, preset};
use crate::schema::{Fact, Type, is_name};
use crate::time::{Duration, Zone};
use crate::vocabulary::{Kind, Purpose};

/// The purposes an action may have; the others are only asked consent for.
pub(super) const PURPOSES: [Purpose; 3] =
    [Purpose::Marketing, Purpose::Service, Purpose::Transactional];

/// How far limits look back, and how long they hold back.
const MAX_LENGTH: Duration = Duration::days(730);

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
                Arc::make_mut(&mut self.schema).add_attribute(name, Fact::new(ty).optional());
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
            let is_built_in = name.parse::<Kind>().is_ok();
            match &kind.purpose {
                Some(_) if is_built_in => {
                    let message =
                        format!("the kind `{name}` is built in, with a purpose of its own");
                    let help = "write the purpose of single actions, or declare another kind";
                    self.error_with_help(code::DUPLICATE, path.key("purpose"), message, help);
                }
                Some(purpose) => {
                    self.purpose(purpose, path.key("purpose"));
                }
                None if is_built_in && kind.engagement == Engagement::default() => {
                    let message = format!("the kind `{name}` is built in");
                    self.error(code::DUPLICATE, path.clone(), message);
                }
                None => {}
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

    /// Reads a length of time that is not empty and not beyond what is kept.
    pub(super) fn length(&mut self, text: &str, path: DocPath) -> Option<Duration> {
        match text.parse::<Duration>() {
            Ok(length) if length > MAX_LENGTH => {
                let message = format!("`{text}` is longer than two years");
                let help = "a limit that looks back further is one for good: `each = \"lifetime\"`";
                self.error_with_help(code::VALUE, path, message, help);
                None
            }
            Ok(length) if length > Duration::ZERO => Some(length),
            Ok(_) => {
                let message = format!("`{text}` is no time at all");
                self.error_with_help(code::VALUE, path, message, "write a length such as `24h`");
                None
            }
            Err(error) => {
                self.error(code::VALUE, path, error.to_string());
                None
            }
        }
    }

    /// Finds a time zone by its name.
    pub(super) fn zone(&mut self, name: &str, path: DocPath) -> Option<Zone> {
        let zone = Zone::find(name);
        if zone.is_none() {
            let message = format!("unknown time zone `{name}`");
            let help = if cfg!(feature = "zones") {
                "write an IANA name such as `Europe/Vienna`, or `UTC`"
            } else {
                "zones other than `UTC` need the `zones` feature of this crate"
            };
            self.error_with_help(code::UNKNOWN_WORD, path, message, help);
        }
        zone
    }

    pub(super) fn check_fresh(&mut self) {
        for (key, freshness) in &self.policy.fresh {
            let path = DocPath::root().key("fresh").key(key.clone());
            if key.is_empty() || !self.schema.parts().any(|part| part.key == *key) {
                let known: Vec<String> = self.schema.parts().map(|part| part.key.clone()).collect();
                let known = known.iter().map(String::as_str).filter(|key| !key.is_empty());
                self.unknown_word(path, "part", key, known);
                continue;
            }
            match freshness {
                Freshness::Part(text) => {
                    if let Some(max_age) = self.max_age(text, path) {
                        Arc::make_mut(&mut self.schema).set_max_age(key, max_age);
                    }
                }
                Freshness::Sources(sources) => {
                    if sources.is_empty() {
                        let message = "no source is named";
                        let help = "write one limit for the part, or one for each source";
                        self.error_with_help(code::VALUE, path.clone(), message, help);
                    }
                    for (source, text) in sources {
                        if let Some(max_age) = self.max_age(text, path.key(source.clone())) {
                            Arc::make_mut(&mut self.schema).need_source(key, source, max_age);
                        }
                    }
                }
            }
        }
    }

    /// Reads how old something may be; `Some(None)` if it does not age.
    #[expect(clippy::option_option, reason = "what cannot be read is not what does not age")]
    fn max_age(&mut self, text: &str, path: DocPath) -> Option<Option<Duration>> {
        if text == "never" {
            return Some(None);
        }
        match text.parse::<Duration>() {
            Ok(max_age) => Some(Some(max_age)),
            Err(error) => {
                let help = "or `never` for a part that does not age";
                self.error_with_help(code::VALUE, path, error.to_string(), help);
                None
            }
        }
    }
}

fn has_repetition(words: &[String]) -> bool {
    let different: HashSet<&String> = words.iter().filter(|word| !word.is_empty()).collect();
    different.len() < words.len()
}
