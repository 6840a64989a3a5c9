//! Numbers that a policy cuts more than once: read, counted in lists that are
//! known in part, chosen by a condition, and made doubles of.
//!
//! Of such a number one comparison may be known and the next one not, and those
//! that are known must agree. Whoever takes all of them to be known together
//! proves what does not hold.

use crate::cond::{Cond, Number, Test};
use crate::generate::{Cases, Dialect};
use crate::model::Policy;
use crate::rules::Suppression;
use crate::tape::{Dice, Tape, Tapes};

const LISTS: [&str; 5] = [
    "support.tickets",
    "purchases.orders",
    "purchases.products",
    "feedback.answers",
    "appointments.bookings",
];
const FACTS: [&str; 3] = ["profile.age_years", "attributes.children", "recency.sessions_30d"];

/// A policy that asks besides for one number at two places.
pub(crate) fn cases_of_numbers(tapes: &Tapes) -> Cases {
    let mut cases = tapes.cases(Dialect::Full);
    let mut numbers = tapes.of("policy")[0].clone();
    let mut dice = Dice(
        numbers
            .iter()
            .fold(11, |sum: u64, number| sum.wrapping_mul(31).wrapping_add(u64::from(*number))),
    );
    numbers = (0..60).map(|_| u16::try_from(dice.below(1 << 16)).expect("16 bits")).collect();
    Tape::new(&numbers, crate::generate::NOW).cut_twice(&mut cases.policy);
    cases
}

impl Tape<'_> {
    fn cut_twice(&mut self, policy: &mut Policy) {
        let number = self.number(policy);
        let [a, b] = [self.cut(&number, &[0, 1]), self.cut(&number, &[2, 1, 3, 0])];
        // Where one is known, is the other?
        let known = |cond: &Cond| Cond::Or(vec![cond.clone(), Cond::Not(Box::new(cond.clone()))]);
        let others = [b.clone(), Cond::Not(Box::new(b.clone())), known(&a)];
        let situations = [a.clone(), known(&b), self.pick(&others)];
        for (place, cond) in situations.into_iter().enumerate() {
            policy.situations.insert(format!("number_{place}"), vec![cond]);
        }
        for (place, cond) in [(0, a), (1, b)] {
            if self.one_in(2) {
                continue;
            }
            let negated = Cond::Not(Box::new(cond.clone()));
            let rule = Suppression {
                id: format!("number-{place}"),
                selector: self.selector(&policy.actions),
                allow: !self.one_in(4),
                channels: Vec::new(),
                when: vec![if self.one_in(3) { negated } else { cond }],
                after: Vec::new(),
            };
            policy.suppress.push(rule);
        }
    }

    /// A comparison: most numbers are small, and a lower bound decides some.
    fn cut(&mut self, number: &Number, limits: &[i64]) -> Cond {
        if self.one_in(4) && !matches!(number, Number::Fact(_)) {
            return Cond::Less(self.pick(&FACTS[1..]), number.clone());
        }
        let (op, limit) =
            (self.pick(&[">", ">=", "!=", ">", ">=", "!=", "<=", "=="]), self.pick(limits));
        let limit = match number {
            Number::Fact("profile.age_years") => 17 + limit,
            _ => limit,
        };
        if self.one_in(4) {
            let op = if op == ">" || op == ">=" { ">" } else { "<" };
            return Cond::Compare(Number::Double(Box::new(number.clone())), op, limit);
        }
        Cond::Compare(number.clone(), op, limit)
    }

    fn number(&mut self, policy: &Policy) -> Number {
        let list = self.pick(&LISTS);
        let number = match self.below(8) {
            0 => Number::Fact(self.pick(&FACTS)),
            1..=4 => Number::Size(list),
            _ => {
                let tests = self.of_an_element(list);
                Number::Count(list, self.pick(&tests))
            }
        };
        if self.one_in(2) {
            let part = list.split('.').next().unwrap_or(list);
            let known = Cond::Test(Test::Known(part));
            let conds = [known, Cond::Test(Test::Flag("attributes.vip"))];
            let cond = self.pick(&conds);
            let cond =
                if self.one_in(4) { self.conds(1, policy, Dialect::Full).remove(0) } else { cond };
            Number::Choice(Box::new(cond), Box::new(number), self.pick(&[0, 1]))
        } else {
            number
        }
    }
}
