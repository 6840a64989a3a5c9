//! What actions have in common, stored and checked once for all that are
//! labelled alike.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::policy::Action;
use crate::vocabulary::{Channel, Purpose};

/// What is said of an action that is said of others, too.
#[derive(Debug)]
pub(crate) struct Labels {
    /// Its place among the labels of a policy.
    pub(crate) place: u32,
    pub(crate) kind: Box<str>,
    pub(crate) tags: Box<[String]>,
    pub(crate) tier: i64,
    pub(crate) channels: Arc<[Channel]>,
    pub(crate) quota: Option<Box<str>>,
    pub(crate) purpose: Purpose,
    pub(crate) paused: bool,
    pub(crate) obeys_limits: bool,
    pub(crate) counts_toward_limits: bool,
    pub(crate) obeys_quiet_hours: bool,
    pub(crate) needs_consent: bool,
    pub(crate) written: WrittenWords,
}

/// Which of the words and switches that have a default are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct WrittenWords {
    pub(crate) purpose: bool,
    pub(crate) status: bool,
    pub(crate) obeys_limits: bool,
    pub(crate) counts_toward_limits: bool,
    pub(crate) obeys_quiet_hours: bool,
    pub(crate) needs_consent: bool,
}

impl WrittenWords {
    pub(super) fn of(action: &Action) -> Self {
        Self {
            purpose: action.purpose.is_some(),
            status: action.status.is_some(),
            obeys_limits: action.obeys_limits.is_some(),
            counts_toward_limits: action.counts_toward_limits.is_some(),
            obeys_quiet_hours: action.obeys_quiet_hours.is_some(),
            needs_consent: action.needs_consent.is_some(),
        }
    }
}

/// A group, and its place among those that actions are in.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) place: u32,
    pub(crate) name: Box<str>,
}

/// What labels are read from.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key<'p> {
    kind: &'p str,
    tags: &'p [String],
    channels: &'p [String],
    /// Purpose, status, quota.
    words: Option<[Option<&'p str>; 3]>,
    tier: i64,
    /// Two bits each: whether it is written, and what.
    switches: u8,
}

impl<'p> Key<'p> {
    fn of(action: &'p Action) -> Self {
        let switches = [
            action.obeys_limits,
            action.counts_toward_limits,
            action.obeys_quiet_hours,
            action.needs_consent,
        ];
        let bits = |switch: Option<bool>| switch.map_or(0, |is_on| 2 | u8::from(is_on));
        let words = [&action.purpose, &action.status, &action.quota];
        let words = words.map(|word| word.as_deref());
        Self {
            kind: &action.kind,
            tags: &action.tags,
            channels: &action.channels,
            words: words.iter().any(Option::is_some).then_some(words),
            tier: action.tier,
            switches: switches.into_iter().fold(0, |all, switch| all << 2 | bits(switch)),
        }
    }
}

/// Only what tells labels apart that are right: of the words of closed sets their
/// length and their beginning.
impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
        for tag in self.tags {
            tag.hash(state);
        }
        let of_word = |word: &str| {
            let first = word.bytes().next().unwrap_or(0);
            u64::from(first) << 8 | word.len() as u64 & 0xff
        };
        let channels = self
            .channels
            .iter()
            .fold(0_u64, |all, channel| all.wrapping_mul(0x1_0001) ^ of_word(channel));
        state.write_u64(channels << 8 | u64::from(self.switches));
        self.tier.hash(state);
        if self.words.is_some() {
            self.words.hash(state);
        }
    }
}

/// The labels and groups of a policy.
#[derive(Default)]
pub(super) struct Labelled<'p> {
    known: HashMap<Key<'p>, Arc<Labels>, ahash::RandomState>,
    groups: HashMap<&'p str, Arc<Group>, ahash::RandomState>,
    pub(super) all: Vec<Arc<Labels>>,
}

impl<'p> Labelled<'p> {
    /// Finds the labels of an action that were checked before, and found right.
    pub(super) fn find(&self, action: &'p Action) -> Option<Arc<Labels>> {
        self.known.get(&Key::of(action)).cloned()
    }

    /// Returns the place of the next labels.
    pub(super) fn next(&self) -> u32 {
        count(self.all.len())
    }

    /// Keeps labels; if they are right, what is labelled alike has them, too.
    pub(super) fn add(
        &mut self,
        action: &'p Action,
        labels: Labels,
        is_right: bool,
    ) -> Arc<Labels> {
        let labels = Arc::new(labels);
        self.all.push(labels.clone());
        if is_right {
            self.known.insert(Key::of(action), labels.clone());
        }
        labels
    }

    /// Returns the group of an action.
    pub(super) fn group(&mut self, action: &'p Action) -> Option<Arc<Group>> {
        let name = action.group.as_deref()?;
        if let Some(known) = self.groups.get(name) {
            return Some(known.clone());
        }
        let group = Arc::new(Group { place: count(self.groups.len()), name: name.into() });
        self.groups.insert(name, group.clone());
        Some(group)
    }

    /// Lists the groups that actions are in, in no order.
    pub(super) fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values().map(|group| &**group)
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
