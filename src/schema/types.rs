//! The types of facts.

use std::fmt;
use std::sync::Arc;

/// The type of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Type {
    /// True or false.
    Bool,
    /// A whole number of 64 bits.
    Int,
    /// A finite number of 64 bits.
    Double,
    /// A text.
    Text,
    /// A word of a closed set.
    Word(Words),
    /// A point in time.
    Timestamp,
    /// A length of time.
    Duration,
    /// A list of values that are not lists.
    List(Box<Type>),
    /// A list of records.
    Records(RecordType),
    /// Values of one type under free names.
    Map(Box<Type>),
    /// A group of facts that may be absent as a whole, such as a cart.
    Group,
}

impl Type {
    /// Makes the type of a word of a closed set.
    #[must_use]
    pub fn words(name: &str, words: &[&str]) -> Self {
        Self::Word(super::words(name, words))
    }

    /// Makes the type of a list of records with these fields.
    #[must_use]
    pub fn records<'a>(name: &str, fields: impl IntoIterator<Item = (&'a str, Fact)>) -> Self {
        let fields = fields.into_iter().map(|(name, fact)| (name.to_owned(), fact)).collect();
        Self::Records(RecordType(Arc::new(RecordFields { name: name.to_owned(), fields })))
    }

    /// Tells whether values of the type are neither lists nor made of others.
    pub(crate) fn is_plain(&self) -> bool {
        match self {
            Self::Bool
            | Self::Int
            | Self::Double
            | Self::Text
            | Self::Word(_)
            | Self::Timestamp
            | Self::Duration => true,
            Self::List(_) | Self::Records(_) | Self::Map(_) | Self::Group => false,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Double => f.write_str("double"),
            Self::Text => f.write_str("text"),
            Self::Word(words) => f.write_str(words.name()),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Duration => f.write_str("duration"),
            Self::List(element) => write!(f, "list of {element}"),
            Self::Records(record) => write!(f, "list of {} records", record.name()),
            Self::Map(value) => write!(f, "map of {value}"),
            Self::Group => f.write_str("group of facts"),
        }
    }
}

/// A closed set of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(pub(super) Arc<WordSet>);

#[derive(Debug, PartialEq, Eq)]
pub(super) struct WordSet {
    pub(super) name: String,
    pub(super) words: Vec<String>,
}

impl Words {
    /// Returns what the set is called in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Returns the words.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.0.words
    }

    pub(crate) fn code(&self, word: &str) -> Option<u16> {
        let place = self.0.words.iter().position(|known| known == word)?;
        u16::try_from(place).ok()
    }

    pub(crate) fn word(&self, code: u16) -> &str {
        self.0.words.get(usize::from(code)).map_or("", String::as_str)
    }
}

/// The fields of a kind of record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordType(Arc<RecordFields>);

#[derive(Debug, PartialEq, Eq)]
struct RecordFields {
    name: String,
    fields: Vec<(String, Fact)>,
}

impl RecordType {
    /// Returns what the record is called in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Returns the fields by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Fact)> {
        self.0.fields.iter().map(|(name, fact)| (name.as_str(), fact))
    }

    pub(crate) fn find(&self, name: &str) -> Option<(super::FieldId, &Fact)> {
        let place = self.0.fields.iter().position(|(known, _)| known == name)?;
        let (_, fact) = self.0.fields.get(place)?;
        u16::try_from(place).ok().map(|place| (super::FieldId(place), fact))
    }

    pub(crate) fn type_of(&self, field: super::FieldId) -> Option<&Type> {
        self.0.fields.get(usize::from(field.0)).map(|(_, fact)| fact.ty())
    }

    pub(crate) fn name_of(&self, field: super::FieldId) -> &str {
        self.0.fields.get(usize::from(field.0)).map_or("", |(name, _)| name)
    }
}

/// One thing a condition may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    ty: Type,
    optional: bool,
    derived: Option<Arc<str>>,
}

impl Fact {
    /// Makes a fact that is there whenever its part is known.
    #[must_use]
    pub fn new(ty: Type) -> Self {
        Self { ty, optional: false, derived: None }
    }

    /// Makes a truth that follows from the other fields of its record.
    ///
    /// The expression reads the record as `it`, and is defined here once for
    /// the engine and every tool that reasons about policies.
    #[must_use]
    pub fn derived(expression: &str) -> Self {
        Self { derived: Some(expression.into()), ..Self::new(Type::Bool) }
    }

    /// Lets the fact be absent while its part is known.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Returns the type.
    #[must_use]
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// Tells whether the fact may be absent while its part is known.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.optional
    }

    /// Returns the expression the fact is derived from, if it is not stored.
    #[must_use]
    pub fn derivation(&self) -> Option<&str> {
        self.derived.as_deref()
    }
}
