//! Situations: each compiled after those it names.

use std::collections::BTreeMap;

use super::Checker;
use crate::condition;
use crate::diagnostic::DocPath;
use crate::policy::{Situation, code};
use crate::schema::is_name;

impl Checker<'_> {
    pub(super) fn check_situations(&mut self) {
        let preset = self.preset.take();
        if let Some(preset) = &preset {
            self.compile_in_order(&preset.situations, &DocPath::root());
        }
        self.preset = preset;
        let policy = self.policy;
        let mut own = BTreeMap::new();
        for (name, situation) in &policy.situations {
            if self.name_is_free(name) {
                own.insert(name.clone(), situation.clone());
            }
        }
        self.compile_in_order(&own, &DocPath::root().key("situations"));
    }

    fn name_is_free(&mut self, name: &str) -> bool {
        let path = DocPath::root().key("situations").key(name.to_owned());
        if !is_name(name) {
            let message = format!("`{name}` cannot be read as a name in a condition");
            self.error_with_help(code::VALUE, path, message, "use letters, digits and `_`");
        } else if self.situations.contains_key(name) {
            let message = format!("the preset has a situation `{name}`");
            self.error_with_help(code::DUPLICATE, path, message, "give it another name");
        } else if matches!(name, "now" | "true" | "false") || self.schema.is_prefix(name) {
            let message = format!("`{name}` means something else in a condition");
            self.error_with_help(code::DUPLICATE, path, message, "give it another name");
        } else {
            return true;
        }
        false
    }

    /// Compiles what depends on nothing else, until nothing is left.
    fn compile_in_order(&mut self, situations: &BTreeMap<String, Situation>, path: &DocPath) {
        let needs: BTreeMap<&str, Vec<String>> = situations
            .iter()
            .map(|(name, situation)| {
                let mut named: Vec<String> = situation
                    .when
                    .iter()
                    .flat_map(|text| condition::names(text))
                    .collect();
                named.retain(|named| situations.contains_key(named));
                (name.as_str(), named)
            })
            .collect();
        let mut waiting: Vec<&str> = needs.keys().copied().collect();
        while !waiting.is_empty() {
            let blocked = |name: &&str| {
                needs
                    .get(name)
                    .is_some_and(|needs| needs.iter().any(|need| waiting.contains(&need.as_str())))
            };
            let (later, ready): (Vec<&str>, Vec<&str>) = waiting.iter().copied().partition(blocked);
            if ready.is_empty() {
                return self.report_cycle(&later, path);
            }
            for name in ready {
                if let Some(situation) = situations.get(name) {
                    self.compile_situation(name, situation, path);
                }
            }
            waiting = later;
        }
    }

    fn compile_situation(&mut self, name: &str, situation: &Situation, path: &DocPath) {
        let path = path.key(name.to_owned()).key("when");
        let node = self.all_of(&situation.when, &path);
        self.situations.insert(name.to_owned(), node);
        if let Some(say) = &situation.say {
            self.sayings.insert(name.to_owned(), say.clone());
        }
    }

    fn report_cycle(&mut self, names: &[&str], path: &DocPath) {
        let list = names
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let Some(first) = names.first() else { return };
        let path = path.key((*first).to_owned());
        let message = format!("situations that need each other: {list}");
        self.error(code::CYCLE, path, message);
        // They stand for themselves, so that what names them is not reported too.
        for name in names {
            let unknown = self.program.constant(None);
            self.situations.insert((*name).to_owned(), unknown);
        }
    }
}
