//! The common workload: customers, atomic predicates, a policy of N actions, and the oracle answer.
//! Everything comes from fixed seeds, so every peer (Rust, Python, node) sees the same data.
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub const NOW: i64 = 1_760_000_000;
pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 86_400;
pub const TOP_K: usize = 5;

pub const TOPICS: [&str; 10] = [
    "billing_dispute", "delayed_order", "refund", "login", "outage", "warranty", "plan_change",
    "complaint", "setup_help", "no_show",
];
pub const CATEGORIES: [&str; 12] = [
    "phone", "laptop", "tablet", "accessory", "plan_basic", "plan_premium", "insurance",
    "streaming", "smart_home", "repair", "gift_card", "training",
];
pub const DEVICE_TYPES: [&str; 3] = ["mobile", "desktop", "tablet"];
pub const OSES: [&str; 5] = ["ios", "android", "windows", "macos", "linux"];
pub const CHANNELS: [&str; 5] = ["app", "web", "store", "call_center", "chat"];
pub const CONSENTS: [&str; 5] = ["marketing", "email", "sms", "push", "profiling"];
pub const KINDS: [&str; 5] = ["upsell", "cross_sell", "retention", "service", "guidance"];
pub const TAGS: [&str; 10] = [
    "promotion", "email", "sms", "push", "premium", "discount", "survey", "loyalty", "agent_only",
    "onboarding",
];

