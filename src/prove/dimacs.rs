//! Questions as other solvers read them, to compare with: DIMACS CNF.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use std::cell::RefCell;
use std::fmt::Write;
use std::time::Instant;

use super::budget::Budget;
use super::literal::{Cnf, Lit};
use super::solver::{Outcome, Solver};
use crate::{Engine, Policy};

#[path = "../../benches/prove/policy.rs"]
mod policy;

thread_local! {
    /// The questions that were asked, if somebody wants them.
    static NOTED: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// How often a question is solved; the shortest time counts.
const TURNS: usize = 5;

/// Notes a question, with what this solver says of it.
pub(super) fn note(cnf: &Cnf) {
    NOTED.with_borrow_mut(|noted| noted.iter_mut().for_each(|noted| noted.push(written(cnf))));
}

fn written(cnf: &Cnf) -> String {
    let mut answers = Vec::new();
    for _ in 0..TURNS {
        let start = Instant::now();
        let outcome = Solver::new(cnf).solve(&[], u64::MAX);
        answers.push((start.elapsed(), outcome));
    }
    let (time, outcome) = answers.into_iter().min_by_key(|(time, _)| *time).unwrap();
    let answer = if outcome == Outcome::Satisfiable { "satisfiable" } else { "unsatisfiable" };
    let clauses: Vec<&[Lit]> = cnf.clauses().collect();
    let mut text = format!("c {answer} {}\n", time.as_nanos());
    writeln!(text, "p cnf {} {}", cnf.var_count(), clauses.len()).unwrap();
    for clause in clauses {
        for lit in clause {
            let sign = if lit.is_negated() { "-" } else { "" };
            write!(text, "{sign}{} ", lit.var().0 + 1).unwrap();
        }
        text.push_str("0\n");
    }
    text
}

/// Reads a question back.
fn read(text: &str) -> Cnf {
    let mut cnf = Cnf::new();
    let mut lits = vec![Lit::TRUE];
    for line in text.lines().filter(|line| !line.starts_with(['c', 'p'])) {
        let clause: Vec<Lit> = line
            .split(' ')
            .map(|number| number.parse::<i64>().unwrap())
            .take_while(|number| *number != 0)
            .map(|number| {
                let place = usize::try_from(number.abs()).unwrap() - 1;
                while lits.len() <= place {
                    lits.push(cnf.var());
                }
                lits[place].is(number > 0)
            })
            .collect();
        cnf.clause(clause);
    }
    cnf
}

/// The questions of a policy are the same after they were written.
///
/// `TACTFUL_QUESTIONS` names a folder to leave them in: `benches/peers` solves
/// them by another solver. What is measured is measured in a release build.
#[test]
fn questions_are_written_as_they_are_asked() {
    let folder = std::env::var_os("TACTFUL_QUESTIONS");
    let (actions, rules, promises) = if folder.is_some() { (500, 100, 20) } else { (200, 8, 4) };
    NOTED.set(Some(Vec::new()));
    for broken in [false, true] {
        let text = policy::policy(actions, rules, promises, broken);
        let engine = Engine::unproved(Policy::from_toml(&text).unwrap()).unwrap();
        assert_eq!(engine.proofs(Budget::default()).len(), promises);
        let analysis = engine.analyse(Budget::default());
        assert_eq!(analysis.unclear, 0);
    }
    let questions = NOTED.take().unwrap();
    assert!(questions.len() >= promises, "only {} questions", questions.len());
    for question in &questions {
        let outcome = Solver::new(&read(question)).solve(&[], u64::MAX);
        let is_possible = outcome == Outcome::Satisfiable;
        assert_eq!(question.starts_with("c satisfiable"), is_possible);
    }
    for (place, question) in questions.iter().enumerate() {
        let Some(folder) = &folder else { return };
        let file = std::path::Path::new(folder).join(format!("{place}.cnf"));
        std::fs::write(file, question).unwrap();
    }
}
