//! Tries a property on random cases, and shows the plainest that fails.

use tactful::{Context, Engine, Request, Timestamp};

use crate::ask::Ask;
use crate::generate::{Cases, SHAPE};
use crate::model::{Policy, Style};
use crate::tape::{Dice, Tapes};

/// Why a property does not hold.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The engine refuses the policy, which it should not.
    refused: bool,
    what: String,
}

/// Tries a property on random cases: `TACTFUL_CASES` of them, anew each time
/// or from `TACTFUL_SEED` on; if that is not set, a few, and always the same.
pub(crate) fn check(seed: u64, cases: u32, property: impl Fn(&Tapes) -> Result<(), Fault>) {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let (cases, seed) = match number("TACTFUL_CASES") {
        Some(wanted) => (wanted, number("TACTFUL_SEED").unwrap_or_else(any_seed)),
        None => (u64::from(cases), number("TACTFUL_SEED").unwrap_or(seed)),
    };
    let mut dice = Dice(seed);
    for case in 0..cases {
        let tapes = Tapes::random(SHAPE, &mut dice);
        let Err(fault) = property(&tapes) else {
            continue;
        };
        let same =
            |tapes: &Tapes| property(tapes).is_err_and(|other| other.refused == fault.refused);
        let plainest = property(&tapes.plainest(SHAPE, same)).unwrap_err();
        panic!("case {case} of seed {seed}:\n{}", plainest.what);
    }
}

fn any_seed() -> u64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    u64::from(since.subsec_nanos()) ^ since.as_secs()
}

/// One customer, one request.
pub(crate) struct Case<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) context: &'a Context,
    pub(crate) ask: &'a Ask,
    pub(crate) request: Request,
}

impl Cases {
    pub(crate) fn each(&self) -> impl Iterator<Item = Case<'_>> {
        self.pairs.iter().map(|(context, ask)| Case {
            policy: &self.policy,
            context,
            ask,
            request: ask.request(),
        })
    }

    pub(crate) fn engine(&self) -> Result<Engine, Fault> {
        compile(&self.policy)
    }
}

pub(crate) fn compile(policy: &Policy) -> Result<Engine, Fault> {
    Engine::from_json(&policy.to_json(Style::Short)).map_err(|error| Fault {
        refused: true,
        what: format!("{error}\n{}", policy.to_toml(Style::Short)),
    })
}

impl Case<'_> {
    pub(crate) fn say(&self, what: &str) -> Fault {
        let what = format!(
            "{what}\n\n# policy\n{}\n# context\n{}\n# request\n{}\n",
            self.policy.to_toml(Style::Short),
            self.context.to_json(),
            self.ask.to_json(),
        );
        Fault { refused: false, what }
    }

    pub(crate) fn ensure(&self, holds: bool, what: impl FnOnce() -> String) -> Result<(), Fault> {
        if holds { Ok(()) } else { Err(self.say(&what())) }
    }

    pub(crate) fn same<T: PartialEq + std::fmt::Debug>(
        &self,
        what: &str,
        a: T,
        b: T,
    ) -> Result<(), Fault> {
        self.ensure(a == b, || format!("{what}:\n{}", difference(&a, &b)))
    }

    /// The request at another instant.
    pub(crate) fn request_at(&self, now: i64) -> Request {
        let mut request = self.request.clone();
        request.now = Timestamp::from_millis(now);
        request
    }
}

/// Where two values part, and a few lines before.
fn difference(a: &impl std::fmt::Debug, b: &impl std::fmt::Debug) -> String {
    let (a, b) = (format!("{a:#?}"), format!("{b:#?}"));
    let (a, b): (Vec<_>, Vec<_>) = (a.lines().collect(), b.lines().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let tail = tail.min(a.len() - same).min(b.len() - same);
    let lines = |sign: &str, lines: &[&str]| -> String {
        lines.iter().map(|line| format!("{sign} {line}\n")).collect()
    };
    lines(" ", &a[same.saturating_sub(8)..same])
        + &lines("-", &a[same..a.len() - tail])
        + &lines("+", &b[same..b.len() - tail])
}
