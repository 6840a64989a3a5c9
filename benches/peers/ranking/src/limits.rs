//! The limits: plain hand-written Rust (i), the best tuned safe Rust (ii), and the lower bound (iii).
use crate::harness::*;
use crate::workload::*;
use smallvec::SmallVec;

// ================================================================ (i) plain Rust, one boxed closure per condition
type Cond = Box<dyn Fn(&Ctx) -> bool>;
fn closure(p: Pred) -> Cond {
    match p {
        Pred::Ticket(k) => { let s = TOPICS[k as usize].to_string(); Box::new(move |c| c.support.open_tickets.iter().any(|t| t.topic == s)) }
        Pred::TicketSev(None, m) => Box::new(move |c| c.support.open_tickets.iter().any(|t| t.severity >= m)),
        Pred::TicketSev(Some(k), m) => { let s = TOPICS[k as usize].to_string(); Box::new(move |c| c.support.open_tickets.iter().any(|t| t.severity >= m && t.topic == s)) }
        Pred::AnyTicket => Box::new(|c| !c.support.open_tickets.is_empty()),
        Pred::ContactWithin(s) => Box::new(move |c| c.support.last_contact_at.is_some_and(|x| c.now - x < s)),
        Pred::Bought(k) => { let s = CATEGORIES[k as usize].to_string(); Box::new(move |c| c.purchases.iter().any(|p| p.category == s)) }
        Pred::BoughtWithin(k, d) => { let s = CATEGORIES[k as usize].to_string(); Box::new(move |c| c.purchases.iter().any(|p| p.category == s && c.now - p.at < d)) }
        Pred::SpentOver(x) => Box::new(move |c| c.purchases.iter().any(|p| p.amount > x)),
        Pred::PurchasesGe(n) => Box::new(move |c| c.purchases.len() as i64 >= n),
        Pred::DeviceIn(s) => { let s: Vec<String> = s.iter().map(|&k| DEVICE_TYPES[k as usize].into()).collect(); Box::new(move |c| s.contains(&c.device.kind)) }
        Pred::OsIn(s) => { let s: Vec<String> = s.iter().map(|&k| OSES[k as usize].into()).collect(); Box::new(move |c| s.contains(&c.device.os)) }
        Pred::ChannelIn(s) => { let s: Vec<String> = s.iter().map(|&k| CHANNELS[k as usize].into()).collect(); Box::new(move |c| s.contains(&c.device.channel)) }
        Pred::UnseenFor(s) => Box::new(move |c| c.now - c.lifecycle.last_seen_at > s),
        Pred::OnboardedWithin(s) => Box::new(move |c| c.lifecycle.onboarded_at.is_some_and(|x| c.now - x < s)),
        Pred::NotOnboarded => Box::new(|c| c.lifecycle.onboarded_at.is_none()),
        Pred::Consent(0) => Box::new(|c| c.consent.marketing),
        Pred::Consent(1) => Box::new(|c| c.consent.email),
        Pred::Consent(2) => Box::new(|c| c.consent.sms),
        Pred::Consent(3) => Box::new(|c| c.consent.push),
        Pred::Consent(_) => Box::new(|c| c.consent.profiling),
        Pred::NpsLe(n) => Box::new(move |c| c.metrics.nps.is_some_and(|x| x <= n)),
        Pred::NpsGe(n) => Box::new(move |c| c.metrics.nps.is_some_and(|x| x >= n)),
        Pred::CsatLt(x) => Box::new(move |c| c.metrics.csat.is_some_and(|v| v < x)),
        Pred::ChurnGt(x) => Box::new(move |c| c.metrics.churn_risk > x),
        Pred::ClvGt(x) => Box::new(move |c| c.metrics.clv > x),
    }
}
fn conj(l: &[Lit]) -> Vec<Cond> {
    l.iter().map(|l| { let f = closure(PREDS[l.pred as usize]); if l.neg { Box::new(move |c: &Ctx| !f(c)) as Cond } else { f } }).collect()
}
struct PlainAction { id: String, kind: u8, kt: u16, conds: Vec<Cond>, cap: u32, p: f64, value: f64, lever: f64 }
pub struct Plain { actions: Vec<PlainAction>, rules: Vec<(Vec<Cond>, u16)>, weights: Vec<(Cond, u8, f64)>, atoms: Vec<Cond> }
impl Engine for Plain {
    type Input = Ctx;
    const NAME: &'static str = "limit-i plain closures";
    fn load(p: &Policy) -> Self {
        Plain {
            actions: p.actions.iter().map(|a| PlainAction { id: a.id.clone(), kind: a.kind, kt: a.kind_tags(), conds: conj(&a.conds), cap: a.cap, p: a.p, value: a.value, lever: a.lever }).collect(),
            rules: p.rules.iter().map(|r| (conj(&r.when), r.kind_tags)).collect(),
            weights: p.weights.iter().map(|w| (closure(PREDS[w.when as usize]), w.kind, w.factor)).collect(),
            atoms: PREDS.iter().map(|p| closure(*p)).collect(),
        }
    }
    fn prepare(&self, c: &Ctx, _: &str) -> Ctx { c.clone() }
    fn decide(&mut self, c: &Ctx, out: &mut Vec<Pick>) {
        let mut sup = 0u16;
        for (w, kt) in &self.rules { if w.iter().all(|f| f(c)) { sup |= kt } }
        let mut cw = [1.0; 5];
        for (f, k, x) in &self.weights { if f(c) { cw[*k as usize] += x - 1.0 } }
        let mut all: Vec<Pick> = vec![];
        for (i, a) in self.actions.iter().enumerate() {
            if a.kt & sup != 0 || !a.conds.iter().all(|f| f(c)) || c.exposures.get(&a.id).is_some_and(|n| *n >= a.cap) { continue }
            all.push(Pick { action: i as u32, score: a.p * a.value * a.lever * cw[a.kind as usize] });
        }
        all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.action.cmp(&b.action)));
        all.truncate(TOP_K);
        out.extend_from_slice(&all);
    }
    fn atoms(&mut self, c: &Ctx) -> Option<u32> { Some(self.atoms.iter().map(|f| f(c) as u32).sum()) }
}

