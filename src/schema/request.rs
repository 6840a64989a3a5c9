//! What a request adds to the facts.

use crate::vocabulary::Channel;

/// What a request adds to the facts.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RequestFacts<'a> {
    /// The channel that is asked for.
    pub channel: Channel,
    /// What the customer is about to do, if the caller knows.
    pub intent: Option<&'a str>,
}

impl<'a> RequestFacts<'a> {
    /// Makes the facts of a request on a channel.
    #[must_use]
    pub const fn new(channel: Channel) -> Self {
        Self { channel, intent: None }
    }

    /// Says what the customer is about to do.
    #[must_use]
    pub const fn intent(mut self, intent: &'a str) -> Self {
        self.intent = Some(intent);
        self
    }
}
