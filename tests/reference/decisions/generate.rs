//! Random policies, contexts and requests that love boundaries.
//!
//! Everything is drawn from tapes of numbers, one for each entity, so that
//! whoever shrinks the tapes shrinks the case.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use serde_json::{Value, json};
use tactful::{Channel, Context, Request, Timestamp};

use crate::model::{
    Action, Boost, Cond, DAY, Exclusive, HOUR, MINUTE, Policy, Propensity, Selector, Suppression,
    Test, Treatment,
};
use crate::tape::Tape;

/// 2026-03-10T15:00:30Z
pub(crate) const NOW: i64 = 1_773_154_830_000;

/// Every length that a condition compares a time with.
pub(crate) const LENGTHS: [i64; 8] =
    [0, 15 * MINUTE, HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 60 * DAY];

pub(crate) const PARTS: [&str; 12] = [
    "support",
    "purchases",
    "device",
    "recency",
    "consent",
    "history",
    "subscription",
    "feedback",
    "scores",
    "profile",
    "appointments",
    "attributes",
];

/// The tapes of one case.
#[derive(Clone, Debug)]
pub(crate) struct Tapes {
    policy: Vec<u16>,
    situations: Vec<Vec<u16>>,
    actions: Vec<Vec<u16>>,
    suppress: Vec<Vec<u16>>,
    boosts: Vec<Vec<u16>>,
    exclusive: Vec<Vec<u16>>,
    parts: Vec<Vec<u16>>,
    request: Vec<u16>,
}

pub(crate) fn tapes() -> impl Strategy<Value = Tapes> {
    let tape = |length: usize| vec(any::<u16>(), 0..length);
    let tapes = |most: usize, length: usize| vec(tape(length), 0..=most);
    (
        tape(24),
        tapes(3, 32),
        vec(tape(90), 1..=7),
        tapes(4, 60),
        tapes(4, 40),
        tapes(2, 4),
        vec(tape(60), PARTS.len()),
        tape(24),
    )
        .prop_map(
            |(policy, situations, actions, suppress, boosts, exclusive, parts, request)| Tapes {
                policy,
                situations,
                actions,
                suppress,
                boosts,
                exclusive,
                parts,
                request,
            },
        )
}

/// What a policy may contain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Dialect {
    Full,
    /// Without `on_unknown = "allow"` and `known()`, which know that a fact is
    /// not known.
    Monotone,
    /// Of facts that are known, and conditions that turn with the clock.
    Timely,
    /// Without `known()`, whose no is news of what is not known.
    Plain,
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) policy: Policy,
    pub(crate) context: Context,
    pub(crate) request: Request,
}

impl Tapes {
    pub(crate) fn case(&self, dialect: Dialect) -> Case {
        let policy = self.policy(dialect);
        Case { context: self.context(&policy, dialect), request: self.request(&policy), policy }
    }