/// (i') the same, but each of the 64 predicates is evaluated once into a bool array.
pub struct PlainMemo { p: Plain, lits: Vec<Vec<Lit>>, rules: Vec<(Vec<Lit>, u16)>, weights: Vec<Weight> }
impl Engine for PlainMemo {
    type Input = Ctx;
    const NAME: &'static str = "limit-i' closures, atoms shared";
    fn load(p: &Policy) -> Self {
        PlainMemo { p: Plain::load(p), lits: p.actions.iter().map(|a| a.conds.clone()).collect(), rules: p.rules.iter().map(|r| (r.when.clone(), r.kind_tags)).collect(), weights: p.weights.clone() }
    }
    fn prepare(&self, c: &Ctx, _: &str) -> Ctx { c.clone() }
    fn decide(&mut self, c: &Ctx, out: &mut Vec<Pick>) {
        let mut t = [false; 64];
        for (t, f) in t.iter_mut().zip(&self.p.atoms) { *t = f(c) }
        let ok = |l: &[Lit]| l.iter().all(|l| t[l.pred as usize] != l.neg);
        let mut sup = 0u16;
        for (w, kt) in &self.rules { if ok(w) { sup |= kt } }
        let mut cw = [1.0; 5];
        for w in &self.weights { if t[w.when as usize] { cw[w.kind as usize] += w.factor - 1.0 } }
        for (i, a) in self.p.actions.iter().enumerate() {
            if a.kt & sup != 0 || !ok(&self.lits[i]) || c.exposures.get(&a.id).is_some_and(|n| *n >= a.cap) { continue }
            keep(out, Pick { action: i as u32, score: a.p * a.value * a.lever * cw[a.kind as usize] });
        }
    }
}

// ================================================================ (ii) tuned
/// Context with the vocabulary interned to small integers; absent values are sentinels.
#[derive(Clone, Debug, PartialEq)]
pub struct Compact {
    pub now: i64,
    pub tickets: SmallVec<[(u8, i64); 4]>,
    pub last_contact: i64,
    pub purchases: SmallVec<[(u8, f64, i64); 12]>,
    pub device: u8,
    pub os: u8,
    pub channel: u8,
    pub last_seen: i64,
    pub onboarded: i64,
    pub has_onboarded: bool,
    pub consent: u8,
    pub nps: i64,
    pub has_nps: bool,
    pub csat: f64,
    pub churn: f64,
    pub clv: f64,
    pub exposures: SmallVec<[(u32, u32); 10]>,
}
/// String -> code tables of one policy.
pub struct Vocab { t: ahash::AHashMap<String, u8>, c: ahash::AHashMap<String, u8>, d: ahash::AHashMap<String, u8>, o: ahash::AHashMap<String, u8>, h: ahash::AHashMap<String, u8>, ids: ahash::AHashMap<String, u32> }
pub const LONG_AGO: i64 = i64::MIN / 4;
impl Vocab {
    pub fn new(n: usize) -> Self {
        let m = |l: &[&str]| l.iter().enumerate().map(|(i, s)| (s.to_string(), i as u8)).collect();
        Vocab { t: m(&TOPICS), c: m(&CATEGORIES), d: m(&DEVICE_TYPES), o: m(&OSES), h: m(&CHANNELS), ids: (0..n as u32).map(|i| (Policy::id_of(i), i)).collect() }
    }
    pub fn topic(&self, s: &str) -> u8 { self.t.get(s).copied().unwrap_or(15) }
    pub fn category(&self, s: &str) -> u8 { self.c.get(s).copied().unwrap_or(15) }
    pub fn device(&self, s: &str) -> u8 { self.d.get(s).copied().unwrap_or(7) }
    pub fn os(&self, s: &str) -> u8 { self.o.get(s).copied().unwrap_or(7) }
    pub fn channel(&self, s: &str) -> u8 { self.h.get(s).copied().unwrap_or(7) }
    pub fn id(&self, s: &str) -> Option<u32> { self.ids.get(s).copied() }
    pub fn bind(&self, c: &Ctx) -> Compact {
        Compact {
            now: c.now,
            tickets: c.support.open_tickets.iter().map(|t| (self.topic(&t.topic), t.severity)).collect(),
            last_contact: c.support.last_contact_at.unwrap_or(LONG_AGO),
            purchases: c.purchases.iter().map(|p| (self.category(&p.category), p.amount, p.at)).collect(),
            device: self.device(&c.device.kind),
            os: self.os(&c.device.os),
            channel: self.channel(&c.device.channel),
            last_seen: c.lifecycle.last_seen_at,
            onboarded: c.lifecycle.onboarded_at.unwrap_or(LONG_AGO),
            has_onboarded: c.lifecycle.onboarded_at.is_some(),
            consent: c.consent.marketing as u8 | (c.consent.email as u8) << 1 | (c.consent.sms as u8) << 2 | (c.consent.push as u8) << 3 | (c.consent.profiling as u8) << 4,
            nps: c.metrics.nps.unwrap_or(0),
            has_nps: c.metrics.nps.is_some(),
            csat: c.metrics.csat.unwrap_or(f64::NAN),
            churn: c.metrics.churn_risk,
            clv: c.metrics.clv,
            exposures: c.exposures.iter().filter_map(|(k, n)| self.id(k).map(|i| (i, *n))).collect(),
        }
    }
}

