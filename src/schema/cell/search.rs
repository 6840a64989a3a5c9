//! Looking for a value in a list where the list lies.

use super::{Cell, ValueSource};

/// What looking for a value in a list came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Search {
    Found,
    Missing,
    /// It was not found, and an entry that cannot be read may be it.
    Undecided,
}

/// Looks for a value; `None` if values are of kinds that need more than a look.
pub(super) fn find(values: &(impl ValueSource + ?Sized), wanted: Cell<'_>) -> Option<Search> {
    let mut missing = Search::Missing;
    for place in 0..values.count() {
        match (wanted, values.value(place)) {
            (Cell::Text(wanted), Cell::Text(text)) if wanted == text => return Some(Search::Found),
            (Cell::Word(wanted), Cell::Word(code)) if wanted == code => return Some(Search::Found),
            (Cell::Int(wanted), Cell::Int(value)) if wanted == value => return Some(Search::Found),
            (Cell::Text(_), Cell::Text(_))
            | (Cell::Word(_), Cell::Word(_))
            | (Cell::Int(_), Cell::Int(_)) => {}
            (Cell::Text(_) | Cell::Word(_) | Cell::Int(_), Cell::Invalid) => {
                missing = Search::Undecided;
            }
            _ => return None,
        }
    }
    Some(missing)
}

/// A short number that equal values share.
///
/// To look for a value in a list of marks takes a fraction of the time of
/// comparing values. Who finds a mark has to compare: others may share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    kind: MarkKind,
    pub(crate) number: u16,
}

/// Kinds of which no value equals one of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MarkKind {
    Text,
    Word,
    Number,
    Time,
    Length,
    Bool,
}

/// What the marks of a list tell besides themselves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marked {
    kind: MarkKind,
    /// Whether some entry has no value, and so has no mark.
    pub(crate) has_gaps: bool,
}

impl Marked {
    /// Tells whether a value equals no entry but those that share its mark.
    pub(crate) fn is_about(self, mark: Mark) -> bool {
        self.kind == mark.kind
    }
}

/// Marks every entry of a list; one without a value shares the mark of another.
///
/// Returns nothing if the entries are of several kinds, or have no values.
pub(super) fn mark_all(
    values: &(impl ValueSource + ?Sized),
    marks: &mut Vec<u16>,
) -> Option<Marked> {
    let (mut kind, mut has_gaps) = (None, false);
    for place in 0..values.count() {
        match mark(values.value(place)) {
            Some(mark) if kind.is_none_or(|kind| kind == mark.kind) => {
                kind = Some(mark.kind);
                marks.push(mark.number);
            }
            Some(_) => return None,
            None => {
                has_gaps = true;
                marks.push(0);
            }
        }
    }
    kind.map(|kind| Marked { kind, has_gaps })
}

/// Marks a value; what has no value has no mark.
pub(crate) fn mark(cell: Cell<'_>) -> Option<Mark> {
    let (kind, number) = match cell {
        Cell::Text(text) => (MarkKind::Text, mark_of_text(text.as_bytes())),
        Cell::Word(code) => (MarkKind::Word, code),
        Cell::Int(value) => (MarkKind::Number, mark_of_int(value)),
        Cell::Double(value) => (MarkKind::Number, mark_of_double(value)?),
        Cell::Time(time) => (MarkKind::Time, mark_of_int(time.as_millis())),
        Cell::Length(length) => (MarkKind::Length, mark_of_int(length.as_millis())),
        Cell::Bool(value) => (MarkKind::Bool, u16::from(value)),
        _ => return None,
    };
    Some(Mark { kind, number })
}

fn mark_of_int(value: i64) -> u16 {
    mixed(value.cast_unsigned(), 0, 0)
}

/// Marks a double as the whole number it equals, if it equals one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a number that does not survive both ways is not whole"
)]
fn mark_of_double(value: f64) -> Option<u16> {
    // Zero has one sign.
    let value = value + 0.0;
    let whole = value as i64;
    if (whole as f64).to_bits() == value.to_bits() {
        return Some(mark_of_int(whole));
    }
    value.is_finite().then(|| mixed(value.to_bits(), 1, 0))
}

/// Marks a text; equal texts share their mark.
pub(crate) fn text_mark(text: &str) -> u16 {
    mark_of_text(text.as_bytes())
}

/// Marks a text by its length, its ends and its middle.
fn mark_of_text(bytes: &[u8]) -> u16 {
    let length = bytes.len() as u64;
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        let middle = bytes.get(bytes.len() / 2 - 4..).and_then(|rest| rest.first_chunk::<8>());
        let middle = u64::from_le_bytes(*middle.unwrap_or(first));
        let ends = u64::from_le_bytes(*first) ^ middle.rotate_left(32);
        return mixed(ends, u64::from_le_bytes(*last), length);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return mixed(u64::from(first), u64::from(last), length);
    }
    let all = bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
    mixed(all, 0, length)
}

/// Mixes numbers into one whose every bit depends on most of theirs.
fn mixed(a: u64, b: u64, c: u64) -> u16 {
    const ODD: [u64; 3] = [0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB];
    let [x, y, z] = ODD;
    let mixed = (a.wrapping_mul(x) ^ b.wrapping_mul(y).rotate_left(32)).wrapping_add(c);
    let mixed = (mixed ^ mixed >> 32).wrapping_mul(z);
    u16::try_from(mixed >> 48).unwrap_or(0)
}
