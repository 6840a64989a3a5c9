//! The questions of proofs, solved by another solver.

use std::time::{Duration, Instant};

use batsat::{BasicSolver, Lit, SolverInterface, Var, lbool};

/// How often a question is solved; the shortest time counts.
const TURNS: usize = 5;

/// A question, and what was said of it.
struct Question {
    is_possible: bool,
    took: Duration,
    vars: u32,
    clauses: Vec<Vec<i32>>,
}

fn read(text: &str) -> Option<Question> {
    let mut lines = text.lines();
    let (answer, took) = lines.next()?.strip_prefix("c ")?.split_once(' ')?;
    let vars = lines.next()?.strip_prefix("p cnf ")?.split(' ').next()?.parse().ok()?;
    let clause = |line: &str| {
        let numbers = line.split(' ').map(|number| number.parse().unwrap_or(0));
        numbers.take_while(|number| *number != 0).collect()
    };
    Some(Question {
        is_possible: answer == "satisfiable",
        took: Duration::from_nanos(took.parse().ok()?),
        vars,
        clauses: lines.map(clause).collect(),
    })
}

/// Solves a question, from clauses to the answer.
fn solve(question: &Question) -> bool {
    let mut solver = BasicSolver::default();
    let vars: Vec<Var> = (0..question.vars).map(|_| solver.new_var_default()).collect();
    let mut lits = Vec::new();
    for clause in &question.clauses {
        let lit = |number: &i32| Lit::new(vars[number.unsigned_abs() as usize - 1], *number > 0);
        lits.clear();
        lits.extend(clause.iter().map(lit));
        solver.add_clause_reuse(&mut lits);
    }
    solver.solve_limited(&[]) == lbool::TRUE
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("name the folder of the questions")?;
    let (mut count, mut ours, mut theirs) = (0, Duration::ZERO, Duration::ZERO);
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        let question = read(&text).ok_or_else(|| format!("no question: {}", path.display()))?;
        let mut shortest = Duration::MAX;
        for _ in 0..TURNS {
            let start = Instant::now();
            let is_possible = solve(&question);
            shortest = shortest.min(start.elapsed());
            assert_eq!(is_possible, question.is_possible, "{}", path.display());
        }
        count += 1;
        ours += question.took;
        theirs += shortest;
    }
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!("{count} questions: {ours:?} here, {theirs:?} by batsat, which is {ratio:.2} to 1");
    Ok(())
}
