//! A day of one customer in a web shop, at the help desk and on the phone, event by event.
//!
//! Events arrive late, twice and out of order; after each of them the program asks what to show
//! on the web. The upgrade goes with the event that opens a dispute, and comes back at the instant
//! that `until` has said.
//!
//! `cargo run --example one_customer`

use std::error::Error;

use serde::Deserialize;
use tactful::context::{
    Applied, AsOf, Change, Consent, Event, Feedback, History, Profile, Purchases, Recency,
    Subscription, Support,
};
use tactful::decision::{Decision, SuppressionInForce};
use tactful::{Channel, Context, Duration, Engine, Money, PartName, Request, Timestamp};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[allow(clippy::print_stdout, reason = "an example talks to the terminal")]
fn main() -> Result<()> {
    print!("{}", Day::tell()?.told);
    Ok(())
}

/// A line of the file: an event, and when it arrived.
#[derive(Deserialize)]
struct Arrival {
    received_at: Timestamp,
    event: Event,
}

/// The systems that know something of customers, and of what each says that it has told all.
const FEEDS: [(&str, &[PartName]); 5] = [
    ("web", &[PartName::History]),
    ("shop", &[PartName::Purchases]),
    ("desk", &[PartName::Support, PartName::Feedback]),
    ("calls", &[PartName::Support]),
    ("accounts", &[PartName::Profile, PartName::Subscription, PartName::Consent]),
];

/// How long an event may be under way: a feed vouches for what is older.
const UNDER_WAY: Duration = Duration::minutes(5);

/// What is on the page, and what is not, and why.
#[derive(Default, PartialEq)]
struct Page {
    shown: Vec<String>,
    withheld: Vec<(String, String)>,
}

/// The day as far as it has been told.
pub(crate) struct Day {
    engine: Engine,
    mira: Context,
    /// All that was applied, watermarks too, in the order of arrival.
    applied: Vec<Event>,
    page: Page,
    /// What the program prints.
    pub(crate) told: String,
    /// What was decided after each event, and at two moments in the end.
    pub(crate) moments: Vec<Moment>,
}

/// What was decided at one moment.
#[derive(Debug, PartialEq)]
pub(crate) struct Moment {
    pub(crate) now: Timestamp,
    pub(crate) first: String,
    pub(crate) upgrade: Upgrade,
}

/// Whether the upgrade may be shown, or until when it is withheld by a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Upgrade {
    Shown,
    Withheld { until: Option<Timestamp> },
}

impl Day {
    /// Tells the day from beginning to end.
    pub(crate) fn tell() -> Result<Self> {
        let engine = Engine::from_toml(include_str!("policies/one_customer.toml"))?;
        let mut day = Self {
            engine,
            mira: morning()?,
            applied: Vec::new(),
            page: Page::default(),
            told: "Tuesday, 10 March: Mira's day, as it arrives. All times are UTC.\n\n".to_owned(),
            moments: Vec::new(),
        };
        for line in include_str!("data/one_day.jsonl").lines() {
            let arrival: Arrival = serde_json::from_str(line)?;
            day.take_in(arrival)?;
        }
        day.wait_for_the_upgrade()?;
        day.arrive_in_any_order()?;
        Ok(day)
    }

    /// Applies an event, says what came of it, and asks what to show now.
    fn take_in(&mut self, Arrival { received_at, event }: Arrival) -> Result<()> {
        self.hear(received_at)?;
        let came_of_it = match self.mira.apply(&event)? {
            Applied::Duplicate => "known already".to_owned(),
            Applied::Superseded => "overtaken by newer news".to_owned(),
            Applied::Ignored { reason } => reason.to_string(),
            _ => String::new(),
        };
        let happened = clock(event.at);
        let late =
            if happened == clock(received_at) { String::new() } else { format!(", of {happened}") };
        let said = format!("{}{late}", describe(&event));
        let source = event.source.clone().unwrap_or_default();
        let line = format!("{}  {source:<5}  {said:<56}  {came_of_it}", clock(received_at));
        self.say(line.trim_end());
        self.applied.push(event);
        self.decide(received_at)
    }

    /// Lets every feed say up to when it has told everything.
    fn hear(&mut self, now: Timestamp) -> Result<()> {
        for (feed, parts) in FEEDS {
            let vouched = Event::new(now - UNDER_WAY).source(feed).user_id("mira");
            let vouched = parts.iter().fold(vouched, |event, part| event.watermark(*part));
            self.mira.apply(&vouched)?;
            self.applied.push(vouched);
        }
        Ok(())
    }

    /// Asks what to show on the web, and says what is different from before.
    fn decide(&mut self, now: Timestamp) -> Result<()> {
        let decision = self.engine.decide(&self.mira, &Request::new(now, Channel::Web).limit(2));
        let shown: Vec<String> =
            decision.recommendations().map(|placed| placed.action().to_owned()).collect();
        let withheld = decision.suppressions().filter_map(|rule| withheld_by(&decision, &rule));
        let withheld = withheld.collect();
        let upgrade = decision.suppressed().find(|held| held.action() == "premium-upgrade");
        let upgrade =
            upgrade.map_or(Upgrade::Shown, |held| Upgrade::Withheld { until: held.until() });
        let first = shown.first().cloned().unwrap_or_default();
        self.moments.push(Moment { now, first, upgrade });
        self.turn_to(Page { shown, withheld });
        Ok(())
    }

    /// Says what the page shows from now on, if it is something else.
    fn turn_to(&mut self, page: Page) {
        if page != self.page {
            self.say(&format!("{:14}→ {}", "", page.shown.join(", then ")));
            for (held, because) in &page.withheld {
                self.say(&format!("{:14}✗ {held}\n{:16}{because}", "", ""));
            }
            self.page = page;
        }
    }

