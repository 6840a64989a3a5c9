//! How much work a proof may take.

/// How much work a proof may take before it is given up.
///
/// # Examples
///
/// ```
/// use tactful::prove::Budget;
///
/// let patient = Budget::default().conflicts(1_000_000);
/// assert_eq!(patient.conflicts, 1_000_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budget {
    /// How many conflicts the solver may run into for one question. Questions
    /// about policies have a few hundred as a rule. In a large question the
    /// work besides counts, too: 2,000 clauses looked at, or 200 literals
    /// written down, as one conflict.
    pub conflicts: u64,
}

impl Budget {
    /// What building an engine gives each promise.
    pub(crate) const DEFAULT: Self = Self { conflicts: 200_000 };

    /// Gives each question so many conflicts.
    #[must_use]
    pub const fn conflicts(mut self, conflicts: u64) -> Self {
        self.conflicts = conflicts;
        self
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::DEFAULT
    }
}
