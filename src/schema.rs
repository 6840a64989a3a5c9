//! The facts a condition may read: names, types, closed sets, and where each comes from.
//!
//! A [`Schema`] is an ordinary value. [`Schema::customer`] is the one of the
//! built-in context; a policy extends it with the attributes it declares; and
//! anyone may build another, to use the condition language alone:
//!
//! ```
//! use tactful::schema::{Fact, Schema, Type};
//!
//! let schema = Schema::builder()
//!     .fact("sensor.celsius", Fact::new(Type::Double))
//!     .fact("sensor.serviced_at", Fact::new(Type::Timestamp).optional())
//!     .build()?;
//! assert!(schema.fact("sensor.celsius").is_some());
//! # Ok::<(), tactful::schema::SchemaError>(())
//! ```

mod attributes;
mod builtin;
mod cell;
mod changes;
mod facts;
mod models;
mod reader;
mod request;
mod table;
mod types;

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;
use std::sync::Arc;

pub use facts::Facts;
pub use request::RequestFacts;
pub use table::{FactTable, Value};
pub use types::{Fact, RecordType, Type, Words};

pub(crate) use cell::{Cell, ListCell, MAX_ELEMENTS, Mark, Marked, Rows, Search, mark, text_mark};
pub(crate) use changes::Changes;
pub(crate) use facts::{Delivery, Moment, Standing};
pub(crate) use models::{ModelEntry, ModelFact};
pub(crate) use reader::{PartStanding, Reader};
pub(crate) use table::Stored;

use crate::context::{AsOf, Context};
use crate::time::{Duration, Timestamp};

/// The times a fact may have: the years 1900 to 2100, in Unix milliseconds.
///
/// Any two of them are less than 292 years apart, which is the longest length
/// of time that the condition language knows.
pub(crate) const FACT_TIMES: RangeInclusive<i64> =
    -2_208_988_800_000..=Timestamp::LATEST.as_millis();

/// The place of a fact in its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FactId(pub(crate) u32);

/// The place of a part in its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PartId(pub(crate) u16);

/// The place of a field in its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FieldId(pub(crate) u16);

/// The facts that conditions may read.
#[derive(Clone, Debug)]
pub struct Schema {
    facts: Vec<FactEntry>,
    parts: Vec<PartEntry>,
    /// The models of a policy, whose answers are facts.
    models: Vec<ModelEntry>,
    by_path: HashMap<String, FactId, ahash::RandomState>,
}

#[derive(Clone, Debug)]
pub(crate) struct FactEntry {
    pub(crate) path: String,
    pub(crate) fact: Fact,
    pub(crate) part: PartId,
    pub(crate) origin: Origin,
    pub(crate) dating: Dating,
}

/// How to find out when a fact was said, which is not always when its part was.
#[derive(Clone, Debug)]
pub(crate) enum Dating {
    /// With its part.
    WithPart,
    /// The part keeps a time under this name, which counts where no source
    /// vouches for the part.
    Dated(builtin::Dated, String),
    /// The fact has a time of its own, which counts where it is newer than what
    /// sources vouch for, and where none does.
    Own(builtin::Changed),
}

/// Where a fact is read.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// From the built-in context.
    Context(builtin::Read),
    /// From the attributes of the context, under this name.
    Attribute(String),
    /// From a model.
    Model(ModelFact),
    /// From the table of a schema of one's own.
    Table,
}

#[derive(Clone, Debug)]
pub(crate) struct PartEntry {
    /// What messages call it, such as `purchases.cart`.
    pub(crate) name: String,
    /// The key of its age limit under `[fresh]`.
    pub(crate) key: String,
    /// Older than this is stale; `None` never is.
    pub(crate) max_age: Option<Duration>,
    /// The sources it needs, if it needs certain ones, and how old each may be.
    pub(crate) sources: Vec<(String, Option<Duration>)>,
    pub(crate) presence: Presence,
}

impl PartEntry {
    /// Returns the watermarks of the part, or of the one that it is in.
    pub(crate) fn as_of<'a>(&self, context: &'a Context) -> Option<&'a AsOf> {
        match self.presence {
            Presence::Context(delivered) | Presence::Entry(delivered, _) => delivered(context),
            Presence::Always | Presence::Table => None,
        }
    }
}

/// How to find out whether a part was delivered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Presence {
    /// It comes with the request.
    Always,
    /// The context says when.
    Context(builtin::Delivered),
    /// The context says when the part came that it is in, and when it changed
    /// itself: it stands as a whole, and is as old as the newer of the two.
    Entry(builtin::Delivered, builtin::Changed),
    /// The table says whether.
    Table,
}

impl Schema {
    /// Returns the schema of the built-in [`Context`].
    #[must_use]
    pub fn customer() -> Self {
        builtin::schema()
    }

    /// Starts a schema of one's own.
    #[must_use]
    pub fn builder() -> SchemaBuilder {
        SchemaBuilder { facts: Vec::new() }
    }

    /// Returns the fact at a path such as `profile.role`.
    #[must_use]
    pub fn fact(&self, path: &str) -> Option<&Fact> {
        self.find(path).map(|id| &self.entry(id).fact)
    }

