//! One cargo command of a task.

/// A cargo command with a name, and how much of its output is worth showing.
#[derive(Debug)]
pub struct Step {
    pub name: String,
    pub args: Vec<String>,
    pub env: Vec<(&'static str, &'static str)>,
    /// Only this many of the last lines of a successful run's standard output.
    pub tail: Option<usize>,
}

impl Step {
    /// A step that runs cargo with `args`, which are parted by spaces.
    ///
    /// After ` -- ` too: no argument of a fixed command holds a space.
    pub fn new(name: impl Into<String>, args: &str) -> Self {
        Self {
            name: name.into(),
            args: args.split(' ').map(str::to_owned).collect(),
            env: Vec::new(),
            tail: None,
        }
    }

    pub fn args(mut self, more: &[String]) -> Self {
        self.args.extend_from_slice(more);
        self
    }

    pub fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.env.push((name, value));
        self
    }

    pub fn tail(mut self, lines: usize) -> Self {
        self.tail = Some(lines);
        self
    }

    /// The command as one would type it.
    pub fn command(&self) -> String {
        let env = self.env.iter().map(|(name, value)| format!("{name}={} ", quoted(value)));
        let env: String = env.collect();
        let args: Vec<String> = self.args.iter().map(|arg| quoted(arg)).collect();
        format!("{env}cargo {}", args.join(" "))
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_reads_as_one_would_type_it() {
        let step = Step::new("docs", "doc --no-deps").env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(step.command(), "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps");
    }

    #[test]
    fn several_variables_are_set() {
        let step = Step::new("deep", "test").env("CASES", "2").env("ROUNDS", "3");
        assert_eq!(step.command(), "CASES=2 ROUNDS=3 cargo test");
    }

    #[test]
    fn passed_words_are_quoted_for_a_shell() {
        let step = Step::new("benchmarks", "bench").args(&["it's $5".to_owned(), String::new()]);
        assert_eq!(step.command(), r"cargo bench 'it'\''s $5' ''");
    }
}
