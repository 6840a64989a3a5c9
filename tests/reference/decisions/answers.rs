//! What models answer about a customer, read from the pages and not from the
//! engine: the summaries are made here, the formulas are those of the library.

use serde_json::{Value, json};
use tactful::analytics::{
    Activity, Cadence, Discounting, GammaGamma, HalfLife, Lifecycle, PurchaseModel,
    RepeatPurchases, Rfm, ShiftedBetaGeometric, WeibullInactivity,
};
use tactful::{Channel, Duration};

use crate::facts::{Fact, Facts, texts, time};
use crate::interpreter::Reference;
use crate::model::DAY;

/// The models of every policy that reads some, as documents write them.
pub(crate) fn tables() -> Value {
    json!({
        "alive": {"model": "mbg_nbd", "r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614,
            "unit": "week", "horizon": "60d"},
        "steady": {"model": "bg_nbd", "r": 0.7, "alpha": 9.5, "a": 0.793, "b": 2.426, "unit": "day"},
        "basket": {"model": "gamma_gamma", "p": 6.25, "q": 3.74, "v": 15.44},
        "narrow": {"model": "gamma_gamma", "p": 6.25, "q": 0.9, "v": 15.44},
        "worth": {"model": "lifetime_value", "purchases": "alive", "order_value": "basket",
            "horizon": "28d", "period": "14d", "discount": 0.01},
        "stage": {"model": "lifecycle", "new_for": "2d", "back_for": "2d", "at_risk_after": "7d",
            "dormant_after": "14d", "lapsed_after": "60d"},
        "visits": {"model": "lifecycle", "activity": "visits", "subscription": true,
            "new_for": "14d", "at_risk_after": "14d", "back_for": "1d"},
        "rhythm": {"model": "cadence"},
        "rfm": {"model": "rfm", "recency_days": [0, 6, 13, 59], "orders": [1, 2],
            "spend_minor": [0, 5000, 10000]},
        "gone": {"model": "weibull", "shape": 1.8, "scale": 2, "unit": "week", "horizon": "14d",
            "activity": "visits"},
        "quiet": {"model": "weibull", "shape": 0.7, "scale": 30, "unit": "day", "horizon": "7d"},
        "renewal": {"model": "sbg", "alpha": 0.668, "beta": 3.806, "period": "7d", "discount": 0.1},
        "worn_out": {"model": "half_life", "half_life": "2d"},
        "worn": {"model": "half_life", "half_life": "14d", "kinds": ["upsell", "tip"],
            "outcomes": ["click", "reject", "impression"]},
    })
}

/// When the orders that count were placed, and what was paid, in their order.
struct Orders(Vec<(i64, Value)>);

