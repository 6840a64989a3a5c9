//! Policies of any size, made up from numbers.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark may stop at the first surprise"
)]

use std::fmt::Write;

/// A source of numbers: SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

const KINDS: [&str; 6] = ["upsell", "cross_sell", "promotion", "retention", "service", "survey"];
const TOPICS: [&str; 6] =
    ["billing_dispute", "refund", "outage", "order_delay", "cancellation", "privacy"];

fn question(dice: &mut Dice) -> String {
    let days = [1, 3, 7, 14, 30, 60, 90][dice.below(7)];
    let topic = dice.pick(&TOPICS);
    match dice.below(12) {
        0 => format!("support.tickets.exists(t, t.topic == \"{topic}\" && t.is_open)"),
        1 => format!(
            "support.tickets.exists(t, t.topic == \"{topic}\" && within(t.closed_at, days({days})))"
        ),
        2 => format!("profile.plan in [\"basic\", \"plan-{}\"]", dice.below(6)),
        3 => format!("profile.age_years >= {}", 18 + dice.below(40)),
        4 => format!("within(recency.last_seen_at, days({days}))"),
        5 => format!("subscription.arrears_minor > {}", 100 * dice.below(20)),
        6 => format!("has(profile.country) && profile.country == \"C{}\"", dice.below(20)),
        7 => format!(
            "purchases.orders.exists(o, o.is_delayed && o.total_minor > {})",
            1_000 * dice.below(9)
        ),
        8 => format!("\"segment-{}\" in profile.segments", dice.below(12)),
        9 => format!("device.form_factor == \"{}\"", dice.pick(&["mobile", "desktop", "tablet"])),
        10 => format!(
            "feedback.answers.exists(a, a.score <= {} && within(a.answered_at, days({days})))",
            dice.below(6)
        ),
        _ => format!("scores.churn >= 0.{}", 1 + dice.below(9)),
    }
}

fn condition(dice: &mut Dice) -> String {
    let (a, b, c) = (question(dice), question(dice), question(dice));
    match dice.below(4) {
        0 => a,
        1 => format!("{a} && {b}"),
        2 => format!("{a} || {b}"),
        _ => format!("({a} || {b}) && !({c})"),
    }
}

pub(crate) fn policy(actions: usize, suppressions: usize, promises: usize, broken: bool) -> String {
    let mut dice = Dice(7);
    let mut text = "policy = \"bench\"\ncurrency = \"EUR\"\n".to_owned();
    for place in 0..actions {
        let (kind, group) = (dice.pick(&KINDS), dice.below(20));
        let conditions: Vec<String> =
            (0..=dice.below(3)).map(|_| format!("'''{}'''", condition(&mut dice))).collect();
        let conditions = conditions.join(", ");
        write!(
            text,
            "\n[[actions]]\nid = \"action-{place}\"\nkind = \"{kind}\"\ngroup = \"group-{group}\"\n\
             tags = [\"tag-{}\"]\nchannels = [\"web\", \"email\"]\neligible = [{conditions}]\n",
            dice.below(30),
        )
        .unwrap();
    }
    let mut rules = Vec::new();
    for place in 0..suppressions {
        let when = condition(&mut dice);
        let kind = dice.pick(&KINDS);
        let about = match dice.below(3) {
            0 => format!("kinds = [\"{kind}\"]"),
            1 => format!("tags = [\"tag-{}\", \"tag-{}\"]", dice.below(30), dice.below(30)),
            _ => format!("groups = [\"group-{}\"]", dice.below(20)),
        };
        let is_about_kind = about.starts_with("kinds");
        write!(
            text,
            "\n[[suppress]]\nid = \"rule-{place}\"\nwhen = '''{when}'''\n{about}\n\
             because = \"it is so\"\n",
        )
        .unwrap();
        if !is_about_kind {
            continue;
        }
        rules.push((when, kind));
    }
    for place in 0..promises {
        let (when, kind) = &rules[dice.below(rules.len())];
        let kind = if broken && place % 2 == 0 { dice.pick(&KINDS) } else { kind };
        write!(
            text,
            "\n[[promises]]\nid = \"promise-{place}\"\nnever = {{ kinds = [\"{kind}\"] }}\nwhile = '''{when}'''\n"
        )
        .unwrap();
    }
    text
}