    /// Returns the paths of all facts, in the order they were declared.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.facts.iter().map(|entry| entry.path.as_str())
    }

    pub(crate) fn find(&self, path: &str) -> Option<FactId> {
        self.by_path.get(path).copied()
    }

    pub(crate) fn find_part(&self, name: &str) -> Option<PartId> {
        let place = self.parts.iter().position(|part| part.name == name)?;
        u16::try_from(place).ok().map(PartId)
    }

    /// Tells whether some fact lies below `path`.
    pub(crate) fn is_prefix(&self, path: &str) -> bool {
        self.facts
            .iter()
            .any(|entry| entry.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
    }

    #[expect(clippy::indexing_slicing, reason = "a FactId is made by the schema that resolves it")]
    pub(crate) fn entry(&self, id: FactId) -> &FactEntry {
        &self.facts[id.0 as usize]
    }

    #[expect(clippy::indexing_slicing, reason = "a PartId is made by the schema that resolves it")]
    pub(crate) fn part(&self, id: PartId) -> &PartEntry {
        &self.parts[usize::from(id.0)]
    }

    pub(crate) fn parts(&self) -> impl ExactSizeIterator<Item = &PartEntry> {
        self.parts.iter()
    }

    /// Sets the age limit of the part with this key; tells whether there is one.
    pub(crate) fn set_max_age(&mut self, key: &str, max_age: Option<Duration>) {
        let part = self.parts.iter_mut().find(|part| part.key == key);
        part.into_iter().for_each(|part| part.max_age = max_age);
    }

    /// Makes a part unknown without a source, or once that is older.
    pub(crate) fn need_source(&mut self, key: &str, source: &str, max_age: Option<Duration>) {
        let part = self.parts.iter_mut().find(|part| part.key == key);
        part.into_iter().for_each(|part| part.sources.push((source.to_owned(), max_age)));
    }

    /// Adds an attribute that a policy declares.
    pub(crate) fn add_attribute(&mut self, name: &str, fact: Fact) {
        let origin = Origin::Attribute(name.to_owned());
        let dating = Dating::Dated(builtin::attribute_dates, name.to_owned());
        self.add(format!("attributes.{name}"), fact, "attributes", origin, dating);
    }

    fn empty() -> Self {
        Self {
            facts: Vec::new(),
            parts: Vec::new(),
            models: Vec::new(),
            by_path: HashMap::default(),
        }
    }

    fn add_part(&mut self, name: &str, key: &str, max_age: Option<Duration>, presence: Presence) {
        let (name, key, sources) = (name.to_owned(), key.to_owned(), Vec::new());
        let entry = PartEntry { name, key, max_age, sources, presence };
        self.parts.push(entry);
    }

    fn add(&mut self, path: String, fact: Fact, part: &str, origin: Origin, dating: Dating) {
        let part = self.find_part(part).unwrap_or(PartId(0));
        let id = FactId(u32::try_from(self.facts.len()).unwrap_or(u32::MAX));
        self.by_path.insert(path.clone(), id);
        self.facts.push(FactEntry { path, fact, part, origin, dating });
    }
}

/// Collects the facts of a schema of one's own.
#[derive(Clone, Debug)]
pub struct SchemaBuilder {
    facts: Vec<(String, Fact)>,
}

/// Why a schema cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fact `{path}`: {message}")]
pub struct SchemaError {
    path: String,
    message: &'static str,
}

impl SchemaBuilder {
    /// Adds a fact.
    ///
    /// The first name of its path is the part it belongs to: facts of one
    /// part are delivered together. A path of one name is a part by itself.
    #[must_use]
    pub fn fact(mut self, path: impl Into<String>, fact: Fact) -> Self {
        self.facts.push((path.into(), fact));
        self
    }

    /// Builds the schema.
    ///
    /// # Errors
    ///
    /// A path that is not made of names, or that occurs twice.
    pub fn build(self) -> Result<Schema, SchemaError> {
        let mut schema = Schema::empty();
        let mut seen = BTreeMap::new();
        for (path, fact) in self.facts {
            if !path.split('.').all(is_name) {
                return Err(SchemaError { path, message: "a path is names joined by dots" });
            }
            if seen.insert(path.clone(), ()).is_some() {
                return Err(SchemaError { path, message: "it is declared twice" });
            }
            let part = path.split('.').next().unwrap_or_default().to_owned();
            if schema.find_part(&part).is_none() {
                schema.add_part(&part, &part, None, Presence::Table);
            }
            schema.add(path, fact, &part, Origin::Table, Dating::WithPart);
        }
        Ok(schema)
    }
}

/// Tells whether a text can be read as a name in a condition.
pub(crate) fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && letters.all(|c| c.is_alphanumeric() || c == '_')
}

/// Shares a list of words between types.
pub(crate) fn words(name: &str, words: &[&str]) -> Words {
    Words(Arc::new(types::WordSet {
        name: name.to_owned(),
        words: words.iter().map(|word| (*word).to_owned()).collect(),
    }))
}