/// Table-driven evaluation of any set of <= 64 atomic predicates into one word.
#[derive(Clone, Default)]
pub struct Atoms {
    topic: [u64; 16], sev: Vec<(u16, i64, u64)>, any_ticket: u64, contact: Vec<(i64, u64)>,
    cat: [u64; 16], recent: Vec<(u8, i64, u64)>, spent: Vec<(f64, u64)>, count: Vec<(i64, u64)>,
    device: [u64; 8], os: [u64; 8], channel: [u64; 8], unseen: Vec<(i64, u64)>, onb: Vec<(i64, u64)>, not_onb: u64,
    consent: [u64; 8], nps_le: Vec<(i64, u64)>, nps_ge: Vec<(i64, u64)>, csat: Vec<(f64, u64)>, churn: Vec<(f64, u64)>, clv: Vec<(f64, u64)>,
}
#[inline(always)]
fn when(c: bool, m: u64) -> u64 { (c as u64).wrapping_neg() & m }
impl Atoms {
    pub fn new(preds: &[Pred]) -> Self {
        let mut a = Atoms::default();
        for (i, p) in preds.iter().enumerate() {
            let b = 1u64 << i;
            match *p {
                Pred::Ticket(k) => a.topic[k as usize] |= b,
                Pred::TicketSev(None, m) => a.sev.push((u16::MAX, m, b)),
                Pred::TicketSev(Some(k), m) => a.sev.push((1 << k, m, b)),
                Pred::AnyTicket => a.any_ticket |= b,
                Pred::ContactWithin(s) => a.contact.push((s, b)),
                Pred::Bought(k) => a.cat[k as usize] |= b,
                Pred::BoughtWithin(k, s) => a.recent.push((k, s, b)),
                Pred::SpentOver(x) => a.spent.push((x, b)),
                Pred::PurchasesGe(n) => a.count.push((n, b)),
                Pred::DeviceIn(s) => for &k in s { a.device[k as usize] |= b },
                Pred::OsIn(s) => for &k in s { a.os[k as usize] |= b },
                Pred::ChannelIn(s) => for &k in s { a.channel[k as usize] |= b },
                Pred::UnseenFor(s) => a.unseen.push((s, b)),
                Pred::OnboardedWithin(s) => a.onb.push((s, b)),
                Pred::NotOnboarded => a.not_onb |= b,
                Pred::Consent(k) => a.consent[k as usize] |= b,
                Pred::NpsLe(n) => a.nps_le.push((n, b)),
                Pred::NpsGe(n) => a.nps_ge.push((n, b)),
                Pred::CsatLt(x) => a.csat.push((x, b)),
                Pred::ChurnGt(x) => a.churn.push((x, b)),
                Pred::ClvGt(x) => a.clv.push((x, b)),
            }
        }
        a
    }
    #[inline]
    pub fn eval(&self, c: &Compact) -> u64 {
        let mut t = 0u64;
        if !c.tickets.is_empty() {
            t |= self.any_ticket;
            for &(topic, sev) in &c.tickets {
                let topic = topic & 15;
                t |= self.topic[topic as usize];
                for &(m, s, b) in &self.sev { t |= when((m >> topic) & 1 == 1 && sev >= s, b) }
            }
        }
        let age = c.now - c.last_contact;
        for &(s, b) in &self.contact { t |= when(age < s, b) }
        if !c.purchases.is_empty() {
            let mut latest = [LONG_AGO; 16];
            let mut max = f64::NEG_INFINITY;
            for &(k, amount, at) in &c.purchases {
                let k = (k & 15) as usize;
                t |= self.cat[k];
                latest[k] = latest[k].max(at);
                max = if amount > max { amount } else { max };
            }
            for &(k, s, b) in &self.recent { t |= when(c.now - latest[(k & 15) as usize] < s, b) }
            for &(x, b) in &self.spent { t |= when(max > x, b) }
        }
        let n = c.purchases.len() as i64;
        for &(x, b) in &self.count { t |= when(n >= x, b) }
        t |= self.device[(c.device & 7) as usize] | self.os[(c.os & 7) as usize] | self.channel[(c.channel & 7) as usize];
        let idle = c.now - c.last_seen;
        for &(s, b) in &self.unseen { t |= when(idle > s, b) }
        let age = c.now - c.onboarded;
        for &(s, b) in &self.onb { t |= when(age < s, b) }
        t |= when(!c.has_onboarded, self.not_onb);
        for k in 0..5 { t |= when(c.consent >> k & 1 == 1, self.consent[k]) }
        if c.has_nps {
            for &(x, b) in &self.nps_le { t |= when(c.nps <= x, b) }
            for &(x, b) in &self.nps_ge { t |= when(c.nps >= x, b) }
        }
        for &(x, b) in &self.csat { t |= when(c.csat < x, b) }
        for &(x, b) in &self.churn { t |= when(c.churn > x, b) }
        for &(x, b) in &self.clv { t |= when(c.clv > x, b) }
        t
    }
}