impl Reference<'_> {
    /// What a model answers, such as `alive.p_alive`.
    pub(crate) fn answer(&self, path: &str, facts: Facts) -> Fact {
        let (name, answer) = path.split_once('.').expect("a model and its answer");
        let model = &self.world.policy.analytics[name];
        let usable =
            |(part, path): &(&str, &str)| self.usable(part, self.said_at(part, path), facts);
        if !taken(model).iter().all(usable) {
            return Fact::Unknown;
        }
        match self.said(model, answer) {
            None => Fact::Unknown,
            Some(None) => Fact::Absent,
            Some(Some(value)) => Fact::Is(value),
        }
    }

    /// How old an answer is: as old as the oldest part that it follows from.
    pub(crate) fn age_of_answer(&self, path: &str) -> Option<(i64, bool)> {
        let (name, _) = path.split_once('.').expect("a model and its answer");
        let model = &self.world.policy.analytics[name];
        taken(model).iter().map(|(part, path)| self.age_of(part, path)).max().flatten()
    }

    /// Nothing if something is lacking, nothing in it if there is no answer.
    fn said(&self, model: &Value, answer: &str) -> Option<Option<Value>> {
        match model["model"].as_str().expect("a word") {
            "lifecycle" => self.stage(model).map(Some),
            "weibull" => self.weibull(model, answer),
            "sbg" => self.renewal(model, answer),
            "half_life" => self.weight(model).map(Some),
            _ => self.of_orders(model, answer),
        }
    }

    /// All of them, each with its status, up to now.
    fn orders(&self) -> Option<Orders> {
        let orders = self.world.context["purchases"]["orders"].as_array()?;
        if orders.iter().any(|order| order["status"].is_null()) {
            return None;
        }
        let counted = orders.iter().filter(|order| order["status"] != "cancelled");
        let placed =
            counted.map(|order| (time(&order["placed_at"]).unwrap(), order["total"].clone()));
        let mut placed: Vec<_> = placed.filter(|(at, _)| *at <= self.now).collect();
        placed.sort_by_key(|(at, _)| *at);
        Some(Orders(placed))
    }

    fn midnight(&self) -> i64 {
        self.now.div_euclid(DAY) * DAY
    }

    /// How long ago something was at the last midnight.
    fn silence(&self, since: i64) -> i64 {
        (self.midnight() - since).max(0)
    }

    fn of_orders(&self, model: &Value, answer: &str) -> Option<Option<Value>> {
        let orders = self.orders()?;
        let (Some(first), Some(last)) = (orders.0.first(), orders.0.last()) else {
            return Some(None);
        };
        let (first, last) = (first.0, last.0);
        match model["model"].as_str().expect("a word") {
            "rfm" => self.class(model, answer, &orders, last).map(Some),
            "cadence" => {
                let count = u32::try_from(orders.0.len()).unwrap();
                let cadence = Cadence::new(count, Duration::from_millis(last - first)).ok();
                let silence = Duration::from_millis(self.silence(last));
                Some(cadence.map(|cadence| match answer {
                    "overdue_ratio" => rounded(cadence.overdue_ratio(silence)),
                    "p_silence" => rounded(cadence.p_silence(silence)),
                    _ => rounded(cadence.mean_gap_days()),
                }))
            }
            "gamma_gamma" => {
                let mean = self.mean(&orders, first)?;
                let value = spending(model).expected_order_value(orders.repeats(), mean).ok();
                Some(value.map(|value| self.minor(value)))
            }
            "lifetime_value" if answer == "value_minor" => {
                let mean = self.mean(&orders, first)?;
                let of = |key: &str| &self.world.policy.analytics[model[key].as_str().unwrap()];
                let customer = self.repeats(&orders, of("purchases"), first, last);
                let (whole, length) = (whole_days(&model["horizon"]), whole_days(&model["period"]));
                let (periods, days) = (whole / length, f64::from(length));
                let discount = model["discount"].as_f64().unwrap();
                let ahead =
                    Discounting::new(periods, days / unit(of("purchases")), discount).unwrap();
                let (bought, spent) = (purchases(of("purchases")), spending(of("order_value")));
                let worth = ahead.lifetime_value(&bought, &spent, customer, mean).ok();
                Some(worth.map(|worth| self.minor(worth.discounted)))
            }
            _ => {
                let by = match model["purchases"].as_str() {
                    Some(other) => &self.world.policy.analytics[other],
                    None => model,
                };
                let customer = self.repeats(&orders, by, first, last);
                if answer == "p_alive" {
                    return Some(Some(rounded(purchases(by).p_alive(customer))));
                }
                let horizon = days(&model["horizon"]) / unit(by);
                let expected = purchases(by).expected_purchases(customer, horizon).ok();
                Some(expected.map(rounded))
            }
        }
    }

    /// x, t_x and T, in days of UTC.
    fn repeats(&self, orders: &Orders, model: &Value, first: i64, last: i64) -> RepeatPurchases {
        let days = |from: i64, to: i64| (to.div_euclid(DAY) - from.div_euclid(DAY)) as f64;
        let unit = unit(model);
        let (last, observed) = (days(first, last) / unit, days(first, self.now) / unit);
        RepeatPurchases::new(orders.repeats(), last, observed).unwrap()
    }

    fn class(&self, model: &Value, answer: &str, orders: &Orders, last: i64) -> Option<Value> {
        let breaks =
            |key: &str| -> Vec<i64> { serde_json::from_value(model[key].clone()).unwrap() };
        let rfm =
            Rfm::new(breaks("recency_days"), breaks("orders"), breaks("spend_minor")).unwrap();
        let spend = if answer == "money_score" {
            let paid = orders.0.iter().map(|(_, paid)| self.paid(paid));
            paid.sum::<Option<i64>>()?
        } else {
            0
        };
        let days = (self.now - last).div_euclid(DAY);
        let score = rfm.score(days, i64::try_from(orders.0.len()).unwrap(), spend);
        Some(json!(match answer {
            "recency_score" => score.recency,
            "frequency_score" => score.frequency,
            _ => score.money,
        }))
    }

    /// What an order came to in minor units of the one currency.
    fn paid(&self, total: &Value) -> Option<i64> {
        let is_ours = total["currency"] == self.world.policy.currency.as_str();
        total["minor"].as_i64().filter(|_| is_ours)
    }

    /// What a repeat purchase came to, in units of the currency.
    fn mean(&self, orders: &Orders, first: i64) -> Option<f64> {
        let day = first.div_euclid(DAY);
        let repeated = orders.0.iter().filter(|(at, _)| at.div_euclid(DAY) != day);
        let sum: i64 = repeated.map(|(_, paid)| self.paid(paid)).sum::<Option<i64>>()?;
        Some(sum as f64 / f64::from(orders.repeats().max(1)) / self.units())
    }

    fn units(&self) -> f64 {
        f64::from(10_u32.pow(self.world.policy.decimals()))
    }

    fn minor(&self, amount: f64) -> Value {
        let minor = format!("{:.0}", (amount * self.units()).round_ties_even());
        json!(minor.parse::<i64>().unwrap())
    }

    fn stage(&self, model: &Value) -> Option<Value> {
        let of = |key: &str, usual: i64| match model[key].as_str() {
            Some(text) => text.parse().unwrap(),
            None => Duration::days(usual),
        };
        let stages = Lifecycle::default().new_for(of("new_for", 30)).unwrap();
        let stages = stages.back_for(of("back_for", 14)).unwrap();
        let (risk, dormant, lapsed) =
            (of("at_risk_after", 30), of("dormant_after", 60), of("lapsed_after", 365));
        let stages = stages.silence(risk, dormant, lapsed).unwrap();
        let orders = self.orders()?;
        let mut cancelled = false;
        if model["subscription"] == true {
            cancelled = self.is_over()?;
        }
        let ago = |at: i64| Duration::from_millis(self.now - at);
        let mut customer = Activity {
            orders: u32::try_from(orders.0.len()).unwrap(),
            tenure: Duration::ZERO,
            inactive: Duration::ZERO,
            gap_before_last: None,
            cancelled,
        };
        if model["activity"] == "visits" {
            let recency = &self.world.context["recency"];
            let first = time(&recency["first_seen_at"])?;
            let last = time(&recency["last_seen_at"])?;
            (customer.tenure, customer.inactive) = (ago(first), ago(last));
            let at = |gap| Activity { gap_before_last: gap, ..customer };
            // Where they were seen before is not known: does it matter?
            let gaps = match time(&recency["previous_seen_at"]) {
                Some(previous) => vec![Some(Duration::from_millis(last - previous))],
                None if first >= last => vec![None],
                None => vec![None, Some(Duration::days(100_000))],
            };
            let mut found: Vec<_> = gaps.into_iter().map(|gap| stages.stage(at(gap))).collect();
            found.dedup();
            return match *found {
                [only] => Some(json!(only.as_str())),
                _ => None,
            };
        }
        if let (Some(first), Some(last)) = (orders.0.first(), orders.0.last()) {
            (customer.tenure, customer.inactive) = (ago(first.0), ago(last.0));
        }
        if let [.., before, last] = &*orders.0 {
            customer.gap_before_last = Some(Duration::from_millis(last.0 - before.0));
        }
        Some(json!(stages.stage(customer).as_str()))
    }

    fn is_over(&self) -> Option<bool> {
        let status = self.world.context["subscription"]["status"].as_str()?;
        Some(["cancelled", "expired"].contains(&status))
    }

    fn weibull(&self, model: &Value, answer: &str) -> Option<Option<Value>> {
        let last = if model["activity"] == "visits" {
            Some(time(&self.world.context["recency"]["last_seen_at"])?)
        } else {
            self.orders()?.0.last().map(|(at, _)| *at)
        };
        let (shape, scale) = (model["shape"].as_f64().unwrap(), model["scale"].as_f64().unwrap());
        let weibull = WeibullInactivity::new(shape, scale * unit(model)).unwrap();
        Some(last.map(|last| {
            let silence = self.silence(last) as f64 / DAY as f64;
            rounded(match answer {
                "survival" => weibull.survival(silence).unwrap(),
                _ => weibull.p_churn_within(silence, days(&model["horizon"])).unwrap(),
            })
        }))
    }

    fn renewal(&self, model: &Value, answer: &str) -> Option<Option<Value>> {
        if self.is_over()? {
            return Some(None);
        }
        let started = time(&self.world.context["subscription"]["started_at"])?;
        if started > self.now {
            return Some(None);
        }
        let length = i64::from(whole_days(&model["period"])) * DAY;
        let period = u32::try_from((self.now - started) / length + 1).unwrap();
        let (alpha, beta) = (model["alpha"].as_f64().unwrap(), model["beta"].as_f64().unwrap());
        let sbg = ShiftedBetaGeometric::new(alpha, beta).unwrap();
        let discount = model["discount"].as_f64().unwrap();
        Some(match answer {
            "period" => Some(json!(period)),
            "retention" => sbg.retention(period).ok().map(rounded),
            "hazard" => sbg.hazard(period).ok().map(rounded),
            _ => sbg.residual_lifetime(period, discount).ok().map(rounded),
        })
    }

    /// The weights of what counts, from the oldest on.
    fn weight(&self, model: &Value) -> Option<Value> {
        let interactions = self.world.context["history"]["interactions"].as_array()?;
        let half_life: Duration = model["half_life"].as_str().unwrap().parse().unwrap();
        let half_life = HalfLife::new(half_life).unwrap();
        let counted = interactions.iter().filter(|one| self.weighs(model, one));
        let mut times: Vec<i64> = counted.map(|one| time(&one["at"]).unwrap()).collect();
        times.retain(|at| *at <= self.now);
        times.sort_unstable();
        let weight = |at: &i64| half_life.weight(Duration::from_millis(self.silence(*at)));
        Some(rounded(times.iter().map(weight).sum()))
    }

    fn weighs(&self, model: &Value, interaction: &Value) -> bool {
        let outcome = interaction["outcome"].as_str().unwrap();
        let channel = interaction["channel"].as_str().map(|name| name.parse::<Channel>().unwrap());
        let outcomes = texts(&model["outcomes"]);
        let counts = match (&*outcomes, outcome) {
            ([], "sent") => channel.is_none_or(Channel::is_outbound),
            ([], "impression") => channel.is_none_or(|channel| !channel.is_outbound()),
            (outcomes, outcome) => outcomes.contains(&outcome),
        };
        let kinds = texts(&model["kinds"]);
        if kinds.is_empty() {
            return counts;
        }
        let action = self.world.policy.action(interaction["action"].as_str().unwrap());
        let today = action.map(|action| action.kind.as_str());
        let kind = interaction["kind"].as_str().or(today);
        counts && kind.is_some_and(|kind| kinds.contains(&kind))
    }
}

