//! A decision as a scenario case: a test that any language can run.

use serde_json::{Map, Value, json};

use super::{Decision, Request};
use crate::context::Context;

/// The keys of a reason that a case compares.
const OF_REASON: [&str; 6] = ["code", "rule", "stage", "channel", "condition", "until"];
/// The keys of a lacking fact.
const OF_FACT: [&str; 4] = ["fact", "code", "age_ms", "max_age_ms"];

impl Decision<'_> {
    /// Writes the decision as a scenario case, as JSON: the context, the
    /// request, and what is decided.
    ///
    /// The format is that of `tests/scenarios`, which every language runs. So a
    /// counterexample becomes a test once the policy is mended: decide it again
    /// and keep the case. `policy` is where the case finds the policy.
    ///
    /// # Examples
    ///
    /// ```
    /// use tactful::{Channel, Context, Engine, Request};
    ///
    /// let engine = Engine::from_toml(include_str!("../../examples/policies/promises.toml"))?;
    /// let request = Request::new("2026-03-10T15:00:30Z".parse()?, Channel::Web);
    /// let decision = engine.decide(&Context::new(), &request);
    /// let case = decision.to_case(
    ///     "nothing_known",
    ///     "nothing is sold while support is unknown",
    ///     "policies/promises.toml",
    ///     &Context::new(),
    ///     &request,
    /// );
    /// assert!(case.contains("opening-hours"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_case(
        &self,
        name: &str,
        about: &str,
        policy: &str,
        context: &Context,
        request: &Request,
    ) -> String {
        let decided: Value = serde_json::from_str(&self.to_json()).unwrap_or_default();
        let mut expect = Map::new();
        let list = |key: &str| decided.get(key).and_then(Value::as_array).into_iter().flatten();
        let placed = list("recommendations").map(|placed| recommended(placed, request));
        expect.insert("recommendations".to_owned(), placed.collect());
        let withheld = list("withheld").filter_map(|account| {
            let action = account.get("action")?.as_str()?.to_owned();
            Some((action, withheld(account)))
        });
        expect.insert("withheld".to_owned(), Value::Object(withheld.collect()));
        for key in ["holdouts", "ghosts", "reservations", "valid_until"] {
            let value = decided.get(key).cloned().unwrap_or_default();
            let is_empty = match &value {
                Value::Array(items) => items.is_empty(),
                Value::Object(items) => items.is_empty(),
                _ => false,
            };
            if !is_empty {
                expect.insert(key.to_owned(), value);
            }
        }
        let case = json!({
            "name": name,
            "about": about,
            "policy": policy,
            "context": context,
            "request": request,
            "expect": expect,
        });
        // Nothing in a case can fail to be written: the keys are strings.
        serde_json::to_string_pretty(&case).unwrap_or_default()
    }
}

fn recommended(placed: &Value, request: &Request) -> Value {
    let mut kept = only(placed, &["action", "slot", "tier", "priority"]);
    let get = |key: &str| placed.get(key).cloned().unwrap_or_default();
    if get("channel") != json!(request.channel) {
        kept.insert("channel".to_owned(), get("channel"));
    }
    if get("treatment") != Value::Null {
        kept.insert("treatment".to_owned(), get("treatment"));
    }
    if get("forced") == Value::Bool(true) {
        kept.insert("forced".to_owned(), get("forced"));
    }
    let passed_over = reasons(placed, "passed_over");
    if passed_over != json!([]) {
        kept.insert("passed_over".to_owned(), passed_over);
    }
    Value::Object(kept)
}

fn withheld(account: &Value) -> Value {
    let mut kept = only(account, &["verdict", "priority", "until"]);
    kept.insert("reasons".to_owned(), reasons(account, "reasons"));
    Value::Object(kept)
}

fn reasons(of: &Value, key: &str) -> Value {
    let reasons = of.get(key).and_then(Value::as_array).into_iter().flatten();
    let reason = |reason: &Value| {
        let mut kept = only(reason, &OF_REASON);
        kept.retain(|key, value| key == "until" || *value != Value::Null);
        let facts = reason.get("facts").and_then(Value::as_array).into_iter().flatten();
        // The facts that are known are not compared.
        let lacking = facts.filter(|fact| fact.get("code").is_some_and(Value::is_number));
        let lacking: Vec<Value> = lacking
            .map(|fact| {
                let mut kept = only(fact, &OF_FACT);
                kept.retain(|_, value| *value != Value::Null);
                Value::Object(kept)
            })
            .collect();
        if !lacking.is_empty() {
            kept.insert("facts".to_owned(), Value::Array(lacking));
        }
        Value::Object(kept)
    };
    reasons.map(reason).collect()
}

fn only(value: &Value, keys: &[&str]) -> Map<String, Value> {
    let entry = |key: &&str| ((*key).to_owned(), value.get(*key).cloned().unwrap_or_default());
    keys.iter().map(entry).collect()
}
