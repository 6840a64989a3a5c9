//! A contact policy at work: four weeks of one customer, decision by decision.
//!
//! The program does not poll. Where the answer is *not now*, it says until
//! when, and that is when the program asks again. What is sent, and what the
//! customer sees in the shop, goes into the history, and the next decision
//! counts it.
//!
//! `cargo run --example contact_policy`

#![allow(clippy::print_stdout, reason = "an example talks to the terminal")]

use std::collections::BTreeMap;
use std::error::Error;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use tactful::context::History;
use tactful::decision::{Recommendation, Suppressed, Verdict};
use tactful::{Channel, Context, Engine, Outcome, Request, Timestamp};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let engine = Engine::from_toml(include_str!("policies/coffee_mail.toml"))?;
    println!("Four weeks of Ada, who lives in Vienna. All times are hers.\n");
    let (start, end) = ("2026-03-02T10:00:00+01:00".parse()?, "2026-03-28T10:00:00+01:00".parse()?);
    let mut story = Story {
        engine: &engine,
        ada: Context::new().history(History::new(start).interactions([])),
        news: News::default(),
        calendar: Calendar::new()?,
    };
    story.tell(start, end)?;
    story.calendar.print();
    Ok(())
}

/// What happens without our doing.
#[derive(Clone, Copy)]
enum Event {
    /// Ada visits the shop.
    Visit,
    /// A coffee she waits for can be had again.
    BeanIsBack,
    /// Her parcel leaves the house.
    Parcel,
    /// She buys the grinder that we wrote about.
    Purchase,
}

const EVENTS: [(&str, Event); 7] = [
    ("2026-03-06T19:10:00+01:00", Event::Visit),
    ("2026-03-07T11:25:00+01:00", Event::Visit),
    ("2026-03-08T16:40:00+01:00", Event::Visit),
    ("2026-03-08T20:05:00+01:00", Event::Visit),
    ("2026-03-10T21:40:00+01:00", Event::BeanIsBack),
    ("2026-03-10T22:15:00+01:00", Event::Parcel),
    ("2026-03-24T18:30:00+01:00", Event::Purchase),
];

/// What the systems of the shop have to tell of Ada.
#[derive(Default)]
struct News {
    bean_is_back: bool,
    parcel: bool,
    has_grinder: bool,
}

impl News {
    /// Says what is known at a moment, each part up to that moment.
    fn context(&self, now: Timestamp) -> Result<Context> {
        let products =
            if self.has_grinder { r#"{"id": "G-1", "category": "grinder"}"# } else { "" };
        let (bean_is_back, parcel) = (self.bean_is_back, self.parcel);
        let agreed = r#""purpose": "marketing", "status": "granted", "changed_at": 1735689600000"#;
        Ok(Context::from_json(format!(
            r#"{{
            "user_id": "ada",
            "profile": {{"as_of": "{now}", "time_zone": "Europe/Vienna"}},
            "subscription": {{"as_of": "{now}", "plan": "small-box",
                "arrears": {{"minor": 0, "currency": "EUR"}}}},
            "consent": {{"as_of": "{now}", "grants": [
                {{"channel": "email", {agreed}}}, {{"channel": "push", {agreed}}}]}},
            "purchases": {{"as_of": "{now}", "products": [{products}]}},
            "attributes": {{"as_of": "{now}", "values": {{
                "watched_bean_is_back": {bean_is_back}, "parcel_on_its_way": {parcel}}}}}
            }}"#
        ))?)
    }
}

struct Story<'e> {
    engine: &'e Engine,
    ada: Context,
    news: News,
    calendar: Calendar,
}

