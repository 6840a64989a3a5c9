use super::*;
use crate::prove::literal::{Cnf, Var};

/// A source of numbers: SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(end)).unwrap()
    }
}

fn random(dice: &mut Dice, vars: u32, clauses: u32, width: u32) -> (Cnf, Vec<Vec<Lit>>) {
    let mut cnf = Cnf::new();
    let lits: Vec<Lit> = (0..vars).map(|_| cnf.var()).collect();
    let mut listed = Vec::new();
    for _ in 0..clauses {
        let length = 1 + dice.below(width);
        let clause: Vec<Lit> = (0..length)
            .map(|_| lits[usize::try_from(dice.below(vars)).unwrap()].is(dice.below(2) == 1))
            .collect();
        cnf.clause(clause.iter().copied());
        listed.push(clause);
    }
    (cnf, listed)
}

/// Tries every assignment of up to 20 variables.
fn can_hold(clauses: &[Vec<Lit>], assumed: &[Lit], vars: u32) -> bool {
    let holds = |lit: &Lit, world: u64| (world >> (lit.var().0 - 1) & 1 == 1) != lit.is_negated();
    (0..1 << vars).any(|world| {
        assumed.iter().all(|lit| holds(lit, world))
            && clauses.iter().all(|clause| clause.iter().any(|lit| holds(lit, world)))
    })
}

/// Each answer is that of trying everything; each model is one; and in debug
/// builds, as tests are, each refutation is certified.
#[test]
fn agrees_with_trying_everything() {
    let mut dice = Dice(1);
    let mut counts = [0, 0];
    for round in 0..3_000 {
        let vars = 3 + dice.below(8);
        let clauses = vars + dice.below(4 * vars);
        let (cnf, mut listed) = random(&mut dice, vars, clauses, 3);
        let mut solver = Solver::new(&cnf);
        for _ in 0..4 {
            // Between questions more is said: the same twice, or what always holds, as well.
            for _ in 0..dice.below(3) {
                let length = 1 + dice.below(4);
                let any = |dice: &mut Dice| Lit::new(Var(1 + dice.below(vars)), dice.below(2) == 1);
                let clause: Vec<Lit> = (0..length).map(|_| any(&mut dice)).collect();
                solver.add(&clause);
                listed.push(clause);
            }
            let assumed: Vec<Lit> = (0..dice.below(3))
                .map(|_| Lit::new(Var(1 + dice.below(vars)), dice.below(2) == 1))
                .collect();
            let expected = can_hold(&listed, &assumed, vars);
            let outcome = solver.solve(&assumed, u64::MAX);
            counts[usize::from(expected)] += 1;
            if !expected {
                assert_eq!(outcome, Outcome::Unsatisfiable, "round {round}");
                continue;
            }
            assert_eq!(outcome, Outcome::Satisfiable, "round {round}");
            assert!(assumed.iter().all(|lit| solver.is_true(*lit)));
            let is_model =
                listed.iter().all(|clause| clause.iter().any(|lit| solver.is_true(*lit)));
            assert!(is_model, "round {round}");
        }
    }
    assert!(counts.iter().all(|count| *count > 1_000), "{counts:?}");
}

/// Pigeons do not fit into one hole less: needs learning and restarts.
fn pigeons(holes: u32) -> Cnf {
    let mut cnf = Cnf::new();
    let mut at: Vec<Vec<Lit>> = Vec::new();
    for _ in 0..=holes {
        let row: Vec<Lit> = (0..holes).map(|_| cnf.var()).collect();
        cnf.clause(row.iter().copied());
        at.push(row);
    }
    for a in 0..at.len() {
        for b in 0..a {
            for (one, other) in at[a].iter().zip(&at[b]) {
                cnf.clause([!*one, !*other]);
            }
        }
    }
    cnf
}

#[test]
fn refutes_what_needs_search() {
    let mut solver = Solver::new(&pigeons(6));
    assert_eq!(solver.solve(&[], u64::MAX), Outcome::Unsatisfiable);
    assert!(solver.spent() > RUN);
}

#[test]
fn gives_up_when_it_has_had_its_conflicts() {
    let mut solver = Solver::new(&pigeons(8));
    assert_eq!(solver.solve(&[], 100), Outcome::Exhausted);
    assert!(solver.spent() >= 100);
}

#[test]
fn clauses_may_come_later() {
    let mut cnf = Cnf::new();
    let (a, b) = (cnf.var(), cnf.var());
    cnf.clause([a, b]);
    let mut solver = Solver::new(&cnf);
    assert_eq!(solver.solve(&[], 10), Outcome::Satisfiable);
    solver.add(&[!a]);
    assert_eq!(solver.solve(&[], 10), Outcome::Satisfiable);
    assert!(solver.is_true(b));
    solver.add(&[!b]);
    assert_eq!(solver.solve(&[], 10), Outcome::Unsatisfiable);
}

#[test]
fn a_certificate_with_a_hole_is_no_certificate() {
    let mut cnf = Cnf::new();
    let (a, b) = (cnf.var(), cnf.var());
    let mut certificate = Certificate::new();
    certificate.given(&[a, b]);
    assert!(!certificate::refutes(&certificate, &[]));
    assert!(certificate::refutes(&certificate, &[!a, !b]));
    certificate.learned(&[a]);
    assert!(!certificate::refutes(&certificate, &[!a, !b]), "a does not follow");
}

#[test]
fn restarts_come_by_the_sequence_of_luby() {
    let first: Vec<u64> = (1..=15).map(luby).collect();
    assert_eq!(first, [1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8]);
}
