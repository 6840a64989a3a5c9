//! A customer and a request that show something, as plain as they can be.

use std::collections::BTreeSet;

use super::concrete;
use super::words;
use super::world::{Delivered, Element, World, come_together};
use crate::condition::NodeId;
use crate::context::Context;
use crate::decision::Request;
use crate::plan::Plan;
use crate::schema::{FactId, PartId, Presence, Schema};
use crate::vocabulary::Channel;

/// A customer and a request that show what can happen.
///
/// It was tried: the engine decides as it says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Counterexample {
    /// What is known about the customer.
    pub context: Context,
    /// What is asked.
    pub request: Request,
    /// The actions it is about.
    pub actions: Vec<String>,
    /// What is so, in words: one fact an entry.
    pub because: Vec<String>,
    /// Whether it can be written as JSON and read back. Times and numbers that
    /// only a setter takes cannot.
    pub can_be_written: bool,
}

impl Counterexample {
    /// Says in one sentence what is so.
    #[must_use]
    pub fn in_words(&self) -> String {
        self.because.join("; ")
    }
}

/// Makes the context and the request of a world.
pub(super) fn concrete(plan: &Plan, world: &World, otherwise: Channel) -> (Context, Request) {
    let context = concrete::context(world, &plan.schema, plan.currency);
    let request = concrete::request(world, &plan.schema, otherwise);
    (context, request)
}

/// Says what a world shows.
pub(super) fn show(
    plan: &Plan,
    world: &World,
    (context, request): (Context, Request),
    actions: Vec<String>,
    about: &[NodeId],
) -> Counterexample {
    Counterexample {
        because: words::describe(plan, world, &read_by(plan, about)),
        can_be_written: concrete::can_be_written(world, &plan.schema),
        context,
        request,
        actions,
    }
}

/// Lists the facts that conditions read, but those of the request.
fn read_by(plan: &Plan, nodes: &[NodeId]) -> BTreeSet<FactId> {
    let facts = nodes.iter().flat_map(|node| plan.program.facts(*node));
    let is_delivered = |fact: &FactId| {
        let part = plan.schema.part(plan.schema.entry(*fact).part);
        !matches!(part.presence, Presence::Always)
    };
    facts.filter(is_delivered).collect()
}

/// Tells whether a part is not there either where another is not: one that
/// needs certain sources may lack them by itself.
fn goes_with(schema: &Schema, other: PartId, dropped: PartId) -> bool {
    other == dropped
        || schema.part(dropped).sources.is_empty() && come_together(schema, other, dropped)
}

/// Makes a world plainer for as long as it shows the same.
pub(super) fn plainest(
    plan: &Plan,
    mut world: World,
    shows: &mut dyn FnMut(&World) -> bool,
) -> World {
    let mut try_it = |world: &mut World, change: &dyn Fn(&mut World)| {
        let mut plainer = world.clone();
        change(&mut plainer);
        if plainer != *world && shows(&plainer) {
            *world = plainer;
        }
    };
    // Parts that are delivered together are dropped, freshened and told as one.
    let schema = &plan.schema;
    for part in world.parts.keys().copied().collect::<Vec<_>>() {
        try_it(&mut world, &|world| {
            world.parts.retain(|other, _| !goes_with(schema, *other, part));
        });
    }
    for part in world.parts.keys().copied().collect::<Vec<_>>() {
        let change_all = |world: &mut World, change: &dyn Fn(&mut Delivered)| {
            let parts = world.parts.iter_mut();
            let together = parts.filter(|(other, _)| come_together(schema, **other, part));
            together.for_each(|(_, delivered)| change(delivered));
        };
        try_it(&mut world, &|world| change_all(world, &|part| part.fresh = true));
        try_it(&mut world, &|world| change_all(world, &|part| part.told = true));
    }
    for fact in world.stale.iter().copied().collect::<Vec<_>>() {
        try_it(&mut world, &|world| {
            world.stale.remove(&fact);
        });
    }
    for fact in world.newer.iter().copied().collect::<Vec<_>>() {
        try_it(&mut world, &|world| {
            world.newer.remove(&fact);
        });
    }
    for list in world.lists.keys().copied().collect::<Vec<_>>() {
        try_it(&mut world, &|world| {
            world.lists.remove(&list);
        });
        let count = world.lists.get(&list).map_or(0, |listed| listed.elements.len());
        for place in (0..count).rev() {
            try_it(&mut world, &|world| {
                if let Some(listed) = world.lists.get_mut(&list) {
                    listed.elements.remove(place);
                }
            });
        }
        let part = plan.schema.entry(list).part;
        let is_told = world.parts.get(&part).is_none_or(|part| part.told);
        try_it(&mut world, &|world| {
            // Single events never tell everything.
            world.lists.entry(list).and_modify(|listed| listed.complete = is_told);
        });
        let count = world.lists.get(&list).map_or(0, |listed| listed.elements.len());
        for place in 0..count {
            let element = world.lists.get(&list).and_then(|listed| listed.elements.get(place));
            let Some(Element::Record(fields)) = element else { continue };
            for field in fields.keys().copied().collect::<Vec<_>>() {
                try_it(&mut world, &|world| {
                    let listed = world.lists.get_mut(&list);
                    let element = listed.and_then(|listed| listed.elements.get_mut(place));
                    if let Some(Element::Record(fields)) = element {
                        fields.remove(&field);
                    }
                });
            }
        }
    }
    for fact in world.facts.keys().copied().collect::<Vec<_>>() {
        try_it(&mut world, &|world| {
            world.facts.remove(&fact);
        });
    }
    for entry in world.entries.keys().cloned().collect::<Vec<_>>() {
        try_it(&mut world, &|world| {
            world.entries.remove(&entry);
        });
    }
    world
}
