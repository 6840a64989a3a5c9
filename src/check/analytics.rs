//! Customer analytics: models made of their parameters, whose answers are facts.

use std::collections::HashSet;
use std::sync::Arc;

use super::Checker;
use crate::analytics::{
    ActivityOf, Counted, Discounting, DomainError, GammaGamma, HalfLife, Lifecycle, Model,
    PurchaseModel, Purchasing, Rfm, ShiftedBetaGeometric, Sort, TimeUnit, WeibullInactivity,
    Weights,
};
use crate::diagnostic::DocPath;
use crate::policy::{
    AnalyticsModel, LifecycleParameters, LifetimeValueParameters, PurchaseParameters, Selector,
    WeibullParameters, code,
};
use crate::schema::is_name;
use crate::time::Duration;
use crate::vocabulary::{Kind, Word};

/// How far ahead models look, and how long periods and half-lives are.
const MAX_LENGTH: Duration = Duration::days(3_650);
/// The shortest period of a contract.
const MIN_PERIOD: Duration = Duration::days(1);
/// How many periods a lifetime value has, which bounds the work.
const MAX_PERIODS: u16 = 60;
/// The least discount of a residual lifetime, which bounds the work.
const MIN_DISCOUNT: f64 = 0.001;

impl<'p> Checker<'p> {
    /// Makes every model, and declares what it answers as facts.
    pub(super) fn declare_models(&mut self) {
        for (name, written) in &self.policy.analytics {
            let path = DocPath::root().key("analytics").key(name.clone());
            if !is_name(name) {
                let message = format!("`{name}` cannot be read as a name in a condition");
                self.error_with_help(code::VALUE, path, message, "use letters, digits and `_`");
            } else if let Some(model) = self.model(written, &path) {
                Arc::make_mut(&mut self.schema).add_model(name, model);
            }
        }
    }

    /// Tells whether something is wrong with a model that a text reads.
    ///
    /// What such a model would have answered is not missed twice.
    pub(super) fn reads_broken_model(&self, text: &str) -> bool {
        text.contains("analytics.") && self.is_wrong(&DocPath::root().key("analytics"))
    }

    /// Tells whether something was found at a path or below it.
    fn is_wrong(&self, path: &DocPath) -> bool {
        self.report.errors().any(|error| error.path().segments().starts_with(path.segments()))
    }

    /// Lists what models answer that is of a sort, as `name.answer`.
    pub(super) fn answers_of(&self, sort: Sort) -> Vec<String> {
        let models = self.schema.models().iter();
        let answers = models.flat_map(|entry| {
            let outputs = entry.model.outputs().into_iter();
            let fits = outputs.filter(|output| output.sort() == sort);
            fits.map(|output| format!("{}.{}", entry.name, output.name())).collect::<Vec<_>>()
        });
        answers.collect()
    }

    fn model(&mut self, written: &AnalyticsModel, path: &DocPath) -> Option<Model> {
        // Keys that are missing stand for nothing that could be checked.
        if self.is_wrong(path) {
            return None;
        }
        match written {
            AnalyticsModel::Lifecycle(of) => self.lifecycle(of, path),
            AnalyticsModel::Rfm { recency_days, orders, spend_minor } => {
                self.needs_currency(written, path)?;
                let rfm = Rfm::new(&**recency_days, &**orders, &**spend_minor);
                self.in_domain(rfm, path).map(Model::Rfm)
            }
            AnalyticsModel::Cadence {} => Some(Model::Cadence),
            AnalyticsModel::BgNbd(of) => {
                let model = PurchaseModel::bg_nbd(of.r, of.alpha, of.a, of.b);
                self.purchases(model, of, path).map(Model::Purchases)
            }
            AnalyticsModel::MbgNbd(of) => {
                let model = PurchaseModel::mbg_nbd(of.r, of.alpha, of.a, of.b);
                self.purchases(model, of, path).map(Model::Purchases)
            }
            AnalyticsModel::GammaGamma { p, q, v } => {
                self.needs_currency(written, path)?;
                self.in_domain(GammaGamma::new(*p, *q, *v), path).map(Model::OrderValue)
            }
            AnalyticsModel::LifetimeValue(of) => {
                self.needs_currency(written, path)?;
                self.lifetime_value(of, path)
            }
            AnalyticsModel::Sbg { alpha, beta, period, discount } => {
                self.contract((*alpha, *beta), period, *discount, path)
            }
            AnalyticsModel::Weibull(of) => self.inactivity(of, path),
            AnalyticsModel::HalfLife { half_life, selector, outcomes } => {
                self.weights(half_life, selector, outcomes, path)
            }
        }
    }