    /// Asks at the instant that `until` named, and a millisecond before.
    fn wait_for_the_upgrade(&mut self) -> Result<()> {
        let last = self.moments.last().map(|moment| moment.upgrade);
        let Some(Upgrade::Withheld { until: Some(until) }) = last else {
            return Err("nothing to wait for".into());
        };
        self.say("\nTwo weeks without news. The feeds say that they have told everything.\n");
        for now in [until - Duration::from_millis(1), until] {
            self.hear(now)?;
            self.say(&format!("{now}"));
            self.page = Page::default();
            self.decide(now)?;
        }
        Ok(())
    }

    /// Takes in all of it once more, backwards and in part twice, at three copies that are merged.
    fn arrive_in_any_order(&mut self) -> Result<()> {
        let mut copies = [morning()?, Context::new(), Context::new()];
        let again = self.applied.iter().step_by(3);
        for (number, event) in self.applied.iter().rev().chain(again).enumerate() {
            if let Some(copy) = copies.get_mut(number % 3) {
                copy.apply(event)?;
            }
        }
        let [one, two, mut merged] = copies;
        merged.merge(&two)?;
        merged.merge(&one)?;
        assert_eq!(
            merged.to_json(),
            self.mira.to_json(),
            "the order of arrival makes no difference"
        );
        let (events, bytes) = (self.applied.len(), merged.to_json().len());
        self.say(&format!(
            "\nThe {events} events and watermarks once more, in reverse, a third of them twice, at\n\
             three copies that are merged: the same {bytes} bytes."
        ));
        Ok(())
    }

    fn say(&mut self, line: &str) {
        self.told.push_str(line);
        self.told.push('\n');
    }
}

/// Says what a rule holds back, until when, and why.
fn withheld_by(decision: &Decision<'_>, rule: &SuppressionInForce<'_>) -> Option<(String, String)> {
    let held = decision.suppressed().filter(|held| {
        let first = held.reasons().next().and_then(|reason| reason.rule());
        first == Some(rule.rule())
    });
    let held: Vec<&str> = held.map(|held| held.action()).collect();
    let until = rule.until().map_or_else(|| "that changes".to_owned(), moment);
    let what = format!("{}, until {until}", held.join(" and "));
    (!held.is_empty()).then(|| (what, rule.situation().to_owned()))
}

/// What the systems delivered in the morning, each up to a time of its own.
fn morning() -> Result<Context> {
    let at = |clock: &str| format!("2026-03-10T{clock}Z").parse::<Timestamp>();
    let by = |sources: &[(&str, Timestamp)]| {
        AsOf::sources(sources.iter().copied()).ok_or("there is a source")
    };
    let owed = Money::new(0, "EUR".parse()?);
    let (web, shop, accounts) = (at("07:45:00")?, at("07:40:00")?, at("06:00:00")?);
    let support = by(&[("desk", at("07:44:00")?), ("calls", at("07:42:00")?)])?;
    let accounts = by(&[("accounts", accounts)])?;
    let joined = "2024-05-04T09:00:00Z".parse::<Timestamp>()?;
    Ok(Context::new()
        .user_id("mira")
        .support(Support::new(support).tickets([]).contacts([]))
        .purchases(Purchases::new(by(&[("shop", shop)])?).orders([]).products([]).views([]))
        .recency(Recency::new(by(&[("web", web)])?).last_seen_at(web - Duration::days(2)))
        .history(History::new(by(&[("web", web)])?).interactions([]))
        .feedback(Feedback::new(by(&[("desk", at("07:44:00")?)])?).answers([]))
        .consent(Consent::new(accounts.clone()).grants([]))
        .subscription(Subscription::new(accounts.clone()).plan("basic").arrears(owed))
        .profile(Profile::new(accounts).plan("basic").joined_at(joined)))
}

/// Says what an event says, in a few words.
fn describe(event: &Event) -> String {
    let said: Vec<String> = event.changes.iter().filter_map(describe_change).collect();
    said.join(", ")
}

fn describe_change(change: &Change) -> Option<String> {
    Some(match change {
        Change::Seen => "she is there".to_owned(),
        Change::Device(device) => format!("on {}", device.form_factor?),
        Change::View(view) => format!("looks at {}", view.category.as_ref()?),
        Change::Interaction(one) => format!("{} of {}", one.outcome, one.action),
        Change::Order(order) => {
            format!("order {} over {}: {}", order.id, euros(order.total?), order.status?)
        }
        Change::Refund(refund) => {
            format!("refund of order {}: {}", refund.order_id, euros(refund.amount?))
        }
        Change::Ticket(ticket) => {
            format!("case {} ({}): {}", ticket.id, spaced(ticket.topic?.as_str()), ticket.state?)
        }
        Change::Contact(contact) if contact.ended_at.is_some() => "a call ended".to_owned(),
        Change::Contact(_) => "a call began".to_owned(),
        Change::Answer(answer) => format!("{} answer: {}", answer.metric, answer.score),
        _ => return None,
    })
}

fn spaced(word: &str) -> String {
    word.replace('_', " ")
}

fn euros(money: Money) -> String {
    format!("€{}.{:02}", money.minor / 100, money.minor % 100)
}

/// The time of day.
fn clock(at: Timestamp) -> String {
    at.to_string().chars().skip(11).take(5).collect()
}

/// The day and the time.
fn moment(at: Timestamp) -> String {
    at.to_string().chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}
