//! Where something is in a document, whatever its format.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use serde::{Serialize, Serializer};

/// A path in a document, such as `suppress[0].when`.
///
/// # Examples
///
/// ```
/// use tactful::diagnostic::DocPath;
///
/// let rule = DocPath::root().key("suppress").index(0);
/// assert_eq!(rule.key("when").to_string(), "suppress[0].when");
/// assert_eq!(rule.key("a b").to_string(), r#"suppress[0]."a b""#);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocPath(Vec<Segment>);

impl DocPath {
    /// Makes the path of the document itself.
    #[must_use]
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// Returns the path of a key of the table here.
    #[must_use]
    pub fn key(&self, key: impl Into<Cow<'static, str>>) -> Self {
        self.child(Segment::Key(key.into()))
    }

    /// Returns the path of an item of the array here, counted from 0.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.child(Segment::Index(index))
    }

    /// Returns the steps from the document to here.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Returns whether this is the document itself.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    fn child(&self, segment: Segment) -> Self {
        let mut segments = Vec::with_capacity(self.0.len() + 1);
        segments.extend_from_slice(&self.0);
        segments.push(segment);
        Self(segments)
    }
}

impl fmt::Display for DocPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) => {
                    f.write_str(if i == 0 { "" } else { "." })?;
                    write_key(f, key)?;
                }
            }
        }
        Ok(())
    }
}

impl Serialize for DocPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One step of a [`DocPath`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Segment {
    /// A key of a table.
    Key(Cow<'static, str>),
    /// An item of an array, counted from 0.
    Index(usize),
}

/// Writes a key the way TOML does: quoted unless it is bare.
fn write_key(f: &mut fmt::Formatter<'_>, key: &str) -> fmt::Result {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(is_bare) {
        return f.write_str(key);
    }
    f.write_char('"')?;
    for c in key.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_as_people_write_them() {
        let root = DocPath::root();
        let path = root.key("situations").key("a b").key("when");
        assert_eq!(path.to_string(), "situations.\"a b\".when");
        assert_eq!(root.index(3).index(1).key("é").to_string(), "[3][1].\"é\"");
        assert_eq!(root.key("").to_string(), "\"\"");
        assert_eq!(root.key("a\"\\\n").to_string(), "\"a\\\"\\\\\\u000a\"");
        assert!(root.is_root() && root.to_string().is_empty());
    }

    #[test]
    fn items_sort_by_number() {
        let list = DocPath::root().key("actions");
        assert!(list.index(2) < list.index(10));
        assert!(list < list.index(0));
    }
}