// ---------------------------------------------------------------- customer context (as callers send it)
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Ticket { pub topic: String, pub severity: i64, pub opened_at: i64 }
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Support { pub open_tickets: Vec<Ticket>, pub last_contact_at: Option<i64> }
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Purchase { pub sku: String, pub category: String, pub amount: f64, pub at: i64 }
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Device { #[serde(rename = "type")] pub kind: String, pub os: String, pub channel: String }
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Lifecycle { pub last_seen_at: i64, pub onboarded_at: Option<i64> }
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Consent { pub marketing: bool, pub email: bool, pub sms: bool, pub push: bool, pub profiling: bool }
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Metrics { pub nps: Option<i64>, pub csat: Option<f64>, pub churn_risk: f64, pub clv: f64 }
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Ctx {
    pub customer_id: String,
    pub now: i64,
    pub support: Support,
    pub purchases: Vec<Purchase>,
    pub device: Device,
    pub lifecycle: Lifecycle,
    pub consent: Consent,
    pub metrics: Metrics,
    /// times each action was shown inside the frequency window
    pub exposures: BTreeMap<String, u32>,
}

// ---------------------------------------------------------------- predicates
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pred {
    Ticket(u8),
    TicketSev(Option<u8>, i64),
    AnyTicket,
    ContactWithin(i64),
    Bought(u8),
    BoughtWithin(u8, i64),
    SpentOver(f64),
    PurchasesGe(i64),
    DeviceIn(&'static [u8]),
    OsIn(&'static [u8]),
    ChannelIn(&'static [u8]),
    UnseenFor(i64),
    OnboardedWithin(i64),
    NotOnboarded,
    Consent(u8),
    NpsLe(i64),
    NpsGe(i64),
    CsatLt(f64),
    ChurnGt(f64),
    ClvGt(f64),
}
use Pred::*;
/// The 64 atomic predicates that every condition in the policy is made of.
pub const PREDS: [Pred; 64] = [
    Ticket(0), Ticket(1), Ticket(2), Ticket(3), Ticket(4), Ticket(5), Ticket(6), Ticket(7), Ticket(8), Ticket(9),
    TicketSev(None, 4), TicketSev(Some(0), 3), TicketSev(Some(4), 3), AnyTicket,
    ContactWithin(HOUR), ContactWithin(24 * HOUR), ContactWithin(72 * HOUR),
    Bought(0), Bought(1), Bought(2), Bought(3), Bought(4), Bought(5), Bought(6), Bought(7), Bought(8), Bought(9),
    Bought(10), Bought(11),
    BoughtWithin(0, 365 * DAY), BoughtWithin(1, 365 * DAY), BoughtWithin(3, 90 * DAY), BoughtWithin(5, 30 * DAY),
    BoughtWithin(6, 365 * DAY), BoughtWithin(8, 180 * DAY),
    SpentOver(500.0), SpentOver(1000.0), PurchasesGe(1), PurchasesGe(5),
    DeviceIn(&[0]), DeviceIn(&[1]), OsIn(&[0]), OsIn(&[1]),
    ChannelIn(&[0]), ChannelIn(&[1]), ChannelIn(&[2]), ChannelIn(&[3, 4]),
    UnseenFor(7 * DAY), UnseenFor(30 * DAY), UnseenFor(60 * DAY),
    OnboardedWithin(7 * DAY), OnboardedWithin(30 * DAY), NotOnboarded,
    Consent(0), Consent(1), Consent(4),
    NpsLe(6), NpsGe(9), CsatLt(3.0), ChurnGt(0.3), ChurnGt(0.6), ClvGt(500.0), ClvGt(2000.0), ClvGt(5000.0),
];

impl Pred {
    /// The plain meaning; this is the oracle, never timed.
    pub fn holds(&self, c: &Ctx) -> bool {
        let t = &c.support.open_tickets;
        match *self {
            Ticket(k) => t.iter().any(|t| t.topic == TOPICS[k as usize]),
            TicketSev(k, m) => t.iter().any(|t| t.severity >= m && k.is_none_or(|k| t.topic == TOPICS[k as usize])),
            AnyTicket => !t.is_empty(),
            ContactWithin(s) => c.support.last_contact_at.is_some_and(|x| c.now - x < s),
            Bought(k) => c.purchases.iter().any(|p| p.category == CATEGORIES[k as usize]),
            BoughtWithin(k, s) => c.purchases.iter().any(|p| p.category == CATEGORIES[k as usize] && c.now - p.at < s),
            SpentOver(x) => c.purchases.iter().any(|p| p.amount > x),
            PurchasesGe(n) => c.purchases.len() as i64 >= n,
            DeviceIn(s) => s.iter().any(|&k| c.device.kind == DEVICE_TYPES[k as usize]),
            OsIn(s) => s.iter().any(|&k| c.device.os == OSES[k as usize]),
            ChannelIn(s) => s.iter().any(|&k| c.device.channel == CHANNELS[k as usize]),
            UnseenFor(s) => c.now - c.lifecycle.last_seen_at > s,
            OnboardedWithin(s) => c.lifecycle.onboarded_at.is_some_and(|x| c.now - x < s),
            NotOnboarded => c.lifecycle.onboarded_at.is_none(),
            Consent(k) => match k { 0 => c.consent.marketing, 1 => c.consent.email, 2 => c.consent.sms, 3 => c.consent.push, _ => c.consent.profiling },
            NpsLe(n) => c.metrics.nps.is_some_and(|x| x <= n),
            NpsGe(n) => c.metrics.nps.is_some_and(|x| x >= n),
            CsatLt(x) => c.metrics.csat.is_some_and(|v| v < x),
            ChurnGt(x) => c.metrics.churn_risk > x,
            ClvGt(x) => c.metrics.clv > x,
        }
    }
}
pub fn pred_index(p: Pred) -> u8 { PREDS.iter().position(|q| *q == p).unwrap() as u8 }

// ---------------------------------------------------------------- policy
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lit { pub pred: u8, pub neg: bool }
#[derive(Clone, Debug, Serialize)]
pub struct Action {
    pub id: String,
    pub kind: u8,
    pub tags: u16,
    pub conds: Vec<Lit>,
    pub cap: u32,
    pub p: f64,
    pub value: f64,
    pub lever: f64,
}
impl Action {
    /// kind bit (0..5) and tag bits (5..15) in one word
    pub fn kind_tags(&self) -> u16 { (1 << self.kind) | (self.tags << 5) }
}
#[derive(Clone, Debug, Serialize)]
pub struct Suppression { pub when: Vec<Lit>, pub kind_tags: u16 }
#[derive(Clone, Debug, Serialize)]
pub struct Weight { pub when: u8, pub kind: u8, pub factor: f64 }
#[derive(Clone, Debug, Serialize)]
pub struct Policy { pub actions: Vec<Action>, pub rules: Vec<Suppression>, pub weights: Vec<Weight> }
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Pick { pub action: u32, pub score: f64 }

/// `a` ranks before `b`: higher score, then lower action index.
#[inline]
pub fn before(a: &Pick, b: &Pick) -> bool { a.score > b.score || (a.score == b.score && a.action < b.action) }

impl Policy {
    pub fn id_of(i: u32) -> String { format!("a{i}") }
    /// Oracle: (all eligible actions, top 5). Score is ((p*value)*lever)*context_weight[kind].
    pub fn oracle(&self, c: &Ctx) -> (Vec<u32>, Vec<Pick>) {
        let truth: Vec<bool> = PREDS.iter().map(|p| p.holds(c)).collect();
        let ok = |l: &[Lit]| l.iter().all(|l| truth[l.pred as usize] != l.neg);
        let mut sup = 0u16;
        for r in &self.rules { if ok(&r.when) { sup |= r.kind_tags } }
        let mut cw = [1.0f64; 5];
        for w in &self.weights { if truth[w.when as usize] { cw[w.kind as usize] += w.factor - 1.0 } }
        let mut el = vec![];
        let mut picks = vec![];
        for (i, a) in self.actions.iter().enumerate() {
            if a.kind_tags() & sup != 0 || c.exposures.get(&a.id).is_some_and(|n| *n >= a.cap) || !ok(&a.conds) { continue }
            el.push(i as u32);
            picks.push(Pick { action: i as u32, score: a.p * a.value * a.lever * cw[a.kind as usize] });
        }
        picks.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.action.cmp(&b.action)));
        picks.truncate(TOP_K);
        (el, picks)
    }
}

// ---------------------------------------------------------------- generation
pub struct Rng(u64);
impl Rng {
    pub fn new(seed: u64) -> Self { Rng(seed) }
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub fn f(&mut self) -> f64 { (self.next() >> 11) as f64 / (1u64 << 53) as f64 }
    pub fn below(&mut self, n: usize) -> usize { (self.next() % n as u64) as usize }
    pub fn chance(&mut self, p: f64) -> bool { self.f() < p }
    pub fn exp(&mut self, mean: f64) -> f64 { -mean * (1.0 - self.f()).ln() }
    pub fn pick(&mut self, weights: &[f64]) -> usize {
        let mut x = self.f() * weights.iter().sum::<f64>();
        for (i, w) in weights.iter().enumerate() { x -= w; if x < 0.0 { return i } }
        weights.len() - 1
    }
}
fn round2(x: f64) -> f64 { (x * 100.0).round() / 100.0 }

pub fn customer(i: usize, r: &mut Rng) -> Ctx {
    let n_tickets = r.pick(&[0.68, 0.2, 0.08, 0.04]);
    let open_tickets: Vec<Ticket> = (0..n_tickets)
        .map(|_| Ticket {
            topic: TOPICS[r.pick(&[0.18, 0.16, 0.1, 0.08, 0.1, 0.08, 0.1, 0.08, 0.07, 0.05])].into(),
            severity: 1 + r.pick(&[0.25, 0.3, 0.25, 0.13, 0.07]) as i64,
            opened_at: NOW - r.exp(6.0 * DAY as f64) as i64,
        })
        .collect();
    let last_contact_at = if !open_tickets.is_empty() || r.chance(0.4) {
        let mean = if open_tickets.is_empty() { 60.0 * DAY as f64 } else { 1.5 * DAY as f64 };
        Some(NOW - 1 - r.exp(mean) as i64)
    } else { None };
    let n_purch = (r.exp(6.0) as usize).min(40);
    let purchases = (0..n_purch)
        .map(|_| {
            let k = r.pick(&[0.1, 0.05, 0.05, 0.25, 0.08, 0.05, 0.07, 0.12, 0.08, 0.05, 0.07, 0.03]);
            Purchase {
                sku: format!("SKU-{:05}", r.below(20_000)),
                category: CATEGORIES[k].into(),
                amount: round2(r.exp([600., 900., 350., 40., 25., 60., 80., 15., 120., 90., 50., 150.][k]) + 1.005),
                at: NOW - r.exp(300.0 * DAY as f64) as i64,
            }
        })
        .collect();
    let ty = r.pick(&[0.6, 0.32, 0.08]);
    let os = match ty { 0 => r.pick(&[0.45, 0.55]), 1 => 2 + r.pick(&[0.65, 0.28, 0.07]), _ => r.pick(&[0.6, 0.4]) };
    let onboarded_at = match r.pick(&[0.08, 0.12, 0.8]) {
        0 => None,
        1 => Some(NOW - r.exp(12.0 * DAY as f64) as i64),
        _ => Some(NOW - (30 * DAY) - r.exp(500.0 * DAY as f64) as i64),
    };
    Ctx {
        customer_id: format!("c{i}"),
        now: NOW,
        support: Support { open_tickets, last_contact_at },
        purchases,
        device: Device { kind: DEVICE_TYPES[ty].into(), os: OSES[os].into(), channel: CHANNELS[r.pick(&[0.35, 0.35, 0.08, 0.12, 0.1])].into() },
        lifecycle: Lifecycle { last_seen_at: NOW - r.exp(20.0 * DAY as f64) as i64, onboarded_at },
        consent: Consent { marketing: r.chance(0.7), email: r.chance(0.75), sms: r.chance(0.35), push: r.chance(0.5), profiling: r.chance(0.6) },
        metrics: Metrics {
            nps: if r.chance(0.5) { Some(r.pick(&[1., 1., 1., 1., 2., 3., 4., 7., 9., 8., 7.]) as i64) } else { None },
            csat: if r.chance(0.5) { Some((r.f() * 40.0).round() / 10.0 + 1.0) } else { None },
            churn_risk: (r.f() * r.f() * 1000.0).round() / 1000.0,
            clv: round2(r.exp(1500.0)),
        },
        exposures: BTreeMap::new(),
    }
}

fn popularity() -> Vec<f64> {
    // Zipf(0.8) over a fixed shuffle of the predicates: a few are in very many conditions.
    let mut r = Rng::new(0xA11CE);
    let mut perm: Vec<usize> = (0..PREDS.len()).collect();
    for i in (1..perm.len()).rev() { perm.swap(i, r.below(i + 1)) }
    let mut w = vec![0.0; PREDS.len()];
    for (rank, &p) in perm.iter().enumerate() { w[p] = 1.0 / (rank as f64 + 1.0).powf(0.8) }
    w
}

pub fn policy(n: usize) -> Policy {
    let mut sample = Rng::new(77);
    let sample: Vec<Ctx> = (0..2000).map(|i| customer(i, &mut sample)).collect();
    let rate: Vec<f64> = PREDS.iter().map(|p| sample.iter().filter(|c| p.holds(c)).count() as f64 / 2000.0).collect();
    let pop = popularity();
    let mut r = Rng::new(0x5EED_0000 + n as u64);
    let actions = (0..n)
        .map(|i| {
            let conds = loop {
                let k = 1 + r.pick(&[0.2, 0.45, 0.35]);
                let mut c: Vec<Lit> = vec![];
                while c.len() < k {
                    let pred = r.pick(&pop) as u8;
                    if c.iter().any(|l| l.pred == pred) { continue }
                    c.push(Lit { pred, neg: r.chance(0.1) });
                }
                let sel: f64 = c.iter().map(|l| if l.neg { 1.0 - rate[l.pred as usize] } else { rate[l.pred as usize] }).product();
                if (0.0005..=0.3).contains(&sel) { break c }
            };
            let mut tags = 0u16;
            for _ in 0..r.pick(&[0.35, 0.4, 0.25]) { tags |= 1 << r.pick(&[0.3, 0.15, 0.08, 0.1, 0.1, 0.12, 0.04, 0.06, 0.02, 0.03]) }
            Action {
                id: Policy::id_of(i as u32),
                kind: r.pick(&[0.25, 0.25, 0.15, 0.15, 0.2]) as u8,
                tags,
                conds,
                cap: 1 + r.below(4) as u32,
                p: (((0.005 + r.exp(0.06)).min(0.6)) * 1e6).round() / 1e6,
                value: round2(1.0 + r.exp(80.0)),
                lever: if r.chance(0.8) { 1.0 } else { ((0.5 + r.f() * 1.5) * 1e4).round() / 1e4 },
            }
        })
        .collect();
    let l = |p: Pred| Lit { pred: pred_index(p), neg: false };
    let nl = |p: Pred| Lit { pred: pred_index(p), neg: true };
    let k = |ks: &[&str]| ks.iter().fold(0u16, |m, s| {
        m | KINDS.iter().position(|x| x == s).map(|i| 1 << i)
            .or_else(|| s.strip_prefix('#').and_then(|t| TAGS.iter().position(|x| *x == t)).map(|i| 1 << (i + 5))).unwrap()
    });
    let rules = vec![
        Suppression { when: vec![l(Ticket(0))], kind_tags: k(&["upsell", "cross_sell", "#promotion"]) },
        Suppression { when: vec![l(Ticket(1))], kind_tags: k(&["upsell", "#promotion"]) },
        Suppression { when: vec![l(Ticket(7))], kind_tags: k(&["upsell", "cross_sell", "#survey"]) },
        Suppression { when: vec![l(Ticket(4))], kind_tags: k(&["upsell", "#premium"]) },
        Suppression { when: vec![l(Ticket(2))], kind_tags: k(&["#discount", "#promotion"]) },
        Suppression { when: vec![l(TicketSev(None, 4))], kind_tags: k(&["upsell", "cross_sell", "#survey"]) },
        Suppression { when: vec![l(ContactWithin(HOUR))], kind_tags: k(&["upsell", "#promotion", "#survey"]) },
        Suppression { when: vec![l(ContactWithin(24 * HOUR)), l(AnyTicket)], kind_tags: k(&["#promotion"]) },
        Suppression { when: vec![nl(Consent(0))], kind_tags: k(&["#promotion", "#discount"]) },
        Suppression { when: vec![nl(Consent(1))], kind_tags: k(&["#email"]) },
        Suppression { when: vec![nl(Consent(4)), l(UnseenFor(60 * DAY))], kind_tags: k(&["#loyalty"]) },
        Suppression { when: vec![l(ChurnGt(0.6))], kind_tags: k(&["upsell"]) },
        Suppression { when: vec![l(NpsLe(6)), l(CsatLt(3.0))], kind_tags: k(&["upsell", "#survey"]) },
        Suppression { when: vec![l(OnboardedWithin(7 * DAY))], kind_tags: k(&["cross_sell", "#survey"]) },
        Suppression { when: vec![l(NotOnboarded)], kind_tags: k(&["upsell", "#loyalty"]) },
        Suppression { when: vec![nl(OnboardedWithin(30 * DAY)), nl(NotOnboarded)], kind_tags: k(&["#onboarding"]) },
        Suppression { when: vec![l(DeviceIn(&[1]))], kind_tags: k(&["#push"]) },
        Suppression { when: vec![nl(ChannelIn(&[3, 4]))], kind_tags: k(&["#agent_only"]) },
        Suppression { when: vec![l(BoughtWithin(5, 30 * DAY))], kind_tags: k(&["#premium"]) },
        Suppression { when: vec![l(UnseenFor(30 * DAY)), nl(Consent(1))], kind_tags: k(&["#sms", "#push"]) },
    ];
    let w = |p: Pred, kind: &str, factor: f64| Weight { when: pred_index(p), kind: KINDS.iter().position(|x| *x == kind).unwrap() as u8, factor };
    let weights = vec![
        w(AnyTicket, "service", 2.0), w(TicketSev(None, 4), "service", 1.5), w(ContactWithin(72 * HOUR), "service", 1.25),
        w(ChurnGt(0.3), "retention", 1.4), w(ChurnGt(0.6), "retention", 1.6), w(NpsLe(6), "retention", 1.2),
        w(UnseenFor(30 * DAY), "retention", 1.3), w(ClvGt(2000.0), "upsell", 1.25), w(NpsGe(9), "upsell", 1.2),
        w(PurchasesGe(5), "cross_sell", 1.3), w(NotOnboarded, "guidance", 1.8), w(OnboardedWithin(30 * DAY), "guidance", 1.5),
    ];
    Policy { actions, rules, weights }
}

pub struct Workload {
    pub policy: Policy,
    pub ctxs: Vec<Ctx>,
    pub json: Vec<String>,
    pub eligible: Vec<Vec<u32>>,
    pub expected: Vec<Vec<Pick>>,
}
/// N actions, m customers. Exposures are drawn after the policy, half of them from eligible actions.
pub fn workload(n: usize, m: usize) -> Workload {
    let policy = policy(n);
    let mut r = Rng::new(42);
    let mut ctxs: Vec<Ctx> = (0..m).map(|i| customer(i, &mut r)).collect();
    let mut r = Rng::new(4242 + n as u64);
    for c in &mut ctxs {
        let (_, top) = policy.oracle(c);
        for _ in 0..r.pick(&[0.25, 0.15, 0.12, 0.1, 0.1, 0.08, 0.06, 0.05, 0.05, 0.04]) {
            let a = if r.chance(0.5) && !top.is_empty() { top[r.below(top.len())].action } else { r.below(n) as u32 };
            *c.exposures.entry(Policy::id_of(a)).or_insert(0) += 1;
        }
    }
    let json = ctxs.iter().map(|c| serde_json::to_string(c).unwrap()).collect();
    let (eligible, expected) = ctxs.iter().map(|c| policy.oracle(c)).unzip();
    Workload { policy, ctxs, json, eligible, expected }
}
