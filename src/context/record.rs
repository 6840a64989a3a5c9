//! How the records of a context are declared: fields, setters and JSON at once.

use crate::time::Timestamp;

/// One entry of a [`List`](super::List): what its cap keeps and drops.
pub trait Record {
    /// How many entries a list keeps; the newest ones, marked partial.
    const CAP: usize = 256;

    /// Returns when the entry last changed and what identifies it.
    ///
    /// A list over its cap keeps the entries that are greatest in this order.
    fn recency(&self) -> (Timestamp, &str);
}

/// Declares a record with public fields, a constructor and setters.
///
/// `required` fields are the arguments of `new`; an `optional` field that is
/// absent or null reads as unknown; a `defaulted` one knows how to be unknown
/// by itself.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident {
            required { $($(#[$req_doc:meta])* $req:ident: $req_type:ty,)* }
            optional { $($(#[$opt_doc:meta])* $opt:ident: $opt_type:ty,)* }
            $(defaulted { $($(#[$def_doc:meta])* $def:ident: $def_type:ty,)* })?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, remote = "Self")]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$req_doc])* pub $req: $req_type,)*
            $($(#[$opt_doc])*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub $opt: Option<$opt_type>,)*
            $($($(#[$def_doc])*
            #[serde(default, skip_serializing_if = "crate::context::part::is_unknown")]
            pub $def: $def_type,)*)?
        }

        crate::object::object!($name);

        impl $name {
            /// Makes one in which everything that is not given is unknown.
            #[must_use]
            #[allow(clippy::new_without_default, reason = "only a record without required fields has a default")]
            pub fn new($($req: impl Into<$req_type>),*) -> Self {
                Self {
                    $($req: $req.into(),)*
                    $($opt: None,)*
                    $($($def: Default::default(),)*)?
                }
            }

            $(
                #[doc = concat!("Sets [`", stringify!($opt), "`](Self#structfield.", stringify!($opt), ").")]
                #[must_use]
                pub fn $opt(mut self, value: impl Into<$opt_type>) -> Self {
                    self.$opt = Some(value.into());
                    self
                }
            )*
            $($(
                #[doc = concat!("Sets [`", stringify!($def), "`](Self#structfield.", stringify!($def), ").")]
                #[must_use]
                pub fn $def(mut self, value: impl Into<$def_type>) -> Self {
                    self.$def = value.into();
                    self
                }
            )*)?
        }
    };
}

pub(crate) use record;