/// `f` or 1.0 without a branch.
#[inline(always)]
fn pick(c: bool, f: f64) -> f64 { let m = (c as u64).wrapping_neg(); f64::from_bits(f.to_bits() & m | 1f64.to_bits() & !m) }
fn masks(l: &[Lit]) -> (u64, u64) {
    l.iter().fold((0, 0), |(p, n), l| if l.neg { (p, n | 1 << l.pred) } else { (p | 1 << l.pred, n) })
}
/// What all tuned variants share: atoms, suppression rules, context weights.
struct Shared { vocab: Vocab, atoms: Atoms, rules: (Vec<u64>, Vec<u64>, Vec<u16>), weights: [SmallVec<[(u64, f64); 6]>; 5], cap: Vec<u32> }
impl Shared {
    fn new(p: &Policy) -> Self {
        Shared {
            vocab: Vocab::new(p.actions.len()),
            atoms: Atoms::new(&PREDS),
            rules: (p.rules.iter().map(|r| masks(&r.when).0).collect(), p.rules.iter().map(|r| masks(&r.when).1).collect(), p.rules.iter().map(|r| r.kind_tags).collect()),
            weights: std::array::from_fn(|k| p.weights.iter().filter(|w| w.kind as usize == k).map(|w| (1u64 << w.when, w.factor)).collect()),
            cap: p.actions.iter().map(|a| a.cap).collect(),
        }
    }
    #[inline]
    fn front(&self, c: &Compact) -> (u64, u16, [f64; 8]) {
        let t = self.atoms.eval(c);
        let mut sup = 0u16;
        for ((&p, &n), &kt) in self.rules.0.iter().zip(&self.rules.1).zip(&self.rules.2) { sup |= (((!t & p) | (t & n) == 0) as u16).wrapping_neg() & kt }
        let mut cw = [1.0; 8];
        for (c, l) in cw.iter_mut().zip(&self.weights) { let mut x = 1.0; for &(b, f) in l { x += pick(t & b != 0, f) - 1.0 } *c = x }
        (t, sup, cw)
    }
    #[inline]
    fn capped(&self, c: &Compact, a: u32) -> bool { c.exposures.iter().any(|&(i, n)| i == a && n >= self.cap[a as usize]) }
}

/// (ii-a) straight scan of (pos, neg, kind|tag) masks.
pub struct Scan { s: Shared, rows: Vec<(u64, u64)>, kt: Vec<u16>, base: Vec<f64>, kind: Vec<u8> }
impl Engine for Scan {
    type Input = Compact;
    const NAME: &'static str = "limit-ii-a mask scan";
    fn load(p: &Policy) -> Self {
        Scan { s: Shared::new(p), rows: p.actions.iter().map(|a| masks(&a.conds)).collect(), kt: p.actions.iter().map(|a| a.kind_tags()).collect(), base: p.actions.iter().map(|a| a.p * a.value * a.lever).collect(), kind: p.actions.iter().map(|a| a.kind).collect() }
    }
    fn prepare(&self, c: &Ctx, _: &str) -> Compact { self.s.vocab.bind(c) }
    fn decide(&mut self, c: &Compact, out: &mut Vec<Pick>) {
        let (t, sup, cw) = self.s.front(c);
        for (w, (rows, kts)) in self.rows.chunks(64).zip(self.kt.chunks(64)).enumerate() {
            let mut el = 0u64;
            for (i, (&(p, n), &kt)) in rows.iter().zip(kts).enumerate() {
                let bad = (!t & p) | (t & n) | (kt & sup) as u64;
                el |= ((bad == 0) as u64) << i;
            }
            while el != 0 {
                let i = w * 64 + el.trailing_zeros() as usize;
                el &= el - 1;
                let x = Pick { action: i as u32, score: self.base[i] * cw[self.kind[i] as usize] };
                if (out.len() < TOP_K || before(&x, &out[TOP_K - 1])) && !self.s.capped(c, i as u32) { keep(out, x) }
            }
        }
    }
}

/// (ii-b) inverted index: each distinct conjunction hangs under its rarest literal.
pub struct Index { s: Shared, start: Vec<u32>, conj: Vec<(u64, u64, u32, u32)>, acts: Vec<(f64, u32, u16, u8)> }
impl Engine for Index {
    type Input = Compact;
    const NAME: &'static str = "limit-ii-b inverted index";
    fn load(p: &Policy) -> Self {
        let s = Shared::new(p);
        let mut r = Rng::new(99);
        let sample: Vec<u64> = (0..500).map(|i| s.atoms.eval(&s.vocab.bind(&customer(i, &mut r)))).collect();
        let rate = |l: &Lit| { let k = sample.iter().filter(|t| *t >> l.pred & 1 == 1).count(); if l.neg { 500 - k } else { k } };
        let mut groups: std::collections::BTreeMap<Vec<Lit>, Vec<u32>> = Default::default();
        for (i, a) in p.actions.iter().enumerate() { let mut c = a.conds.clone(); c.sort(); groups.entry(c).or_default().push(i as u32) }
        let mut per: Vec<Vec<(u64, u64, Vec<u32>)>> = vec![vec![]; 128];
        for (c, mut v) in groups {
            let l = c.iter().min_by_key(|l| rate(l)).unwrap();
            let (a, b) = masks(&c);
            v.sort_by(|x, y| { let f = |i: u32| { let a = &p.actions[i as usize]; a.p * a.value * a.lever }; f(*y).total_cmp(&f(*x)) });
            per[l.pred as usize + 64 * l.neg as usize].push((a, b, v));
        }
        let (mut start, mut cs, mut acts) = (vec![0u32], vec![], vec![]);
        for list in per {
            for (a, b, v) in list {
                let from = acts.len() as u32;
                for i in v { let x = &p.actions[i as usize]; acts.push((x.p * x.value * x.lever, i, x.kind_tags(), x.kind)) }
                cs.push((a, b, from, acts.len() as u32));
            }
            start.push(cs.len() as u32);
        }
        Index { s, start, conj: cs, acts }
    }
    fn prepare(&self, c: &Ctx, _: &str) -> Compact { self.s.vocab.bind(c) }
    fn decide(&mut self, c: &Compact, out: &mut Vec<Pick>) {
        let (t, sup, cw) = self.s.front(c);
        for (off, mut bits) in [(0usize, t), (64, !t)] {
            while bits != 0 {
                let l = off + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                for &(p, n, from, to) in &self.conj[self.start[l] as usize..self.start[l + 1] as usize] {
                    if (!t & p) | (t & n) != 0 { continue }
                    for &(base, i, kt, kind) in &self.acts[from as usize..to as usize] {
                        if kt & sup != 0 { continue }
                        let x = Pick { action: i, score: base * cw[kind as usize] };
                        if (out.len() < TOP_K || before(&x, &out[TOP_K - 1])) && !self.s.capped(c, i) { keep(out, x) }
                    }
                }
            }
        }
    }
    fn atoms(&mut self, c: &Compact) -> Option<u32> { Some(self.s.atoms.eval(c).count_ones()) }
}

