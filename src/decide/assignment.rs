//! Which holdouts leave the customer out.

use crate::check::CheckedHoldout;
use crate::context::Context;
use crate::decision::Assignment;
use crate::hash::bucket;
use crate::plan::{HoldoutId, Plan};

/// Assigns the customer to every holdout of the policy.
pub(super) fn assignments<'a>(
    plan: &'a Plan,
    context: &'a Context,
) -> impl Iterator<Item = Assignment> + use<'a> {
    let assign = move |(id, holdout): (u32, &CheckedHoldout)| {
        let unit = context.user_id.as_deref();
        let bucket = unit.map(|unit| bucket(&holdout.salt, holdout.version, unit));
        let is_held_out = bucket.is_some_and(|bucket| bucket < holdout.buckets);
        Assignment { holdout: HoldoutId(id), bucket, is_held_out }
    };
    (0..).zip(&plan.holdouts).map(assign)
}
