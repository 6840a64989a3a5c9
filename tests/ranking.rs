//! Rankings of many actions are those of the general pipeline.
//!
//! Complete decisions take the general pipeline and rankings the index. Random
//! policies are small; this one has boosts on a hundred single actions, scores
//! that are read, and deep conditions.

#![cfg(all(feature = "toml", feature = "json"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "../benches/decide/workload.rs"]
#[allow(dead_code, clippy::expect_used, clippy::indexing_slicing, reason = "benches use it")]
mod workload;

use tactful::context::{Recency, Scores};
use tactful::{Bound, Channel, Context, Decision, Duration, Engine, Request, Scratch};

const LIMITS: [Option<usize>; 6] = [None, Some(0), Some(1), Some(5), Some(64), Some(65)];

fn customers() -> Vec<Context> {
    let now = workload::now();
    let with = |churn, seen| {
        let recency = Recency::new(now).last_seen_at(now - Duration::days(seen)).sessions_30d(4);
        workload::context().scores(Scores::new(now).score("churn", churn)).recency(recency)
    };
    vec![workload::context(), with(0.9, 1), with(0.0, 40), with(2.0, 3), Context::new()]
}

fn ranking(decision: &Decision<'_>) -> Vec<(String, u128)> {
    let placed = decision.recommendations();
    placed.map(|placed| (placed.action().to_owned(), placed.priority().as_product())).collect()
}

#[test]
fn many_actions_rank_the_same_on_every_way() {
    for text in [workload::policy(300), workload::hard_policy(1_000)] {
        let engine = Engine::from_toml(&text).unwrap();
        let mut scratch = Scratch::new();
        let best = engine.decide(&customers()[0], &Request::new(workload::now(), Channel::Web));
        assert!(best.recommendations().len() > 65, "there is something to rank");
        for context in customers() {
            let mut bound = Bound::new(context.clone());
            let complete = Request::new(workload::now(), Channel::Web);
            let whole = engine.decide(&context, &complete);
            let all = ranking(&whole);
            for limit in LIMITS {
                let mut request = complete.clone().ranked_only();
                request.limit = limit;
                let expected = &all[..limit.unwrap_or(all.len()).min(all.len())];
                let plain = engine.decide(&context, &request);
                assert_eq!(ranking(&plain), expected, "limit {limit:?}");
                assert_eq!(plain.valid_until(), whole.valid_until(), "limit {limit:?}");
                let again = engine.decide_with(&mut scratch, &context, &request);
                assert_eq!(ranking(&again), expected, "limit {limit:?}");
                let kept = engine.decide_bound(&mut scratch, &mut bound, &request);
                assert_eq!(ranking(&kept), expected, "limit {limit:?}");
            }
        }
    }
}