/// Which row of a 64-action block belongs to which literal, kind or tag.
struct Layout { rows: usize, lit: [u8; 128], kt: [u8; 15] }
const NO_ROW: u8 = u8::MAX;
fn lit_no(l: &Lit) -> usize { l.pred as usize + 64 * l.neg as usize }
impl Layout {
    fn new(p: &Policy) -> Self {
        let mut b = Layout { rows: 0, lit: [NO_ROW; 128], kt: [NO_ROW; 15] };
        for a in &p.actions {
            for l in &a.conds { let r = &mut b.lit[lit_no(l)]; if *r == NO_ROW { *r = b.rows as u8; b.rows += 1 } }
            for k in 0..15 { if a.kind_tags() >> k & 1 == 1 && b.kt[k] == NO_ROW { b.kt[k] = b.rows as u8; b.rows += 1 } }
        }
        b
    }
    fn block(&self, actions: &[&Action]) -> Vec<u64> {
        let mut m = vec![0; self.rows * actions.len().div_ceil(64)];
        for (i, a) in actions.iter().enumerate() {
            let (w, bit) = (i / 64 * self.rows, 1u64 << (i % 64));
            for l in &a.conds { m[w + self.lit[lit_no(l)] as usize] |= bit }
            for k in 0..15 { if a.kind_tags() >> k & 1 == 1 { m[w + self.kt[k] as usize] |= bit } }
        }
        m
    }
    /// rows that block an action in this context
    #[inline]
    fn blockers(&self, t: u64, sup: u16) -> Blockers {
        let mut out = Blockers { n: 0, row: [0; 96] };
        for i in 0..64 { out.push(self.lit[i + 64 * (t >> i & 1) as usize]) }
        let mut s = sup;
        while s != 0 { out.push(self.kt[s.trailing_zeros() as usize]); s &= s - 1 }
        out
    }
}
struct Blockers { n: usize, row: [u8; 96] }
impl Blockers {
    #[inline(always)]
    fn push(&mut self, r: u8) { self.row[self.n.min(95)] = r; self.n += (r != NO_ROW) as usize }
    fn rows(&self) -> &[u8] { &self.row[..self.n.min(96)] }
}
#[inline]
fn eligible(m: &[u64], rows: usize, w: usize, blockers: &[u8], valid: u64) -> u64 {
    let row = &m[w * rows..(w + 1) * rows];
    let mut bad = 0u64;
    for &r in blockers { bad |= row[r as usize] }
    !bad & valid
}
fn valid(n: usize, w: usize) -> u64 { let left = n - w * 64; if left >= 64 { !0 } else { (1 << left) - 1 } }

/// (ii-c) bitmap rows, every eligible action scored.
pub struct Bits { s: Shared, l: Layout, m: Vec<u64>, base: Vec<f64>, kind: Vec<u8> }
impl Engine for Bits {
    type Input = Compact;
    const NAME: &'static str = "limit-ii-c bitmap rows";
    fn load(p: &Policy) -> Self {
        let l = Layout::new(p);
        Bits { s: Shared::new(p), m: l.block(&p.actions.iter().collect::<Vec<_>>()), l, base: p.actions.iter().map(|a| a.p * a.value * a.lever).collect(), kind: p.actions.iter().map(|a| a.kind).collect() }
    }
    fn prepare(&self, c: &Ctx, _: &str) -> Compact { self.s.vocab.bind(c) }
    fn decide(&mut self, c: &Compact, out: &mut Vec<Pick>) {
        let (t, sup, cw) = self.s.front(c);
        let bl = self.l.blockers(t, sup);
        let n = self.base.len();
        for w in 0..n.div_ceil(64) {
            let mut el = eligible(&self.m, self.l.rows, w, bl.rows(), valid(n, w));
            while el != 0 {
                let i = w * 64 + el.trailing_zeros() as usize;
                el &= el - 1;
                let x = Pick { action: i as u32, score: self.base[i] * cw[self.kind[i] as usize] };
                if (out.len() < TOP_K || before(&x, &out[TOP_K - 1])) && !self.s.capped(c, i as u32) { keep(out, x) }
            }
        }
    }
}

