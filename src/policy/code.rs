//! The codes of what can be wrong with a policy document.

use crate::diagnostic::Code;

/// The text is not TOML or JSON.
#[cfg(any(feature = "toml", feature = "json"))]
pub(crate) const FORMAT: Code = Code::new("E001");
/// A key that does not exist.
#[cfg(any(feature = "toml", feature = "json"))]
pub(crate) const UNKNOWN_KEY: Code = Code::new("E002");
/// A key that must be there.
pub(crate) const MISSING_KEY: Code = Code::new("E003");
/// A value of the wrong type.
#[cfg(any(feature = "toml", feature = "json"))]
pub(crate) const WRONG_TYPE: Code = Code::new("E004");
/// A value that is not allowed.
pub(crate) const VALUE: Code = Code::new("E005");
/// An id or a name that occurs twice.
pub(crate) const DUPLICATE: Code = Code::new("E006");
/// A word or a reference that leads nowhere.
pub(crate) const UNKNOWN_WORD: Code = Code::new("E007");
/// A selector that selects nothing.
pub(crate) const EMPTY_SELECTOR: Code = Code::new("E008");
/// Situations that need each other.
pub(crate) const CYCLE: Code = Code::new("E009");
/// A condition that cannot loosen what it inherits.
pub(crate) const LOOSENS: Code = Code::new("E011");
/// A suppression that holds back for ever where a fact is absent.
pub(crate) const UNGUARDED: Code = Code::new("L401");
/// A condition that opens when nobody can tell.
pub(crate) const FAILS_OPEN: Code = Code::new("L402");
/// A rule that is about no action there is.
pub(crate) const IDLE_RULE: Code = Code::new("L403");