impl Story<'_> {
    /// Goes from one moment to the next at which anything can change.
    fn tell(&mut self, start: Timestamp, end: Timestamp) -> Result<()> {
        let mut ask_at = Some(start);
        let mut events = EVENTS.iter().peekable();
        loop {
            let event_at = events.peek().map(|(at, _)| at.parse()).transpose()?;
            let Some(now) = event_at.into_iter().chain(ask_at).min().filter(|now| *now < end)
            else {
                return Ok(());
            };
            self.deliver(now)?;
            let event = events.next_if(|_| event_at == Some(now)).map(|(_, event)| *event);
            if let Some(event) = event {
                self.take_in(event, now)?;
            }
            // What she sees is no occasion to write to her.
            if !matches!(event, Some(Event::Visit)) {
                ask_at = self.write(now)?;
            }
        }
    }

    /// Brings everything that is known of Ada up to date but what we did.
    fn deliver(&mut self, now: Timestamp) -> Result<()> {
        let mut history = std::mem::take(&mut self.ada.history);
        if let Some(history) = history.known_mut() {
            history.as_of = now.into();
        }
        self.ada = self.news.context(now)?.history(history);
        Ok(())
    }

    /// Takes in what happened, and says so.
    fn take_in(&mut self, event: Event, now: Timestamp) -> Result<()> {
        let said = match event {
            Event::Visit => return self.visit(now),
            Event::BeanIsBack => {
                self.news.bean_is_back = true;
                "the coffee she waits for is back"
            }
            Event::Parcel => {
                self.news.parcel = true;
                "her parcel leaves the house"
            }
            Event::Purchase => {
                self.news.has_grinder = true;
                "she buys a grinder"
            }
        };
        println!("{}  {said}", self.calendar.time(now));
        self.deliver(now)
    }

    /// Shows Ada the front page of the shop.
    fn visit(&mut self, now: Timestamp) -> Result<()> {
        let request = Request::new(now, Channel::Web).slots(["hero"]);
        let decision = self.engine.decide(&self.ada, &request);
        for shown in decision.recommendations() {
            println!("{}  she visits and sees {}", self.calendar.time(now), shown.action());
            self.calendar.mark(now, 'o');
            self.ada.record(decision.outcome(shown.action(), Outcome::Impression, now)?);
        }
        if let Some(held) = decision.withheld().find(|held| held.verdict() == Verdict::Limited) {
            self.tell_held(&held);
        }
        Ok(())
    }

    /// Sends Ada whatever may be sent, one message at a time, and says when it
    /// is worth asking again.
    fn write(&mut self, now: Timestamp) -> Result<Option<Timestamp>> {
        // By mail, or where that will not do, as a push message.
        let request = Request::new(now, Channel::Email).or_on(Channel::Push).limit(1);
        loop {
            let decision = self.engine.decide(&self.ada, &request);
            let Some(sent) = decision.recommendations().next() else {
                let next = decision.withheld().filter(|held| held.until().is_some());
                let next = next.min_by_key(|held| held.until());
                if let Some(held) = &next {
                    self.tell_held(held);
                }
                return Ok(next.and_then(|held| held.until()));
            };
            self.tell_sent(&sent, now);
            self.ada.record(decision.outcome(sent.action(), Outcome::Sent, now)?);
            match sent.action() {
                "bean-is-back" => self.news.bean_is_back = false,
                "parcel-on-its-way" => self.news.parcel = false,
                _ => {}
            }
            self.deliver(now)?;
        }
    }

    fn tell_sent(&mut self, sent: &Recommendation<'_>, now: Timestamp) {
        let (time, channel) = (self.calendar.time(now), sent.channel());
        println!("{time}  {channel:<5} → {}", sent.action());
        let passed_over: Vec<String> = sent.passed_over().map(|reason| reason.because()).collect();
        if !passed_over.is_empty() {
            println!("{:16}  not by email: {}", "", passed_over.join(", and "));
        }
        self.calendar.mark(now, if sent.kind() == "service" { 's' } else { 'M' });
    }

    /// Says what is held back until when, and by what.
    fn tell_held(&self, held: &Suppressed<'_>) {
        let Some(until) = held.until() else { return };
        let reason = held.reasons().find(|reason| reason.until() == Some(until));
        let because = reason.map_or_else(|| held.because(), |reason| reason.because());
        let until = self.calendar.time(until);
        println!("{:16}  not {} before {until}: {because}", "", held.action());
    }
}

/// The days of the story, where Ada lives.
struct Calendar {
    zone: TimeZone,
    marks: BTreeMap<Date, String>,
}

impl Calendar {
    fn new() -> Result<Self> {
        let zone = TimeZoneDatabase::bundled().get("Europe/Vienna");
        let zone = zone.map_err(|error| error.to_string())?;
        Ok(Self { zone, marks: BTreeMap::new() })
    }

    /// Spells a time as the clock on Ada's wall shows it.
    fn time(&self, at: Timestamp) -> String {
        self.local(at)
            .map_or_else(|| at.to_string(), |at| at.strftime("%a %e %b %H:%M").to_string())
    }

    fn local(&self, at: Timestamp) -> Option<DateTime> {
        let at = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
        Some(self.zone.to_datetime(at))
    }

    /// Notes what Ada got on a day.
    fn mark(&mut self, at: Timestamp, mark: char) {
        if let Some(at) = self.local(at) {
            self.marks.entry(at.date()).or_default().push(mark);
        }
    }

    /// Prints four weeks, and what Ada got on each day.
    fn print(&self) {
        println!("\n            Mon  Tue  Wed  Thu  Fri  Sat  Sun");
        let days: Vec<Date> = date(2026, 3, 2).series(1.day()).take(28).collect();
        for week in days.chunks(7) {
            let monday = week.iter().next().map(|day| day.strftime("%e %b").to_string());
            let marks = week.iter().map(|day| self.marks.get(day).map_or("·", String::as_str));
            let marks: Vec<String> = marks.map(|marks| format!("{marks:<3}")).collect();
            println!("  {:>8}  {}", monday.unwrap_or_default(), marks.join("  ").trim_end());
        }
        println!(
            "\n  M: a message that sells   s: one that serves   o: an offer she saw in the shop"
        );
    }
}
