//! Random conditions that love boundaries.

use crate::cond::{Cond, Test};
use crate::generate::{Dialect, LENGTHS};
use crate::model::{DAY, HOUR, Policy};
use crate::tape::Tape;

/// Times that lie behind, mostly.
const TIMES: [&str; 3] =
    ["recency.last_seen_at", "profile.joined_at", "support.last_contact.ended_at"];

impl Tape<'_> {
    pub(crate) fn some_conds(&mut self, policy: &Policy, dialect: Dialect) -> Vec<Cond> {
        let more = usize::from(self.one_in(4));
        self.conds(1 + more, policy, dialect)
    }

    pub(crate) fn conds(&mut self, count: usize, policy: &Policy, dialect: Dialect) -> Vec<Cond> {
        (0..count).map(|_| self.cond(2, policy, dialect)).collect()
    }

    fn cond(&mut self, depth: usize, policy: &Policy, dialect: Dialect) -> Cond {
        let situations: Vec<&String> = policy.situations.keys().collect();
        let shape = match self.timely {
            true => self.pick(&[0, 5, 6, 7, 8, 5, 3, 7]),
            false => self.below(12),
        };
        let mut pair =
            |depth: usize| (0..2).map(|_| self.cond(depth - 1, policy, dialect)).collect();
        match shape {
            6 if depth > 0 => Cond::And(pair(depth)),
            7 if depth > 0 => Cond::Or(pair(depth)),
            8 if depth > 0 => Cond::Not(Box::new(self.cond(depth - 1, policy, dialect))),
            5 => self.window(),
            9 if !situations.is_empty() => Cond::Situation(self.pick(&situations).clone()),
            3 | 4 | 10 => self.each(),
            11 if dialect == Dialect::Full && self.one_in(3) => {
                Cond::Test(Test::Known(self.pick(&[
                    "support",
                    "purchases",
                    "profile",
                    "profile.role",
                    "analytics.quiet.survival",
                ])))
            }
            _ => Cond::Test(self.question()),
        }
    }

    fn length(&mut self) -> i64 {
        self.pick(&LENGTHS[1..])
    }

    /// Something that begins and ends.
    fn window(&mut self) -> Cond {
        let time = self.pick(&TIMES);
        let (begins, ends) = self.pick(&[(DAY, 7 * DAY), (HOUR, DAY), (2 * DAY, 14 * DAY)]);
        let begins = Test::Since(time, ">=", begins);
        Cond::And(vec![Cond::Test(begins), Cond::Test(Test::Within(time, ends))])
    }

    fn question(&mut self) -> Test {
        let op = self.pick(&[">=", "<", "<=", ">"]);
        let half_open = self.pick(&[">=", "<"]);
        let equal = self.pick(&["==", "!="]);
        let length = self.length();
        let days = self.pick(&[0, 1, 7, 14, 60]);
        let last_seen = self.pick(&TIMES);
        let still_to_come = self.pick(&["subscription.renews_at", "attributes.expires_at"]);
        let carried = [
            "profile.role",
            "profile.joined_at",
            "device.form_factor",
            "purchases.cart",
            "support.active_contact",
            "recency.onboarding",
            "attributes.vip",
            "attributes.nickname",
            "request.intent",
            "subscription.arrears_minor",
        ];
        let carried = self.pick(&carried);
        let timely = [
            Test::Since(last_seen, op, length),
            Test::Within(last_seen, length),
            Test::Days(last_seen, half_open, days),
            Test::Ahead(still_to_come, op, length),
            Test::Now(still_to_come, op),
            Test::Within(still_to_come, length),
        ];
        if self.one_in(6) {
            return self.answer(op, equal);
        }
        if self.timely || self.one_in(5) {
            return self.pick(&timely);
        }
        self.pick(&[
            Test::Word("profile.plan", equal, "basic"),
            Test::Int("profile.age_years", op, 18),
            Test::Has(carried),
            Test::Int("subscription.arrears_minor", equal, 0),
            Test::Num("scores.churn", op, 0.5),
            Test::Num("scores.uptake", op, 0.06),
            Test::Word("device.form_factor", equal, "mobile"),
            Test::OneOf("device.form_factor", vec!["mobile", "tv"]),
            Test::Flag("device.push_enabled"),
            Test::Int("purchases.cart.units", op, 1),
            Test::Int("purchases.cart.value_minor", op, 5_000),
            Test::Within("purchases.cart.updated_at", length),
            Test::Word("recency.onboarding.status", equal, "stuck"),
            Test::Int("recency.sessions_30d", op, 3),
            Test::Flag("profile.vulnerable"),
            Test::Holds("profile.segments", "vip"),
            Test::Word("request.intent", equal, "cancel"),
            Test::Word("request.channel", equal, "web"),
            Test::Holds("consent.hard_blocks", "web"),
            Test::Flag("attributes.vip"),
            Test::Int("attributes.children", op, 2),
            Test::Num("attributes.spend", op, 99.5),
            Test::Word("attributes.nickname", equal, "max"),
            Test::Word("attributes.tier", equal, "gold"),
            Test::Holds("attributes.labels", "a"),
        ])
    }

    /// A question about what a model answers.
    fn answer(&mut self, op: &'static str, equal: &'static str) -> Test {
        self.pick(&[
            Test::Num("analytics.alive.p_alive", op, 0.5),
            Test::Num("analytics.alive.p_alive", op, 0.05),
            Test::Num("analytics.alive.expected_purchases", op, 1.0),
            Test::Num("analytics.steady.p_alive", op, 0.5),
            Test::Num("analytics.steady.p_alive", op, 1.0),
            Test::Int("analytics.worth.value_minor", op, 2_000),
            Test::Num("analytics.worth.expected_purchases", op, 0.25),
            Test::Int("analytics.basket.order_value_minor", op, 5_000),
            Test::Has("analytics.narrow.order_value_minor"),
            Test::Word("analytics.stage.stage", equal, "dormant"),
            Test::Word("analytics.stage.stage", equal, "reactivated"),
            Test::OneOf("analytics.stage.stage", vec!["new", "active", "prospect"]),
            Test::Word("analytics.visits.stage", equal, "active"),
            Test::OneOf("analytics.visits.stage", vec!["at_risk", "dormant_prospect"]),
            Test::Num("analytics.rhythm.overdue_ratio", op, 1.0),
            Test::Num("analytics.rhythm.overdue_ratio", op, 5.0),
            Test::Num("analytics.rhythm.p_silence", op, 0.25),
            Test::Num("analytics.rhythm.mean_gap_days", op, 3.0),
            Test::Int("analytics.rfm.recency_score", op, 3),
            Test::Int("analytics.rfm.frequency_score", op, 2),
            Test::Int("analytics.rfm.money_score", op, 2),
            Test::Num("analytics.gone.p_churn", op, 0.75),
            Test::Num("analytics.gone.survival", op, 0.5),
            Test::Num("analytics.quiet.p_churn", op, 0.125),
            Test::Int("analytics.renewal.period", op, 3),
            Test::Num("analytics.renewal.hazard", op, 0.125),
            Test::Num("analytics.renewal.residual_periods", op, 7.0),
            Test::Num("analytics.worn_out.weight", op, 1.0),
            Test::Num("analytics.worn_out.weight", op, 0.0625),
            Test::Num("analytics.worn.weight", op, 0.5),
            Test::Has("analytics.alive.p_alive"),
            Test::Has("analytics.rhythm.overdue_ratio"),
            Test::Has("analytics.renewal.retention"),
        ])
    }

    /// A question about a list.
    fn each(&mut self) -> Cond {
        let lists = [
            "support.tickets",
            "purchases.orders",
            "purchases.products",
            "feedback.answers",
            "appointments.bookings",
            "history.interactions",
            "consent.grants",
        ];
        // Tickets have most to say.
        let list = match self.below(14) {
            place @ 0..7 => lists[place],
            _ => lists[0],
        };
        let tests = self.of_an_element(list);
        let count = 1 + self.below(3);
        Cond::Each {
            list,
            all: self.one_in(4),
            or: self.one_in(4),
            tests: (0..count).map(|_| self.pick(&tests)).collect(),
        }
    }

    pub(crate) fn of_an_element(&mut self, list: &str) -> Vec<Test> {
        let op = self.pick(&[">=", "<", "<=", ">"]);
        let equal = self.pick(&["==", "!="]);
        let length = self.length();
        match list {
            "support.tickets" => vec![
                Test::Word("x.topic", equal, "billing_dispute"),
                Test::Flag("x.is_open"),
                Test::Within("x.closed_at", length),
                Test::OneOf("x.topic", vec!["refund", "billing_dispute"]),
                Test::Word("x.state", equal, "solved"),
                Test::Has("x.closed_at"),
                Test::Since("x.closed_at", op, length),
                Test::Since("x.opened_at", op, length),
                Test::Flag("x.escalated"),
                Test::Int("x.disputed_minor", op, 5_000),
                Test::Int("x.reopened", op, 1),
            ],
            "purchases.orders" => vec![
                Test::Flag("x.is_delayed"),
                Test::Word("x.status", equal, "delivered"),
                Test::Within("x.placed_at", length),
                Test::Int("x.total_minor", op, 10_000),
                Test::Now("x.promised_at", op),
                Test::Holds("x.categories", "phone"),
            ],
            "purchases.products" => vec![
                Test::Word("x.category", equal, "phone"),
                Test::Ahead("x.warranty_ends_at", op, length),
                Test::Now("x.warranty_ends_at", op),
            ],
            "feedback.answers" => vec![
                Test::Int("x.score", op, 2),
                Test::Word("x.metric", equal, "csat"),
                Test::Within("x.answered_at", length),
            ],
            "appointments.bookings" => vec![
                Test::Now("x.starts_at", op),
                Test::Ahead("x.starts_at", op, length),
                Test::Word("x.status", equal, "booked"),
            ],
            "history.interactions" => vec![
                Test::Word("x.outcome", equal, "click"),
                Test::Word("x.action", equal, "action-0"),
                Test::Within("x.at", length),
            ],
            _ => vec![
                Test::Word("x.status", equal, "granted"),
                Test::Word("x.channel", equal, "web"),
                Test::Within("x.changed_at", length),
            ],
        }
    }
}