/// (ii-d) bitmap rows per kind, actions in static score order: stop a kind when its bound is under the fifth best.
pub struct Ordered { s: Shared, l: Layout, kinds: Vec<(Vec<u64>, Vec<(f64, u32)>)> }
fn by_kind(p: &Policy, k: u8) -> Vec<(f64, u32)> {
    let mut v: Vec<(f64, u32)> = p.actions.iter().enumerate().filter(|(_, a)| a.kind == k).map(|(i, a)| (a.p * a.value * a.lever, i as u32)).collect();
    v.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
    v
}
impl Engine for Ordered {
    type Input = Compact;
    const NAME: &'static str = "limit-ii-d ordered bitmap, early stop";
    fn load(p: &Policy) -> Self {
        let l = Layout::new(p);
        let kinds = (0..5).map(|k| { let v = by_kind(p, k); (l.block(&v.iter().map(|x| &p.actions[x.1 as usize]).collect::<Vec<_>>()), v) }).collect();
        Ordered { s: Shared::new(p), l, kinds }
    }
    fn prepare(&self, c: &Ctx, _: &str) -> Compact { self.s.vocab.bind(c) }
    fn decide(&mut self, c: &Compact, out: &mut Vec<Pick>) {
        let (t, sup, cw) = self.s.front(c);
        let bl = self.l.blockers(t, sup);
        for k in 0..5 {
            let (m, v) = &self.kinds[k];
            if sup >> k & 1 == 1 { continue }
            'kind: for w in 0..v.len().div_ceil(64) {
                if out.len() == TOP_K && v[w * 64].0 * cw[k] < out[TOP_K - 1].score { break }
                let mut el = eligible(m, self.l.rows, w, bl.rows(), valid(v.len(), w));
                while el != 0 {
                    let (base, i) = v[w * 64 + el.trailing_zeros() as usize];
                    el &= el - 1;
                    let x = Pick { action: i, score: base * cw[k] };
                    if out.len() == TOP_K && !before(&x, &out[TOP_K - 1]) { if x.score < out[TOP_K - 1].score { break 'kind } continue }
                    if !self.s.capped(c, i) { keep(out, x) }
                }
            }
        }
    }
}

/// (ii-e) postings under the rarest literal, in static score order, stopped by the bound: the number of
/// actions looked at hardly depends on N. Needs scores of the form static base x per-kind context weight.
/// (Splitting the lists by kind as well tightens the bound but was slower: more list heads to visit.)
pub struct Postings { s: Shared, start: Vec<u32>, rows: Vec<Posting>, live: (u64, u64) }
#[derive(Clone, Copy)]
struct Posting { pos: u64, neg: u64, base: f64, action: u32, kt: u16, kind: u8 }
impl Engine for Postings {
    type Input = Compact;
    const NAME: &'static str = "limit-ii-e ordered postings, early stop";
    fn load(p: &Policy) -> Self {
        let s = Shared::new(p);
        let mut r = Rng::new(99);
        let sample: Vec<u64> = (0..500).map(|i| s.atoms.eval(&s.vocab.bind(&customer(i, &mut r)))).collect();
        let rate: Vec<usize> = (0..128).map(|l| { let k = sample.iter().filter(|t| *t >> (l % 64) & 1 == 1).count(); if l >= 64 { 500 - k } else { k } }).collect();
        let mut per: Vec<Vec<Posting>> = vec![vec![]; 128];
        for (i, a) in p.actions.iter().enumerate() {
            let (pos, neg) = masks(&a.conds);
            let l = a.conds.iter().map(lit_no).min_by_key(|l| rate[*l]).unwrap();
            per[l].push(Posting { pos, neg, base: a.p * a.value * a.lever, action: i as u32, kt: a.kind_tags(), kind: a.kind });
        }
        let (mut start, mut rows, mut live) = (vec![0u32], vec![], (0, 0));
        for (l, mut v) in per.into_iter().enumerate() {
            v.sort_by(|x, y| y.base.total_cmp(&x.base).then(x.action.cmp(&y.action)));
            if !v.is_empty() { if l < 64 { live.0 |= 1u64 << l } else { live.1 |= 1u64 << (l - 64) } }
            rows.extend(v);
            start.push(rows.len() as u32);
        }
        Postings { s, start, rows, live }
    }
    fn prepare(&self, c: &Ctx, _: &str) -> Compact { self.s.vocab.bind(c) }
    fn decide(&mut self, c: &Compact, out: &mut Vec<Pick>) {
        let (t, sup, cw) = self.s.front(c);
        let mut top = 0.0f64;
        for k in 0..5 { if sup >> k & 1 == 0 { top = top.max(cw[k]) } }
        let mut floor = f64::NEG_INFINITY;
        for (off, mut bits) in [(0usize, t & self.live.0), (64, !t & self.live.1)] {
            while bits != 0 {
                let l = off + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                for e in &self.rows[self.start[l] as usize..self.start[l + 1] as usize] {
                    if e.base * top < floor { break }
                    let score = e.base * cw[e.kind as usize & 7];
                    if ((!t & e.pos) | (t & e.neg) | (e.kt & sup) as u64 != 0) | (score < floor) { continue }
                    if self.s.capped(c, e.action) { continue }
                    keep(out, Pick { action: e.action, score });
                    if out.len() == TOP_K { floor = out[TOP_K - 1].score }
                }
            }
        }
    }
}

/// (ii-e) for any number of predicates: the truth is a word array, an entry keeps only the literals left
/// after its access literal (which is true by construction), as two-byte ids.
pub struct PostingsAny { s: Shared, start: Vec<u32>, rows: Vec<Entry>, live: Vec<u64> }
#[derive(Clone, Copy)]
struct Entry { base: f64, action: u32, rest: [u16; 3], n: u8, kind: u8, kt: u16 }
const W: usize = 4; // 256 predicates' worth of truth words, twice (negated literals follow)
impl Engine for PostingsAny {
    type Input = Compact;
    const NAME: &'static str = "limit-ii-e', literal ids (any number of predicates)";
    fn load(p: &Policy) -> Self {
        let s = Shared::new(p);
        let mut r = Rng::new(99);
        let sample: Vec<u64> = (0..500).map(|i| s.atoms.eval(&s.vocab.bind(&customer(i, &mut r)))).collect();
        let id = |l: &Lit| l.pred as usize + l.neg as usize * W * 64;
        let rate = |l: &Lit| { let k = sample.iter().filter(|t| *t >> l.pred & 1 == 1).count(); if l.neg { 500 - k } else { k } };
        let mut per: Vec<Vec<Entry>> = vec![vec![]; 2 * W * 64];
        for (i, a) in p.actions.iter().enumerate() {
            let mut c = a.conds.clone();
            c.sort_by_key(rate);
            let mut e = Entry { base: a.p * a.value * a.lever, action: i as u32, rest: [0; 3], n: (c.len() - 1) as u8, kind: a.kind, kt: a.kind_tags() };
            for (x, l) in e.rest.iter_mut().zip(&c[1..]) { *x = id(l) as u16 }
            per[id(&c[0])].push(e);
        }
        let (mut start, mut rows, mut live) = (vec![0u32], vec![], vec![0u64; 2 * W]);
        for (l, mut v) in per.into_iter().enumerate() {
            v.sort_by(|x, y| y.base.total_cmp(&x.base).then(x.action.cmp(&y.action)));
            if !v.is_empty() { live[l / 64] |= 1 << (l % 64) }
            rows.extend(v);
            start.push(rows.len() as u32);
        }
        PostingsAny { s, start, rows, live }
    }
    fn prepare(&self, c: &Ctx, _: &str) -> Compact { self.s.vocab.bind(c) }
    fn decide(&mut self, c: &Compact, out: &mut Vec<Pick>) {
        let (t, sup, cw) = self.s.front(c);
        let mut truth = [0u64; 2 * W];
        truth[0] = t;
        for i in 0..W { truth[W + i] = !truth[i] }
        let mut top = 0.0f64;
        for k in 0..5 { if sup >> k & 1 == 0 { top = top.max(cw[k]) } }
        let mut floor = f64::NEG_INFINITY;
        for (w, (&t, &live)) in truth.iter().zip(&self.live).enumerate() {
            let mut bits = t & live;
            while bits != 0 {
                let l = w * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                for e in &self.rows[self.start[l] as usize..self.start[l + 1] as usize] {
                    if e.base * top < floor { break }
                    let score = e.base * cw[e.kind as usize & 7];
                    if (e.kt & sup != 0) | (score < floor) { continue }
                    if !e.rest[..e.n.min(3) as usize].iter().all(|&l| truth[(l >> 6) as usize & (2 * W - 1)] >> (l & 63) & 1 == 1) { continue }
                    if self.s.capped(c, e.action) { continue }
                    keep(out, Pick { action: e.action, score });
                    if out.len() == TOP_K { floor = out[TOP_K - 1].score }
                }
            }
        }
    }
}

/// (ii-e) again, from the String context: interning is inside the timing.
pub struct PostingsFromCtx(Postings);
impl Engine for PostingsFromCtx {
    type Input = Ctx;
    const NAME: &'static str = "limit-ii-e incl. binding String context";
    fn load(p: &Policy) -> Self { PostingsFromCtx(Postings::load(p)) }
    fn prepare(&self, c: &Ctx, _: &str) -> Ctx { c.clone() }
    fn decide(&mut self, c: &Ctx, out: &mut Vec<Pick>) { let b = self.0.s.vocab.bind(c); self.0.decide(&b, out) }
}

/// (ii-a) with a reason for every action: suppressed, first failing predicate, capped, or eligible.
pub struct Reasons { s: Scan, why: Vec<u8> }
pub const SUPPRESSED: u8 = 200;
pub const CAPPED: u8 = 201;
pub const ELIGIBLE: u8 = 255;
impl Engine for Reasons {
    type Input = Compact;
    const NAME: &'static str = "limit-ii-a + a reason per action";
    fn load(p: &Policy) -> Self { Reasons { s: Scan::load(p), why: vec![0; p.actions.len()] } }
    fn prepare(&self, c: &Ctx, j: &str) -> Compact { self.s.prepare(c, j) }
    fn decide(&mut self, c: &Compact, out: &mut Vec<Pick>) {
        let (t, sup, cw) = self.s.s.front(c);
        for (((&(p, n), &kt), why), i) in self.s.rows.iter().zip(&self.s.kt).zip(&mut self.why).zip(0u32..) {
            let bad = (!t & p) | (t & n);
            *why = if kt & sup != 0 { SUPPRESSED } else if bad != 0 { bad.trailing_zeros() as u8 } else { ELIGIBLE };
            if *why != ELIGIBLE { continue }
            if self.s.s.capped(c, i) { *why = CAPPED; continue }
            keep(out, Pick { action: i, score: self.s.base[i as usize] * cw[self.s.kind[i as usize] as usize & 7] });
        }
    }
}

/// (ii-c) when the propensity is a model of the context (logistic, 16 features per action) instead of a
/// constant: no static order, every eligible action is scored. Its own ranking, so not checked.
pub struct Model { b: Bits, w: Vec<[f32; 16]>, vl: Vec<f32> }
impl Engine for Model {
    type Input = Compact;
    const NAME: &'static str = "limit-ii-c + logistic propensity";
    const CHECK: bool = false;
    fn load(p: &Policy) -> Self {
        let mut r = Rng::new(5);
        Model { b: Bits::load(p), w: p.actions.iter().map(|_| std::array::from_fn(|_| r.f() as f32 - 0.5)).collect(), vl: p.actions.iter().map(|a| (a.value * a.lever) as f32).collect() }
    }
    fn prepare(&self, c: &Ctx, j: &str) -> Compact { self.b.prepare(c, j) }
    fn decide(&mut self, c: &Compact, out: &mut Vec<Pick>) {
        let (t, sup, cw) = self.b.s.front(c);
        let bl = self.b.l.blockers(t, sup);
        let mut x: [f32; 16] = std::array::from_fn(|i| (t >> (i * 4) & 1) as f32);
        x[0] = 1.0;
        x[1] = c.churn as f32;
        x[2] = c.clv as f32 * 1e-3;
        let n = self.vl.len();
        for w in 0..n.div_ceil(64) {
            let mut el = eligible(&self.b.m, self.b.l.rows, w, bl.rows(), valid(n, w));
            while el != 0 {
                let i = w * 64 + el.trailing_zeros() as usize;
                el &= el - 1;
                let z: f32 = self.w[i].iter().zip(&x).map(|(a, b)| a * b).sum();
                let p = 1.0 / (1.0 + (-z).exp());
                let x = Pick { action: i as u32, score: (p * self.vl[i]) as f64 * cw[self.b.kind[i] as usize & 7] };
                if (out.len() < TOP_K || before(&x, &out[TOP_K - 1])) && !self.b.s.capped(c, i as u32) { keep(out, x) }
            }
        }
    }
}

// ================================================================ (iii) lower bound
/// The 64 predicates written by hand for this vocabulary.
#[inline]
pub fn atoms_by_hand(c: &Compact) -> u64 {
    let (mut topics, mut sev, mut s0, mut s4) = (0u64, 0i64, 0i64, 0i64);
    for &(k, s) in &c.tickets { topics |= 1 << k; sev = sev.max(s); if k == 0 { s0 = s0.max(s) } if k == 4 { s4 = s4.max(s) } }
    let mut t = topics & 0x3ff | ((sev >= 4) as u64) << 10 | ((s0 >= 3) as u64) << 11 | ((s4 >= 3) as u64) << 12 | (!c.tickets.is_empty() as u64) << 13;
    let a = c.now - c.last_contact;
    t |= ((a < HOUR) as u64) << 14 | ((a < 24 * HOUR) as u64) << 15 | ((a < 72 * HOUR) as u64) << 16;
    let mut latest = [LONG_AGO; 16];
    let (mut cats, mut max) = (0u64, f64::NEG_INFINITY);
    for &(k, x, at) in &c.purchases { cats |= 1 << k; let k = (k & 15) as usize; latest[k] = latest[k].max(at); max = if x > max { x } else { max } }
    t |= (cats & 0xfff) << 17;
    let within = |k: usize, d: i64| (c.now - latest[k] < d * DAY) as u64;
    t |= within(0, 365) << 29 | within(1, 365) << 30 | within(3, 90) << 31 | within(5, 30) << 32 | within(6, 365) << 33 | within(8, 180) << 34;
    let n = c.purchases.len();
    t |= ((max > 500.0) as u64) << 35 | ((max > 1000.0) as u64) << 36 | ((n >= 1) as u64) << 37 | ((n >= 5) as u64) << 38;
    t |= ((c.device == 0) as u64) << 39 | ((c.device == 1) as u64) << 40 | ((c.os == 0) as u64) << 41 | ((c.os == 1) as u64) << 42;
    t |= ((c.channel == 0) as u64) << 43 | ((c.channel == 1) as u64) << 44 | ((c.channel == 2) as u64) << 45 | ((c.channel == 3 || c.channel == 4) as u64) << 46;
    let idle = c.now - c.last_seen;
    t |= ((idle > 7 * DAY) as u64) << 47 | ((idle > 30 * DAY) as u64) << 48 | ((idle > 60 * DAY) as u64) << 49;
    let on = c.now - c.onboarded;
    t |= ((on < 7 * DAY) as u64) << 50 | ((on < 30 * DAY) as u64) << 51 | (!c.has_onboarded as u64) << 52;
    t |= ((c.consent & 1) as u64) << 53 | ((c.consent >> 1 & 1) as u64) << 54 | ((c.consent >> 4 & 1) as u64) << 55;
    t |= ((c.has_nps && c.nps <= 6) as u64) << 56 | ((c.has_nps && c.nps >= 9) as u64) << 57 | ((c.csat < 3.0) as u64) << 58;
    t | ((c.churn > 0.3) as u64) << 59 | ((c.churn > 0.6) as u64) << 60 | ((c.clv > 500.0) as u64) << 61 | ((c.clv > 2000.0) as u64) << 62 | ((c.clv > 5000.0) as u64) << 63
}
pub struct Lower { s: Shared, base: Vec<f64>, kind: Vec<u8>, p: Policy }
impl Engine for Lower {
    type Input = (Compact, Vec<u32>);
    const NAME: &'static str = "limit-iii atoms + eligible given";
    fn load(p: &Policy) -> Self { Lower { s: Shared::new(p), base: p.actions.iter().map(|a| a.p * a.value * a.lever).collect(), kind: p.actions.iter().map(|a| a.kind).collect(), p: p.clone() } }
    fn prepare(&self, c: &Ctx, _: &str) -> Self::Input {
        let b = self.s.vocab.bind(c);
        assert_eq!(atoms_by_hand(&b), PREDS.iter().enumerate().fold(0, |t, (i, p)| t | (p.holds(c) as u64) << i));
        (b, self.p.oracle(c).0)
    }
    fn decide(&mut self, (c, el): &Self::Input, out: &mut Vec<Pick>) {
        let t = std::hint::black_box(atoms_by_hand(c));
        let mut cw = [1.0; 5];
        for (c, l) in cw.iter_mut().zip(&self.s.weights) { let mut x = 1.0; for &(b, f) in l { x += pick(t & b != 0, f) - 1.0 } *c = x }
        for &i in el { keep(out, Pick { action: i, score: self.base[i as usize] * cw[self.kind[i as usize] as usize] }) }
    }
    fn atoms(&mut self, i: &Self::Input) -> Option<u32> { Some(atoms_by_hand(&i.0).count_ones()) }
}
/// Only the part before any action is looked at: atoms, suppression mask, context weights.
pub struct Front(Shared);
impl Engine for Front {
    type Input = (Compact, Vec<Pick>);
    const NAME: &'static str = "limit-ii part: atoms + rules + weights";
    fn load(p: &Policy) -> Self { Front(Shared::new(p)) }
    fn prepare(&self, c: &Ctx, _: &str) -> Self::Input { (self.0.vocab.bind(c), vec![]) }
    fn decide(&mut self, (c, _): &Self::Input, _: &mut Vec<Pick>) { std::hint::black_box(self.0.front(c)); }
    fn atoms(&mut self, i: &Self::Input) -> Option<u32> { Some(self.0.atoms.eval(&i.0).count_ones()) }
    const CHECK: bool = false;
}
