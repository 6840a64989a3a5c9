//! JSON text in, JSON text of the answer out: the study's own route, for its limit.
//!
//! Texts stay in the input and short lists on the stack; what was read is interned, ranked by (ii-e), and written.
use crate::harness::Engine;
use crate::limits::{Compact, LONG_AGO, Postings, Vocab};
use crate::workload::{Consent, Ctx, Lifecycle, Metrics, Pick, Policy};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::borrow::Cow;

#[derive(Deserialize)]
struct Ticket<'a> { #[serde(borrow)] topic: Cow<'a, str>, severity: i64 }
#[derive(Deserialize)]
struct Support<'a> { #[serde(borrow)] open_tickets: SmallVec<[Ticket<'a>; 4]>, last_contact_at: Option<i64> }
#[derive(Deserialize)]
struct Purchase<'a> { #[serde(borrow)] category: Cow<'a, str>, amount: f64, at: i64 }
#[derive(Deserialize)]
struct Device<'a> { #[serde(rename = "type", borrow)] kind: Cow<'a, str>, #[serde(borrow)] os: Cow<'a, str>, #[serde(borrow)] channel: Cow<'a, str> }
type Seen<'a> = SmallVec<[(Cow<'a, str>, u32); 10]>;

fn seen<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Seen<'a>, D::Error> {
    struct V<'a>(std::marker::PhantomData<&'a ()>);
    impl<'de: 'a, 'a> Visitor<'de> for V<'a> {
        type Value = Seen<'a>;
        fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { f.write_str("a map") }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Seen<'a>, A::Error> {
            #[derive(Deserialize)]
            struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
            let mut all: Seen<'a> = SmallVec::new();
            while let Some((Key(key), times)) = map.next_entry::<Key<'de>, u32>()? { all.push((key, times)) }
            Ok(all)
        }
    }
    deserializer.deserialize_map(V(std::marker::PhantomData))
}

#[derive(Deserialize)]
struct Borrowed<'a> {
    now: i64,
    #[serde(borrow)] support: Support<'a>,
    #[serde(borrow)] purchases: SmallVec<[Purchase<'a>; 12]>,
    #[serde(borrow)] device: Device<'a>,
    lifecycle: Lifecycle,
    consent: Consent,
    metrics: Metrics,
    #[serde(borrow, deserialize_with = "seen")] exposures: Seen<'a>,
}

impl Borrowed<'_> {
    fn bind(&self, v: &Vocab) -> Compact {
        let c = self;
        Compact {
            now: c.now,
            tickets: c.support.open_tickets.iter().map(|t| (v.topic(&t.topic), t.severity)).collect(),
            last_contact: c.support.last_contact_at.unwrap_or(LONG_AGO),
            purchases: c.purchases.iter().map(|p| (v.category(&p.category), p.amount, p.at)).collect(),
            device: v.device(&c.device.kind), os: v.os(&c.device.os), channel: v.channel(&c.device.channel),
            last_seen: c.lifecycle.last_seen_at,
            onboarded: c.lifecycle.onboarded_at.unwrap_or(LONG_AGO),
            has_onboarded: c.lifecycle.onboarded_at.is_some(),
            consent: c.consent.marketing as u8 | (c.consent.email as u8) << 1 | (c.consent.sms as u8) << 2 | (c.consent.push as u8) << 3 | (c.consent.profiling as u8) << 4,
            nps: c.metrics.nps.unwrap_or(0), has_nps: c.metrics.nps.is_some(), csat: c.metrics.csat.unwrap_or(f64::NAN),
            churn: c.metrics.churn_risk, clv: c.metrics.clv,
            exposures: c.exposures.iter().filter_map(|(k, n)| v.id(k).map(|i| (i, *n))).collect(),
        }
    }
}

#[derive(Serialize)]
struct Answer<'a> { id: &'a str, score: f64 }

pub struct Text { postings: Postings, ids: Vec<String>, vocab: Vocab, text: Vec<u8> }
impl Engine for Text {
    type Input = String;
    const NAME: &'static str = "the study's route, JSON in, JSON out";
    fn load(policy: &Policy) -> Self {
        let ids = policy.actions.iter().map(|action| action.id.clone()).collect();
        Self { postings: Postings::load(policy), ids, vocab: Vocab::new(policy.actions.len()), text: Vec::with_capacity(1024) }
    }
    fn prepare(&self, _: &Ctx, json: &str) -> String { json.to_owned() }
    fn decide(&mut self, json: &String, out: &mut Vec<Pick>) {
        let bound = serde_json::from_str::<Borrowed>(json).unwrap().bind(&self.vocab);
        self.postings.decide(&bound, out);
        self.text.clear();
        let answers: SmallVec<[Answer; 5]> = out.iter().map(|pick| Answer { id: &self.ids[pick.action as usize], score: pick.score }).collect();
        serde_json::to_writer(&mut self.text, &answers).unwrap();
        std::hint::black_box(&self.text);
    }
}
