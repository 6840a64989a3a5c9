//! The device in use.

use serde::{Deserialize, Serialize};

use super::AsOf;
use super::record::record;
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