    /// Reports parameters that a formula is not defined for, at their keys.
    fn in_domain<T>(&mut self, model: Result<T, DomainError>, path: &DocPath) -> Option<T> {
        let error = match model {
            Ok(model) => return Some(model),
            Err(error) => error,
        };
        let parameter = error.place().rsplit('.').next().unwrap_or_default();
        let key = match parameter {
            "rate" => "discount",
            "scale_days" => "scale",
            "length" | "periods" => "period",
            written => written,
        };
        self.error_with_help(code::VALUE, path.key(key), error.message(), error.help());
        None
    }

    fn needs_currency(&mut self, model: &AnalyticsModel, path: &DocPath) -> Option<()> {
        if self.currency.is_none() && self.policy.currency.is_none() {
            let message = format!(
                "`{}` takes amounts of money, and the policy names no `currency`",
                model.as_str()
            );
            let help = "write `currency = \"EUR\"`";
            self.error_with_help(code::MISSING_KEY, path.key("model"), message, help);
        }
        self.currency.map(|_| ())
    }

    fn lifecycle(&mut self, of: &LifecycleParameters, path: &DocPath) -> Option<Model> {
        let activity = self.activity(of.activity.as_deref(), path);
        let mut stages = Lifecycle::default();
        if let Some(text) = &of.new_for {
            let length = self.span(text, path.key("new_for"))?;
            stages = self.in_domain(stages.new_for(length), path)?;
        }
        if let Some(text) = &of.back_for {
            let length = self.span(text, path.key("back_for"))?;
            stages = self.in_domain(stages.back_for(length), path)?;
        }
        let written = [
            ("at_risk_after", &of.at_risk_after),
            ("dormant_after", &of.dormant_after),
            ("lapsed_after", &of.lapsed_after),
        ];
        let mut silences = stages.silences();
        for (silence, (key, text)) in silences.iter_mut().zip(written) {
            if let Some(text) = text {
                *silence = self.span(text, path.key(key))?;
            }
        }
        let [at_risk, dormant, lapsed] = silences;
        let stages = self.in_domain(stages.silence(at_risk, dormant, lapsed), path)?;
        let subscription = of.subscription.unwrap_or(false);
        Some(Model::Lifecycle { stages, activity: activity?, subscription })
    }

    fn purchases(
        &mut self,
        model: Result<PurchaseModel, DomainError>,
        of: &PurchaseParameters,
        path: &DocPath,
    ) -> Option<Purchasing> {
        let model = self.in_domain(model, path);
        let unit = self.unit(&of.unit, path);
        let horizon = of.horizon.as_ref().map(|text| self.span(text, path.key("horizon")));
        let (model, unit) = (model?, unit?);
        let horizon = match horizon {
            Some(horizon) => Some(in_days(horizon?) / unit.days()),
            None => None,
        };
        Some(Purchasing { model, unit, horizon })
    }

    fn lifetime_value(&mut self, of: &LifetimeValueParameters, path: &DocPath) -> Option<Model> {
        let horizon = self.span(&of.horizon, path.key("horizon"))?;
        let period = match &of.period {
            Some(text) => self.span(text, path.key("period"))?,
            None => horizon,
        };
        let periods = self.periods(horizon, period, path)?;
        let purchases = self.purchases_of(&of.purchases, path.key("purchases"));
        let spending = self.spending_of(&of.order_value, path.key("order_value"));
        let (purchases, spending) = (purchases?, spending?);
        let days = purchases.unit.days();
        let discount = of.discount.unwrap_or(0.0);
        let ahead = Discounting::new(periods, in_days(period) / days, discount);
        let ahead = self.in_domain(ahead, path)?;
        let purchases = Purchasing { horizon: Some(in_days(horizon) / days), ..purchases };
        Some(Model::LifetimeValue { purchases, spending, ahead })
    }

