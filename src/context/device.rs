//! The device in use.

use serde::Serialize;

use super::AsOf;
use super::record::record;
use crate::time::Timestamp;
use crate::vocabulary::{Environment, FormFactor, Platform};

record! {
    /// What the customer holds in their hands.
    #[derive(Eq, PartialOrd, Ord)]
    Device {
        required {
            /// When this was seen.
            as_of: AsOf,
        }
        optional {
            /// Its shape.
            form_factor: FormFactor,
            /// Its operating system.
            platform: Platform,
            /// What we are seen through.
            environment: Environment,
            /// The version of our app.
            app_version: String,
            /// The language and region it is set to, such as `de-AT`.
            locale: String,
            /// Whether it shows push messages.
            push_enabled: bool,
        }
    }
}

impl Device {
    /// Returns when it was seen, and what tells it from another that was seen
    /// at the same time.
    pub(super) fn version(&self) -> (Timestamp, impl Ord + '_) {
        let kind = (self.form_factor, self.platform, self.environment);
        (self.as_of.newest(), (kind, &self.app_version, &self.locale, self.push_enabled))
    }
}
