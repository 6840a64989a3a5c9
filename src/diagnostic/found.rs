//! What a path leads to in a text.

use std::ops::Range;

use crate::diagnostic::place::{Format, Source};
use crate::diagnostic::{Target, quoted};

/// What a path leads to.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) key: Option<Range<usize>>,
    pub(super) value: Range<usize>,
    /// Whether this is what was asked for, not just something around it.
    pub(super) exact: bool,
}

impl Found {
    pub(super) fn exact(key: Option<Range<usize>>, value: Range<usize>) -> Self {
        Self { key, value, exact: true }
    }

    pub(super) fn around(self) -> Self {
        Self { exact: false, ..self }
    }

    pub(super) fn plain(text: &str) -> Self {
        Self::exact(None, 0..text.len())
    }

    pub(super) fn range(self, target: &Target, source: &Source<'_>) -> Range<usize> {
        let raw = source.text.get(self.value.clone()).unwrap_or_default();
        if !self.exact {
            let end = if raw.starts_with('{') { self.value.start + 1 } else { self.value.end };
            return self.value.start..end;
        }
        match target {
            Target::Key => self.key.unwrap_or(self.value),
            Target::Value => self.value,
            Target::Within(range) => {
                let wanted = range.start as usize..range.end as usize;
                if source.format == Format::Plain {
                    return wanted;
                }
                match quoted::within(raw, wanted) {
                    Some(part) => self.value.start + part.start..self.value.start + part.end,
                    None => self.value,
                }
            }
        }
    }
}
