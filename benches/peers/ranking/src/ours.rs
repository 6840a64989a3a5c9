//! Tactful on the workload of the harness: the same policy and customers, in its own words.
use serde_json::{Value, json};
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::cell::RefCell;
use tactful::{Bound, Channel, Context, Request, Scratch, Timestamp};

use crate::harness::Engine;
use crate::workload::*;

const OUR_TOPICS: [&str; 10] = [
    "billing_dispute", "order_delay", "refund", "account_access", "outage", "warranty",
    "account_change", "service_complaint", "technical_issue", "other",
];

/// Times are numbers in the text of the study, too.
fn time(seconds: i64) -> i64 {
    seconds * 1000
}

/// A predicate as a condition. Severities of tickets go by how often they were reopened.
fn condition(pred: Pred) -> String {
    let bought = |category: u8, more: String| {
        format!(r#"purchases.orders.exists(o, "{}" in o.categories{more})"#, CATEGORIES[category as usize])
    };
    let any = |fact: &str, words: &[&str], of: &[u8]| {
        let of: Vec<String> = of.iter().map(|place| format!("{:?}", words[*place as usize])).collect();
        if of.len() == 1 { format!("{fact} == {}", of[0]) } else { format!("{fact} in [{}]", of.join(", ")) }
    };
    let metric = |name: &str, test: String| format!("has(attributes.{name}) && attributes.{name} {test}");
    match pred {
        Pred::Ticket(k) => format!(r#"support.tickets.exists(t, t.topic == "{}")"#, OUR_TOPICS[k as usize]),
        Pred::TicketSev(None, least) => format!("support.tickets.exists(t, t.reopened >= {least})"),
        Pred::TicketSev(Some(k), least) => format!(r#"support.tickets.exists(t, t.topic == "{}" && t.reopened >= {least})"#, OUR_TOPICS[k as usize]),
        Pred::AnyTicket => "support.tickets.size() > 0".into(),
        Pred::ContactWithin(s) => format!("within(support.last_contact.ended_at, hours({}))", s / HOUR),
        Pred::Bought(k) => bought(k, String::new()),
        Pred::BoughtWithin(k, s) => bought(k, format!(" && within(o.placed_at, days({}))", s / DAY)),
        Pred::SpentOver(x) => format!("purchases.orders.exists(o, o.total_minor > {})", (x * 100.0) as i64),
        Pred::PurchasesGe(n) => format!("purchases.orders.size() >= {n}"),
        Pred::DeviceIn(s) => any("device.form_factor", &DEVICE_TYPES, s),
        Pred::OsIn(s) => any("device.platform", &OSES, s),
        Pred::ChannelIn(s) => any("attributes.place", &CHANNELS, s),
        Pred::UnseenFor(s) => format!("since(recency.last_seen_at) > days({})", s / DAY),
        Pred::OnboardedWithin(s) => format!("within(profile.joined_at, days({}))", s / DAY),
        Pred::NotOnboarded => "!has(profile.joined_at)".into(),
        Pred::Consent(k) => format!("attributes.may_{}", CONSENTS[k as usize]),
        Pred::NpsLe(n) => metric("nps", format!("<= {n}")),
        Pred::NpsGe(n) => metric("nps", format!(">= {n}")),
        Pred::CsatLt(x) => metric("csat", format!("< {x:?}")),
        Pred::ChurnGt(x) => format!("scores.churn > {x:?}"),
        Pred::ClvGt(x) => format!("scores.clv > {x:?}"),
    }
}

fn all_of(literals: &[Lit]) -> Vec<String> {
    let text = |lit: &Lit| format!("{}p{}", if lit.neg { "!" } else { "" }, lit.pred);
    literals.iter().map(text).collect()
}

/// The kinds and tags of a mask.
fn selector(kind_tags: u16) -> (Vec<&'static str>, Vec<&'static str>) {
    let kinds = (0..5).filter(|k| kind_tags >> k & 1 == 1).map(|k| KINDS[k]).collect();
    let tags = (0..10).filter(|k| kind_tags >> (k + 5) & 1 == 1).map(|k| TAGS[k]).collect();
    (kinds, tags)
}

fn percent(factor: f64) -> f64 {
    ((factor - 1.0) * 1e4).round() / 100.0
}

pub fn policy_json(policy: &Policy) -> String {
    let situations: BTreeMap<String, Value> = PREDS
        .iter()
        .enumerate()
        .map(|(place, pred)| (format!("p{place}"), json!({"say": "it holds", "when": condition(*pred)})))
        .collect();
    let mut attributes: BTreeMap<String, Value> =
        CONSENTS.iter().map(|name| (format!("may_{name}"), json!("bool"))).collect();
    attributes.insert("place".into(), json!(CHANNELS));
    attributes.insert("nps".into(), json!("int"));
    attributes.insert("csat".into(), json!("double"));
    let borne = selector(policy.actions.iter().fold(0, |all, action| all | action.kind_tags()));
    let known = |(kinds, tags): (Vec<&'static str>, Vec<&'static str>)| {
        let kinds: Vec<_> = kinds.into_iter().filter(|kind| borne.0.contains(kind)).collect();
        let tags: Vec<_> = tags.into_iter().filter(|tag| borne.1.contains(tag)).collect();
        (kinds, tags)
    };
    let actions: Vec<Value> = policy
        .actions
        .iter()
        .map(|action| {
            let mut tags = selector(action.kind_tags()).1;
            tags.push(["cap1", "cap2", "cap3", "cap4"][action.cap as usize - 1]);
            json!({
                "id": action.id, "kind": KINDS[action.kind as usize], "tags": tags, "channels": ["web"],
                "eligible": all_of(&action.conds), "propensity": action.p, "value": format!("{:.2}", action.value),
            })
        })
        .collect();
    let mut suppress = Vec::new();
    for (place, rule) in policy.rules.iter().enumerate() {
        let (kinds, tags) = known(selector(rule.kind_tags));
        if kinds.is_empty() && tags.is_empty() { continue }
        suppress.push(json!({"id": format!("s{place}"), "when": all_of(&rule.when), "kinds": kinds, "tags": tags, "because": "it is no time to sell"}));
    }
    let mut boosts = Vec::new();
    for (place, weight) in policy.weights.iter().enumerate() {
        let kind = KINDS[weight.kind as usize];
        if !borne.0.contains(&kind) { continue }
        boosts.push(json!({"id": format!("w{place}"), "when": format!("p{}", weight.when), "percent": percent(weight.factor), "kinds": [kind]}));
    }
    for action in policy.actions.iter().filter(|action| action.lever != 1.0) {
        boosts.push(json!({"id": format!("lever-{}", action.id), "percent": percent(action.lever), "ids": [action.id]}));
    }
    let caps = (1..=4).filter(|cap| policy.actions.iter().any(|action| action.cap == *cap));
    let limits: Vec<Value> = caps
        .map(|cap| json!({"id": format!("cap{cap}"), "tags": [format!("cap{cap}")], "per": "action", "at_most": cap, "within": "30d"}))
        .collect();
    json!({
        "policy": "ranking", "currency": "EUR", "situations": situations, "attributes": attributes,
        "actions": actions, "suppress": suppress, "boosts": boosts, "limits": limits,
    })
    .to_string()
}

pub fn context(customer: &Ctx) -> Context {
    Context::from_json(text(customer)).unwrap()
}

fn text(customer: &Ctx) -> String {
    let now = time(customer.now);
    let tickets: Vec<Value> = customer.support.open_tickets.iter().enumerate().map(|(place, ticket)| {
        let topic = TOPICS.iter().position(|topic| *topic == ticket.topic).unwrap();
        json!({"id": format!("t{place}"), "topic": OUR_TOPICS[topic], "state": "open", "reopened": ticket.severity,
            "opened_at": time(ticket.opened_at), "updated_at": time(ticket.opened_at)})
    }).collect();
    let mut support = json!({"as_of": now, "tickets": tickets});
    if let Some(at) = customer.support.last_contact_at {
        support["last_contact"] = json!({"channel": "phone", "started_at": time(at), "ended_at": time(at)});
    }
    let orders: Vec<Value> = customer.purchases.iter().enumerate().map(|(place, bought)| {
        json!({"id": format!("o{place}"), "placed_at": time(bought.at), "categories": [bought.category],
            "total": {"minor": (bought.amount * 100.0).round() as i64, "currency": "EUR"}})
    }).collect();
    let mut profile = json!({"as_of": now});
    if let Some(at) = customer.lifecycle.onboarded_at { profile["joined_at"] = json!(time(at)) }
    let (consent, metrics) = (&customer.consent, &customer.metrics);
    let mut values = json!({"may_marketing": consent.marketing, "may_email": consent.email, "may_sms": consent.sms,
        "may_push": consent.push, "may_profiling": consent.profiling, "place": customer.device.channel});
    if let Some(nps) = metrics.nps { values["nps"] = json!(nps) }
    if let Some(csat) = metrics.csat { values["csat"] = json!(csat) }
    let mut shown = Vec::new();
    for (action, times) in &customer.exposures {
        for time_before in 0..*times {
            shown.push(json!({"action": action, "outcome": "impression", "channel": "web", "at": time(customer.now - 3600 * i64::from(time_before + 1))}));
        }
    }
    json!({
        "user_id": customer.customer_id, "support": support, "purchases": {"as_of": now, "orders": orders},
        "device": {"as_of": now, "form_factor": customer.device.kind, "platform": customer.device.os},
        "recency": {"as_of": now, "last_seen_at": time(customer.lifecycle.last_seen_at)},
        "consent": {"as_of": now, "grants": []}, "profile": profile,
        "scores": {"as_of": now, "values": {"churn": metrics.churn_risk, "clv": metrics.clv}},
        "attributes": {"as_of": now, "values": values}, "history": {"as_of": now, "interactions": shown},
    })
    .to_string()
}

pub fn request() -> Request {
    Request::new(Timestamp::from_millis(NOW * 1000), Channel::Web).limit(TOP_K)
}

pub fn picks(decision: &tactful::Decision<'_>, out: &mut Vec<Pick>) {
    out.extend(decision.recommendations().map(|placed| Pick {
        action: placed.action()[1..].parse().unwrap(),
        // Parts per billion, basis points twice, and cents.
        score: placed.priority().as_product() as f64 / 1e19,
    }));
}

pub fn engine(policy: &Policy) -> tactful::Engine {
    tactful::Engine::from_json(&policy_json(policy)).unwrap()
}

macro_rules! engine {
    ($name:ident, $title:literal, $request:expr) => {
        pub struct $name(tactful::Engine);
        impl Engine for $name {
            type Input = (Context, Request);
            const NAME: &'static str = $title;
            fn load(policy: &Policy) -> Self { Self(engine(policy)) }
            fn prepare(&self, customer: &Ctx, _: &str) -> Self::Input { (context(customer), $request) }
            fn decide(&mut self, (context, request): &Self::Input, out: &mut Vec<Pick>) {
                picks(&self.0.decide(context, request), out);
            }
        }
    };
}

engine!(Ranked, "tactful, decide, ranked only", request().ranked_only());
engine!(Complete, "tactful, decide, complete", request());

/// From the public context, in memory that is used again.
pub struct With(tactful::Engine, Scratch);
impl Engine for With {
    type Input = (Context, Request);
    const NAME: &'static str = "tactful, decide_with, ranked only";
    fn load(policy: &Policy) -> Self { Self(engine(policy), Scratch::new()) }
    fn prepare(&self, customer: &Ctx, _: &str) -> Self::Input { (context(customer), request().ranked_only()) }
    fn decide(&mut self, (context, request): &Self::Input, out: &mut Vec<Pick>) {
        picks(&self.0.decide_with(&mut self.1, context, request), out);
    }
}

/// From a context that is kept between requests.
pub struct Kept(tactful::Engine, Scratch);
impl Engine for Kept {
    type Input = (RefCell<Bound>, Request);
    const NAME: &'static str = "tactful, decide_bound, ranked only";
    fn load(policy: &Policy) -> Self { Self(engine(policy), Scratch::new()) }
    fn prepare(&self, customer: &Ctx, _: &str) -> Self::Input {
        (RefCell::new(Bound::new(context(customer))), request().ranked_only())
    }
    fn decide(&mut self, (bound, request): &Self::Input, out: &mut Vec<Pick>) {
        picks(&self.0.decide_bound(&mut self.1, &mut bound.borrow_mut(), request), out);
    }
}

/// From a context that is kept, and changes before every request.
pub struct Changed(tactful::Engine, Scratch);
impl Engine for Changed {
    type Input = (RefCell<Bound>, Request);
    const NAME: &'static str = "tactful, decide_bound after a change";
    fn load(policy: &Policy) -> Self { Self(engine(policy), Scratch::new()) }
    fn prepare(&self, customer: &Ctx, _: &str) -> Self::Input {
        (RefCell::new(Bound::new(context(customer))), request().ranked_only())
    }
    fn decide(&mut self, (bound, request): &Self::Input, out: &mut Vec<Pick>) {
        let mut bound = bound.borrow_mut();
        bound.change(|_| ());
        picks(&self.0.decide_bound(&mut self.1, &mut bound, request), out);
    }
}

/// JSON text of a context in, JSON text of the recommendations out.
pub struct Text(tactful::Engine, Scratch, Context, Vec<u8>);
impl Engine for Text {
    type Input = (String, Request);
    const NAME: &'static str = "tactful, JSON in, JSON out";
    fn load(policy: &Policy) -> Self { Self(engine(policy), Scratch::new(), Context::new(), Vec::new()) }
    fn prepare(&self, customer: &Ctx, _: &str) -> Self::Input {
        (text(customer), request().ranked_only())
    }
    fn decide(&mut self, (text, request): &Self::Input, out: &mut Vec<Pick>) {
        self.2.replace_from_json(text).unwrap();
        let decision = self.0.decide_with(&mut self.1, &self.2, request);
        let placed: SmallVec<[_; 5]> = decision.recommendations().collect();
        self.3.clear();
        serde_json::to_writer(&mut self.3, &placed).unwrap();
        std::hint::black_box(&self.3);
        picks(&decision, out);
    }
}
