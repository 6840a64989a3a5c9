//! All the findings about one text.

use std::fmt;

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity, Source, locate};

/// Findings, in the order a reader meets them, with a cap on how many are kept.
///
/// # Examples
///
/// ```
/// use tactful::diagnostic::{Code, Diagnostic, DocPath, Report};
///
/// let mut report = Report::new();
/// report.push(Diagnostic::warning(Code::new("L403"), DocPath::root(), "no action is selected"));
/// assert!(!report.has_errors());
/// assert_eq!(report.to_string(), "warning[L403]: no action is selected\n\n1 warning");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
    #[serde(rename = "errors")]
    error_count: usize,
    #[serde(rename = "warnings")]
    warning_count: usize,
}

impl Report {
    /// The most findings kept; of those beyond, only the number is known.
    pub const CAP: usize = 100;

    /// Makes a report without findings.
    #[must_use]
    pub const fn new() -> Self {
        Self { diagnostics: Vec::new(), error_count: 0, warning_count: 0 }
    }

    /// Adds a finding; beyond the cap, an error takes the place of a warning.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let is_error = diagnostic.is_error();
        match diagnostic.severity() {
            Severity::Error => self.error_count += 1,
            // What is worth knowing is no reason to refuse anything either.
            Severity::Warning | Severity::Info => self.warning_count += 1,
        }
        if self.diagnostics.len() < Self::CAP {
            self.diagnostics.push(diagnostic);
        } else if is_error
            && let Some(warning) = self.diagnostics.iter().rposition(|d| !d.is_error())
        {
            self.diagnostics.remove(warning);
            self.diagnostics.push(diagnostic);
        }
    }

    /// Finds the place of each finding, and sorts them by place, then path.
    pub fn locate(&mut self, source: &Source<'_>) {
        locate(&mut self.diagnostics, source);
        // Those without a place come last; equals stay in the order they were found.
        self.diagnostics.sort_by(|a, b| {
            let key = |d: &Diagnostic| d.place().map_or(usize::MAX, |place| place.range().start);
            key(a).cmp(&key(b)).then_with(|| a.path().cmp(b.path()))
        });
    }

    /// Returns the findings kept.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Iterates over the errors kept.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|d| d.is_error())
    }

    /// Iterates over the warnings kept.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|d| !d.is_error())
    }

    /// Returns whether anything found is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.error_count > 0
    }

    /// Returns whether errors fill the report, so that nothing more is kept.
    pub(crate) fn is_full(&self) -> bool {
        self.error_count >= Self::CAP
    }

    /// Returns whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// Returns how many findings there were beyond those kept.
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.error_count + self.warning_count - self.diagnostics.len()
    }
}

impl Extend<Diagnostic> for Report {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        diagnostics.into_iter().for_each(|d| self.push(d));
    }
}

impl FromIterator<Diagnostic> for Report {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        let mut report = Self::new();
        report.extend(diagnostics);
        report
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.diagnostics {
            write!(f, "{diagnostic}\n\n")?;
        }
        if self.omitted() > 0 {
            write!(f, "… and {} more\n\n", self.omitted())?;
        }
        let errors = counted(self.error_count, "error");
        let warnings = counted(self.warning_count, "warning");
        match (self.error_count, self.warning_count) {
            (_, 0) => f.write_str(&errors),
            (0, _) => f.write_str(&warnings),
            _ => write!(f, "{errors}, {warnings}"),
        }
    }
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, DocPath, Format};

    fn error(key: &'static str) -> Diagnostic {
        Diagnostic::error(Code::new("E1"), DocPath::root().key(key), "bad")
    }

    fn warning(key: &'static str) -> Diagnostic {
        Diagnostic::warning(Code::new("W1"), DocPath::root().key(key), "odd")
    }

    #[test]
    fn findings_are_shown_in_the_order_of_the_text() {
        let mut report = Report::from_iter([warning("b"), error("a"), error("c")]);
        report.locate(&Source::new("{\"a\": 1,\n \"b\": 2}", Format::Json));
        assert_eq!(
            report.to_string(),
            r#"error[E1]: bad
 --> policy:1:1
  |
1 | {"a": 1,
  | ^
  = in c

error[E1]: bad
 --> policy:1:7
  |
1 | {"a": 1,
  |       ^
  = in a

warning[W1]: odd
 --> policy:2:7
  |
2 |  "b": 2}
  |       ^
  = in b

2 errors, 1 warning"#
        );
        assert_eq!((report.errors().count(), report.warnings().count()), (2, 1));
    }

    #[test]
    fn the_cap_counts_what_it_drops_and_drops_warnings_first() {
        let mut report: Report = (0..150).map(|_| warning("w")).collect();
        assert!(!report.has_errors());
        report.extend([error("e"), error("e")]);
        assert!(report.has_errors());
        assert_eq!(report.diagnostics().len(), Report::CAP);
        assert_eq!(report.errors().count(), 2);
        assert_eq!(report.omitted(), 52);
        let text = report.to_string();
        let end = "\n\n… and 52 more\n\n2 errors, 150 warnings";
        assert!(text.ends_with(end), "{text}");
    }

    #[test]
    fn an_empty_report_says_so() {
        let report = Report::new();
        assert!(report.is_empty());
        assert_eq!(report.to_string(), "no errors");
        let json = serde_json::json!({ "diagnostics": [], "errors": 0, "warnings": 0 });
        assert_eq!(serde_json::to_value(&report).unwrap(), json);
    }
}