impl Orders {
    /// On how many days something was bought, less the first.
    fn repeats(&self) -> u32 {
        let mut days: Vec<i64> = self.0.iter().map(|(at, _)| at.div_euclid(DAY)).collect();
        days.dedup();
        u32::try_from(days.len() - 1).unwrap()
    }
}

/// The parts that an answer follows from, and the facts in them that may have a
/// time of their own.
fn taken(model: &Value) -> &'static [(&'static str, &'static str)] {
    let visits = model["activity"] == "visits";
    match model["model"].as_str().expect("a word") {
        "sbg" => &[("subscription", "")],
        "half_life" => &[("history", "")],
        "lifecycle" if visits => &[
            ("purchases", ""),
            ("recency", ""),
            ("recency", "recency.last_seen_at"),
            ("subscription", ""),
        ],
        "weibull" if visits => &[("recency", "recency.last_seen_at")],
        _ => &[("purchases", "")],
    }
}

fn purchases(model: &Value) -> PurchaseModel {
    let of = |key: &str| model[key].as_f64().unwrap();
    let make = match model["model"] == "bg_nbd" {
        true => PurchaseModel::bg_nbd,
        false => PurchaseModel::mbg_nbd,
    };
    make(of("r"), of("alpha"), of("a"), of("b")).unwrap()
}

fn spending(model: &Value) -> GammaGamma {
    let of = |key: &str| model[key].as_f64().unwrap();
    GammaGamma::new(of("p"), of("q"), of("v")).unwrap()
}

/// How many days the unit of a fit has.
fn unit(model: &Value) -> f64 {
    if model["unit"] == "week" { 7.0 } else { 1.0 }
}

fn whole_days(text: &Value) -> u16 {
    text.as_str().unwrap().strip_suffix('d').unwrap().parse().unwrap()
}

fn days(text: &Value) -> f64 {
    whole_days(text).into()
}

/// To billionths, half to even.
fn rounded(value: f64) -> Value {
    json!((value * 1e9).round_ties_even() / 1e9)
}