    /// Counts the periods of a horizon, which has whole ones.
    fn periods(&mut self, horizon: Duration, period: Duration, path: &DocPath) -> Option<u16> {
        let (horizon, period) = (horizon.as_millis(), period.as_millis());
        let periods = u16::try_from(horizon / period).unwrap_or(u16::MAX);
        if horizon % period != 0 {
            let message = "the horizon does not have whole periods";
            let help = "write a period that goes into it, such as `4w` into `52w`";
            self.error_with_help(code::VALUE, path.key("period"), message, help);
        } else if periods > MAX_PERIODS {
            let message = format!("the horizon has {periods} periods; the limit is {MAX_PERIODS}");
            let help = "write a longer period";
            self.error_with_help(code::VALUE, path.key("period"), message, help);
        } else {
            return Some(periods);
        }
        None
    }

    fn purchases_of(&mut self, name: &str, path: DocPath) -> Option<Purchasing> {
        let written = self.model_named(name, &["bg_nbd", "mbg_nbd"], path)?;
        let (of, model) = match written {
            AnalyticsModel::BgNbd(of) => (of, PurchaseModel::bg_nbd(of.r, of.alpha, of.a, of.b)),
            AnalyticsModel::MbgNbd(of) => (of, PurchaseModel::mbg_nbd(of.r, of.alpha, of.a, of.b)),
            _ => return None,
        };
        // What is wrong with it is reported where it stands.
        Some(Purchasing { model: model.ok()?, unit: unit(&of.unit)?, horizon: None })
    }

    fn spending_of(&mut self, name: &str, path: DocPath) -> Option<GammaGamma> {
        match self.model_named(name, &["gamma_gamma"], path)? {
            AnalyticsModel::GammaGamma { p, q, v } => GammaGamma::new(*p, *q, *v).ok(),
            _ => None,
        }
    }