    fn policy(&self, dialect: Dialect) -> Policy {
        let mut tape = Tape::new(&self.policy);
        let mut policy = Policy {
            currency: tape.pick(&["EUR", "EUR", "JPY"]).to_owned(),
            attributes: attributes(),
            ..Policy::default()
        };
        policy.kinds.insert(
            "tip".into(),
            tape.pick(&[
                None,
                Some("service".into()),
                Some("transactional".into()),
                Some("marketing".into()),
            ]),
        );
        for _ in 0..tape.below(4) {
            let part = tape.pick(&[
                "support",
                "cart",
                "purchases",
                "device",
                "consent",
                "scores",
                "profile",
                "attributes",
                "recency",
            ]);
            let limit = tape.pick(&[Some(DAY), Some(15 * MINUTE), None, Some(HOUR)]);
            policy.fresh.insert(part.to_owned(), limit);
        }
        for (place, numbers) in self.situations.iter().enumerate() {
            let mut tape = Tape::new(numbers).timely(dialect == Dialect::Timely);
            let conds = tape.conds(1 + place % 2, &policy, dialect);
            policy.situations.insert(format!("situation_{place}"), conds);
        }
        for (place, numbers) in self.actions.iter().enumerate() {
            let action = Tape::new(numbers)
                .timely(dialect == Dialect::Timely)
                .action(place, &policy, dialect);
            policy.actions.push(action);
        }
        for (place, numbers) in self.suppress.iter().enumerate() {
            let mut tape = Tape::new(numbers).timely(dialect == Dialect::Timely);
            let rule = Suppression {
                id: format!("rule-{place}"),
                selector: tape.selector(&policy.actions),
                allow: tape.one_in(3) && dialect != Dialect::Monotone,
                when: tape.some_conds(&policy, dialect),
                after: match tape.one_in(2) {
                    true => tape.some_conds(&policy, dialect),
                    false => Vec::new(),
                },
            };
            policy.suppress.push(rule);
        }
        for (place, numbers) in self.boosts.iter().enumerate() {
            let mut tape = Tape::new(numbers).timely(dialect == Dialect::Timely);
            let boost = Boost {
                id: format!("boost-{place}"),
                selector: tape.selector(&policy.actions),
                basis_points: tape
                    .pick(&[0, 6_000, -10_000, 5_925, 10_000, 247_500, 1, 200_000, -5_000]),
                when: match tape.one_in(2) {
                    true => tape.some_conds(&policy, dialect),
                    false => Vec::new(),
                },
            };
            policy.boosts.push(boost);
        }
        for (place, numbers) in self.exclusive.iter().enumerate() {
            policy.exclusive.push(Exclusive {
                id: format!("exclusive-{place}"),
                at_most: 1 + Tape::new(numbers).below(2),
            });
        }
        policy
    }

    fn request(&self, policy: &Policy) -> Request {
        let mut tape = Tape::new(&self.request);
        let channel = tape.pick(CHANNELS);
        let mut request = Request::new(Timestamp::from_millis(NOW), channel);
        if tape.one_in(2) {
            let count = tape.below(4);
            let slots: Vec<_> = (0..count).map(|_| tape.pick(SLOTS)).collect();
            request = request.slots(slots);
        }
        if tape.one_in(3) {
            request = request.limit(tape.pick(&[1, 2, 3, 0]));
        }
        if tape.one_in(2) {
            request = request.intent(tape.pick(&["cancel", "buy"]));
        }
        for action in &policy.actions {
            if tape.one_in(16) {
                request = request.exclude(&action.id);
            }
            if tape.one_in(16) {
                request = request.out_of_stock(&action.id);
            }
        }
        request
    }

    fn context(&self, policy: &Policy, dialect: Dialect) -> Context {
        let mut context = Context::new();
        for (part, numbers) in PARTS.iter().zip(&self.parts) {
            let mut tape = Tape::new(numbers).timely(dialect == Dialect::Timely);
            // A part that is there, mostly.
            if !tape.one_in(10) {
                context = tape.part(context, part, policy);
            }
        }
        context
    }
}

pub(crate) const CHANNELS: &[Channel] =
    &[Channel::Web, Channel::Email, Channel::Agent, Channel::Sms];
const SLOTS: &[&str] = &["tile", "hero", "card"];
const GROUPS: &[&str] = &["plan", "care"];
const TAGS: &[&str] = &["grow", "season"];

/// Times that lie behind, mostly.
const TIMES: [&str; 3] =
    ["recency.last_seen_at", "profile.joined_at", "support.last_contact.ended_at"];

fn attributes() -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("vip".into(), json!("bool")),
        ("children".into(), json!("int")),
        ("spend".into(), json!("double")),
        ("nickname".into(), json!("text")),
        ("expires_at".into(), json!("timestamp")),
        ("tier".into(), json!(["gold", "silver"])),
        ("labels".into(), json!("texts")),
    ])
}

