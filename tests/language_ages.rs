//! How long a truth about a context holds while its parts age.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test may stop at the first surprise"
)]

use tactful::condition::{Condition, Outcome, Truth};
use tactful::context::{Context, Device, Recency, Support, Ticket};
use tactful::schema::{Facts, RequestFacts, Schema};
use tactful::{Channel, Duration, FormFactor, TicketState, Timestamp, Topic};

const NOW: Timestamp = Timestamp::from_millis(1_773_154_830_000);

const CONDITIONS: [&str; 20] = [
    "support.tickets.exists(t, t.is_open)",
    "support.tickets.all(t, t.topic == 'billing_dispute')",
    "support.tickets.exists_one(t, since(t.opened_at) < minutes(12))",
    "support.tickets.filter(t, within(t.closed_at, days(14))).size() == 0",
    "support.tickets.exists(t, t.is_open && device.form_factor == 'mobile')",
    "support.tickets.size() > 1 || within(recency.last_seen_at, hours(20))",
    "device.form_factor == 'mobile' ? support.tickets.size() > 0 : known(recency)",
    "known(support)",
    "known(support) && !known(device)",
    "known(device.form_factor) == known(recency.last_seen_at)",
    "has(device.form_factor)",
    "device.form_factor != 'mobile'",
    "since(recency.last_seen_at) < hours(1)",
    "days_since(recency.last_seen_at) == 0",
    "recency.last_seen_at.getHours() == now.getHours()",
    "recency.last_seen_at > now",
    "recency.sessions_30d + support.tickets.size() > 3",
    "(known(device) ? 1 : 2) == support.tickets.size()",
    "now.getMinutes() in [0, 1, 2] || support.tickets.size() == 0",
    "support.tickets.exists(t, t.is_open) && false",
];

struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit
    }

    /// An instant around now, often exactly at a limit of some age.
    fn around(&mut self) -> Timestamp {
        let unit = [1_000, 60_000, 900_000, 1_800_000, 86_400_000][self.below(5) as usize];
        NOW - Duration::from_millis(unit * (self.below(4) as i64 - 1))
            + Duration::from_millis(self.below(3) as i64 - 1)
    }
}

fn context(dice: &mut Dice) -> Context {
    let mut context = Context::new();
    if dice.below(5) > 0 {
        let tickets: Vec<Ticket> = (0..dice.below(3))
            .map(|id| {
                let at = dice.around();
                let mut ticket = Ticket::new(id.to_string(), at, at).topic(Topic::BillingDispute);
                if dice.below(3) > 0 {
                    let state =
                        if dice.below(2) == 0 { TicketState::Open } else { TicketState::Solved };
                    ticket = ticket.state(state);
                }
                ticket
            })
            .collect();
        context = context.support(Support::new(dice.around()).tickets(tickets));
    }
    if dice.below(5) > 0 {
        context = context.device(Device::new(dice.around()).form_factor(FormFactor::Mobile));
    }
    if dice.below(5) > 0 {
        let recency = Recency::new(dice.around()).sessions_30d(2);
        context = context.recency(match dice.below(3) {
            0 => recency,
            _ => recency.last_seen_at(dice.around()),
        });
    }
    context
}

fn outcome(condition: &Condition, schema: &Schema, context: &Context, now: Timestamp) -> Outcome {
    let request = RequestFacts::new(Channel::Web);
    condition.evaluate(&Facts::of_context(schema, context, request, now))
}

#[test]
fn nothing_changes_before_the_horizon_while_parts_age() {
    let schema = Schema::customer();
    let conditions = CONDITIONS.map(|text| (text, Condition::new(text, &schema).unwrap()));
    let mut dice = Dice(1);
    for _ in 0..200 {
        let context = context(&mut dice);
        for (text, condition) in &conditions {
            let now = outcome(condition, &schema, &context, NOW);
            let until = now.changes_at().unwrap_or(Timestamp::LATEST);
            assert!(until > NOW, "{text} changes at once");
            for _ in 0..12 {
                let later = match dice.below(3) {
                    0 => until - Duration::from_millis(1),
                    1 => dice.around() + Duration::from_millis(900_000 * dice.below(200) as i64),
                    _ => {
                        NOW + Duration::from_millis(
                            dice.below((until.as_millis() - NOW.as_millis()) as u64) as i64,
                        )
                    }
                };
                if later <= NOW || later >= until {
                    continue;
                }
                let then = outcome(condition, &schema, &context, later).truth();
                assert_eq!(then, now.truth(), "{text} by {later}, not {until}\n{context:?}");
            }
        }
    }
}

#[test]
fn a_part_goes_stale_one_millisecond_past_its_age() {
    let schema = Schema::customer();
    let empty = Context::new().support(Support::new(NOW).tickets([]));
    let open = Condition::new("support.tickets.exists(t, t.is_open)", &schema).unwrap();
    let stale = NOW + Duration::minutes(15) + Duration::from_millis(1);
    let now = outcome(&open, &schema, &empty, NOW);
    assert_eq!((now.truth(), now.changes_at()), (Truth::False, Some(stale)));
    let then = outcome(&open, &schema, &empty, stale);
    assert_eq!((then.truth(), then.last_known()), (Truth::Unknown, Truth::False));
    assert_eq!(then.changes_at(), None);
}