    /// Finds another model of the policy, if it is one of those that fit.
    fn model_named(
        &mut self,
        name: &str,
        fits: &[&str],
        path: DocPath,
    ) -> Option<&'p AnalyticsModel> {
        let policy = self.policy;
        let fit = policy.analytics.iter().filter(|(_, model)| fits.contains(&model.as_str()));
        let fit: Vec<&str> = fit.map(|(name, _)| name.as_str()).collect();
        match policy.analytics.get(name) {
            Some(model) if fits.contains(&model.as_str()) => return Some(model),
            Some(model) => {
                let message = format!("`{name}` is a `{}` model", model.as_str());
                let help = format!("name a model that is `{}`", fits.join("` or `"));
                self.error_with_help(code::VALUE, path, message, help);
            }
            // One that could not be read is reported where it stands.
            None if self.is_wrong(&DocPath::root().key("analytics").key(name.to_owned())) => {}
            None => self.unknown_word(path, "model", name, fit),
        }
        None
    }

    fn contract(
        &mut self,
        (alpha, beta): (f64, f64),
        period: &str,
        discount: Option<f64>,
        path: &DocPath,
    ) -> Option<Model> {
        let model = self.in_domain(ShiftedBetaGeometric::new(alpha, beta), path);
        let period = self.span(period, path.key("period"));
        if period.is_some_and(|period| period < MIN_PERIOD) {
            let message = "a contract is renewed once a day at most";
            let help = "write the time from one renewal to the next, such as `30d`";
            self.error_with_help(code::VALUE, path.key("period"), message, help);
        }
        if discount.is_some_and(|discount| !(MIN_DISCOUNT..=1.0).contains(&discount)) {
            let message =
                format!("{} is not between {MIN_DISCOUNT} and 1", discount.unwrap_or(0.0));
            let help = "give the share of one period: 10 % is 0.1";
            self.error_with_help(code::VALUE, path.key("discount"), message, help);
        }
        Some(Model::Contract { model: model?, period: period?, discount })
    }

    fn inactivity(&mut self, of: &WeibullParameters, path: &DocPath) -> Option<Model> {
        // As written first: a message about days would not be understood.
        let written = self.in_domain(WeibullInactivity::new(of.shape, of.scale), path);
        let unit = self.unit(&of.unit, path);
        let horizon = self.span(&of.horizon, path.key("horizon"));
        let activity = self.activity(of.activity.as_deref(), path);
        let days = written.and(unit)?.days();
        let model = WeibullInactivity::new(of.shape, of.scale * days);
        let model = self.in_domain(model, path)?;
        let horizon_days = in_days(horizon?);
        Some(Model::Inactivity { model, activity: activity?, horizon_days })
    }

    fn weights(
        &mut self,
        half_life: &str,
        selector: &Selector,
        outcomes: &[String],
        path: &DocPath,
    ) -> Option<Model> {
        let length = self.span(half_life, path.key("half_life"));
        let outcomes = self.words(outcomes, || path.key("outcomes"));
        self.check_names(selector, path);
        let half_life = self.in_domain(HalfLife::new(length?), path)?;
        let counted = (*selector != Selector::default()).then(|| Box::new(self.counted(selector)));
        Some(Model::Weights(Weights { half_life, counted, outcomes }))
    }

    /// Reports names that no action of the policy bears.
    fn check_names(&mut self, selector: &Selector, path: &DocPath) {
        let policy = self.policy;
        let kinds = Kind::WORDS.iter().copied().chain(policy.kinds.keys().map(String::as_str));
        let groups = policy.actions.iter().filter_map(|action| action.group.as_deref());
        let tags = policy.actions.iter().flat_map(|action| action.tags.iter().map(String::as_str));
        let ids = policy.actions.iter().map(|action| action.id.as_str());
        let lists: [(&'static str, &str, &[String], HashSet<&str>); 4] = [
            ("kinds", "kind", &selector.kinds, kinds.collect()),
            ("groups", "group", &selector.groups, groups.collect()),
            ("tags", "tag", &selector.tags, tags.collect()),
            ("ids", "action", &selector.ids, ids.collect()),
        ];
        for (key, what, names, known) in lists {
            for (place, name) in names.iter().enumerate() {
                if !known.contains(name.as_str()) {
                    let mut known: Vec<&str> = known.iter().copied().collect();
                    // The set has no order of its own.
                    known.sort_unstable();
                    let path = self.place_of(names, &path.key(key), place);
                    self.unknown_word(path, what, name, known);
                }
            }
        }
    }

    /// Finds out which actions a selector names today.
    fn counted(&self, selector: &Selector) -> Counted {
        let set = |names: &[String]| names.iter().cloned().collect();
        let named = self.policy.actions.iter().filter(|action| {
            selector.ids.contains(&action.id)
                || selector.kinds.contains(&action.kind)
                || action.group.as_ref().is_some_and(|group| selector.groups.contains(group))
                || action.tags.iter().any(|tag| selector.tags.contains(tag))
        });
        Counted {
            kinds: set(&selector.kinds),
            groups: set(&selector.groups),
            tags: set(&selector.tags),
            ids: set(&selector.ids),
            today: named.map(|action| action.id.clone()).collect(),
        }
    }

    fn activity(&mut self, word: Option<&str>, path: &DocPath) -> Option<ActivityOf> {
        let Some(word) = word else {
            return Some(ActivityOf::Orders);
        };
        let activity = ActivityOf::find(word);
        if activity.is_none() {
            self.unknown_word(path.key("activity"), "activity", word, ActivityOf::WORDS);
        }
        activity
    }

    fn unit(&mut self, word: &str, path: &DocPath) -> Option<TimeUnit> {
        let unit = unit(word);
        if unit.is_none() {
            self.unknown_word(path.key("unit"), "unit", word, ["day", "week"]);
        }
        unit
    }

    /// Reads a length of time that is not empty and not beyond a forecast.
    fn span(&mut self, text: &str, path: DocPath) -> Option<Duration> {
        let help = "write a length such as `12w`";
        match text.parse::<Duration>() {
            Ok(length) if length > MAX_LENGTH => {
                let message = format!("`{text}` is longer than ten years");
                self.error_with_help(code::VALUE, path, message, help);
                None
            }
            Ok(length) if length > Duration::ZERO => Some(length),
            Ok(_) => {
                let message = format!("`{text}` is no time at all");
                self.error_with_help(code::VALUE, path, message, help);
                None
            }
            Err(error) => {
                self.error(code::VALUE, path, error.to_string());
                None
            }
        }
    }
}

fn unit(word: &str) -> Option<TimeUnit> {
    match word {
        "day" => Some(TimeUnit::Day),
        "week" => Some(TimeUnit::Week),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "exact for 285,000 years")]
fn in_days(length: Duration) -> f64 {
    length.as_millis() as f64 / Duration::days(1).as_millis() as f64
}