/// Random parts of a policy.
impl Tape<'_> {
    fn action(&mut self, place: usize, policy: &Policy, dialect: Dialect) -> Action {
        let kinds = ["upsell", "service", "promotion", "goodwill", "survey", "information", "tip"];
        let mut action = Action {
            // Not in the order of their places: ids decide between equals.
            id: format!("action-{}", (place * 5 + 3) % 11),
            kind: self.pick(&kinds).to_owned(),
            channels: vec![CHANNELS[0].to_string()],
            ..Action::default()
        };
        if !self.one_in(6) || self.timely {
            action.channels = CHANNELS.iter().map(Channel::to_string).collect();
        }
        action.group = self.maybe(GROUPS).map(str::to_owned);
        action.tags = self.some_of(TAGS);
        let purposes =
            [None, None, None, Some("service"), Some("transactional"), Some("marketing")];
        action.purpose = self.pick(&purposes).map(str::to_owned);
        action.tier = self.pick(&[0, 0, 0, 1, -1, 2]);
        action.rank = self.pick(&[0, 0, 10, -5]);
        action.paused = self.one_in(16) && !self.timely;
        action.starts_at = self.one_in(5).then(|| self.time().as_millis());
        action.ends_at = self.one_in(4).then(|| self.time().as_millis());
        if self.timely {
            // Nothing that holds for ever.
            action.ends_at = None;
        }
        if let (Some(start), Some(end)) = (action.starts_at, action.ends_at)
            && start >= end
        {
            action.ends_at = Some(start + DAY);
        }
        action.propensity = match self.below(8) {
            0..=3 => {
                Some(Propensity::Fixed(self.pick(&[60_000_000, 150_000_000, 1_000_000_000, 0, 1])))
            }
            4 | 5 => Some(Propensity::Score("uptake".to_owned())),
            6 => Some(Propensity::Score("churn".to_owned())),
            _ => None,
        };
        action.value = self.maybe(&[24_000, 9_600, 2_000, 0, 1, 1_000_000_000_000]);
        if action.value.is_none() {
            // A probability of nothing is refused.
            action.propensity = None;
        }
        for clauses in [&mut action.eligible, &mut action.applicable, &mut action.suitable] {
            if self.one_in(if self.timely { 2 } else { 3 }) {
                *clauses = self.some_conds(policy, dialect);
            }
        }
        let treatments = if self.one_in(3) { 1 + self.below(3) } else { 0 };
        for place in 0..treatments {
            let channels: Vec<_> = action.channels.iter().map(String::as_str).collect();
            action.treatments.push(Treatment {
                id: format!("treatment-{place}"),
                channels: self.mostly_none(&channels),
                devices: self.mostly_none(&["mobile", "desktop"]),
                slots: self.mostly_none(SLOTS),
            });
        }
        action
    }

    fn mostly_none(&mut self, of: &[&str]) -> Vec<String> {
        if self.one_in(3) { self.some_of(of) } else { Vec::new() }
    }

    /// Selects something: what a policy names must exist.
    fn selector(&mut self, actions: &[Action]) -> Selector {
        let mut selector = Selector::default();
        for _ in 0..=self.below(2) {
            let action = &actions[self.below(actions.len())];
            let fallback = vec![action.id.clone()];
            match (self.below(4), &action.group, action.tags.first()) {
                (0, ..) => selector.kinds = vec![action.kind.clone()],
                (1, _, Some(tag)) => selector.tags = vec![tag.clone()],
                (2, Some(group), _) => selector.groups = vec![group.clone()],
                _ => selector.ids = fallback,
            }
        }
        selector
    }

    fn some_conds(&mut self, policy: &Policy, dialect: Dialect) -> Vec<Cond> {
        let more = usize::from(self.one_in(4));
        self.conds(1 + more, policy, dialect)
    }

    fn conds(&mut self, count: usize, policy: &Policy, dialect: Dialect) -> Vec<Cond> {
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

    fn of_an_element(&mut self, list: &str) -> Vec<Test> {
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
