//! Situations: each compiled after those it names.

use std::collections::{BTreeMap, BTreeSet};

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
        // A name that meant nothing may mean one of these from now on.
        self.compiled.clear();
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

    /// Compiles every situation after those it names.
    fn compile_in_order(&mut self, situations: &BTreeMap<String, Situation>, path: &DocPath) {
        let mut order = Order::new(situations);
        while let Some(name) = order.ready.pop_first() {
            if let Some(situation) = situations.get(name) {
                self.compile_situation(name, situation, path);
            }
            order.done(name);
        }
        let waiting: Vec<&str> = order.needs.into_keys().collect();
        self.report_cycle(&waiting, path);
    }

    fn compile_situation(&mut self, name: &str, situation: &Situation, path: &DocPath) {
        let path = path.key(name.to_owned());
        let node = self.when_unless(&situation.when, &situation.unless, &path);
        self.situations.insert(name.to_owned(), node);
        let said = self.aloud(&situation.when, &situation.unless);
        let said = situation.say.clone().unwrap_or(said);
        // Sayings stand in one another: what is long would grow without end.
        let said = if said.len() > MAX_SAYING { format!("`{name}`") } else { said };
        self.sayings.insert(name.to_owned(), said);
    }

    fn report_cycle(&mut self, names: &[&str], path: &DocPath) {
        let Some(first) = names.first() else { return };
        let listed = names.iter().take(MAX_LISTED).map(|name| format!("`{name}`"));
        let mut list = listed.collect::<Vec<_>>().join(", ");
        if names.len() > MAX_LISTED {
            list.push_str(", …");
        }
        let message = format!("situations that need each other: {list}");
        self.error(code::CYCLE, path.key((*first).to_owned()), message);
        // They stand for themselves, so that what names them is not reported too.
        for name in names {
            let unknown = self.program.constant(None);
            self.situations.insert((*name).to_owned(), unknown);
        }
    }
}

/// How long a saying may be, in bytes; a longer one gives way to the name.
const MAX_SAYING: usize = 400;
/// How many situations of a circle are named.
const MAX_LISTED: usize = 8;

/// Which situations can be compiled, and what the others wait for.
struct Order<'s> {
    ready: BTreeSet<&'s str>,
    /// How many situations each waiting one still needs.
    needs: BTreeMap<&'s str, usize>,
    needed_by: BTreeMap<&'s str, Vec<&'s str>>,
}

impl<'s> Order<'s> {
    fn new(situations: &'s BTreeMap<String, Situation>) -> Self {
        let mut order =
            Self { ready: BTreeSet::new(), needs: BTreeMap::new(), needed_by: BTreeMap::new() };
        for (name, situation) in situations {
            let texts = situation.when.iter().chain(&situation.unless);
            let named = texts.flat_map(|text| condition::names(text));
            let named: BTreeSet<String> = named.collect();
            let needed = named.iter().filter_map(|named| situations.get_key_value(named));
            let needed: Vec<&str> = needed.map(|(needed, _)| needed.as_str()).collect();
            for need in &needed {
                order.needed_by.entry(need).or_default().push(name);
            }
            if needed.is_empty() {
                order.ready.insert(name);
            } else {
                order.needs.insert(name, needed.len());
            }
        }
        order
    }

    /// Lets go of the situations that waited for this one only.
    fn done(&mut self, name: &str) {
        for waiting in self.needed_by.remove(name).unwrap_or_default() {
            let Some(needs) = self.needs.get_mut(waiting) else {
                continue;
            };
            *needs -= 1;
            if *needs == 0 {
                self.needs.remove(waiting);
                self.ready.insert(waiting);
            }
        }
    }
}
