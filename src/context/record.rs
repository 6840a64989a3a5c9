//! How the records of a context are declared: fields, setters and JSON at once.

use std::collections::BTreeMap;

use crate::time::Timestamp;
use crate::vocabulary::Channel;

/// One entry of a [`List`](super::List): what identifies it, which version of
/// it is the newest, and what the cap of a list keeps.
pub trait Record: Clone + Ord {
    /// How many entries a list keeps; the newest ones, marked partial.
    const CAP: usize = 256;
    /// Whether entries are nothing but what they say, and have no versions.
    const IS_SET: bool = true;

    /// Returns when the entry last changed and what identifies it.
    ///
    /// A list over its cap keeps the entries that are greatest in this order.
    fn recency(&self) -> (Timestamp, &str);

    /// Returns what tells one thing from another, if there are versions of it.
    fn key(&self) -> Key<'_> {
        Key::Content
    }

    /// Takes in another version: the newer one holds, and of equally new ones
    /// the one that is greater in the order of their content.
    ///
    /// Tells whether this changed anything.
    fn join(&mut self, other: &Self) -> bool {
        let is_newer = (other.recency().0, other) > (self.recency().0, &*self);
        if is_newer {
            self.clone_from(other);
        }
        is_newer
    }

    /// Takes in the next older entry, where the two are one; tells whether
    /// they are.
    fn absorb(&mut self, _older: &Self) -> bool {
        false
    }
}

/// What tells one thing from another among versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Key<'a> {
    /// All that the entry says.
    Content,
    /// Its id.
    Id(&'a str),
    /// Where and when it began.
    Begun(Channel, Timestamp),
}

/// When fields were last said, where that is not when their part was.
pub(super) type Dates = BTreeMap<String, Timestamp>;

/// Declares a record with public fields, a constructor and setters.
///
/// `required` fields are the arguments of `new`; an `optional` field that is
/// absent or null reads as unknown; a `defaulted` one knows how to be unknown
/// by itself. `dated` fields are optional ones that each have a time of their
/// own, so that what was said last about each of them holds.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident {
            required { $($(#[$req_doc:meta])* $req:ident: $req_type:ty,)* }
            optional { $($(#[$opt_doc:meta])* $opt:ident: $opt_type:ty,)* }
            $(defaulted { $($(#[$def_doc:meta])* $def:ident: $def_type:ty,)* })?
            $(dated { $($(#[$dat_doc:meta])* $dat:ident: $dat_type:ty,)* })?
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
            $($($(#[$dat_doc])*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub $dat: Option<$dat_type>,)*
            /// When fields were last said, by name, where that is another time
            /// than `as_of`. Events and merging write it.
            #[serde(default, skip_serializing_if = "crate::context::part::is_unknown",
                deserialize_with = "crate::object::unique")]
            pub dated: std::collections::BTreeMap<String, Timestamp>,)?
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
                    $($($dat: None,)* dated: std::collections::BTreeMap::new(),)?
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
            $($(
                #[doc = concat!("Sets [`", stringify!($dat), "`](Self#structfield.", stringify!($dat), ").")]
                #[must_use]
                pub fn $dat(mut self, value: impl Into<$dat_type>) -> Self {
                    self.$dat = Some(value.into());
                    self
                }
            )*)?
        }

        impl crate::context::memory::Footprint for $name {
            #[allow(unused_mut, reason = "the root has no required field, some parts nothing else")]
            fn heap_bytes(&self) -> usize {
                let mut bytes = 0;
                $(bytes += self.$req.heap_bytes();)*
                $(bytes += self.$opt.heap_bytes();)*
                $($(bytes += self.$def.heap_bytes();)*)?
                $($(bytes += self.$dat.heap_bytes();)* bytes += self.dated.heap_bytes();)?
                bytes
            }

            fn is_plausible(&self) -> bool {
                let mut is_plausible = true;
                $(is_plausible &= crate::context::memory::Footprint::is_plausible(&self.$req);)*
                $(is_plausible &= crate::context::memory::Footprint::is_plausible(&self.$opt);)*
                $($(is_plausible &= crate::context::memory::Footprint::is_plausible(&self.$def);)*)?
                $($(is_plausible &= crate::context::memory::Footprint::is_plausible(&self.$dat);)*)?
                is_plausible
            }
        }

        $(impl crate::context::merge::Dated for $name {
            fn join_dated(
                &mut self,
                other: &Self,
                moments: crate::context::merge::Moments,
            ) -> crate::context::list::Added {
                const FIELDS: &[&str] = &[$(stringify!($dat),)*];
                let mut said = crate::context::list::Added::Duplicate;
                $(said = said.max(crate::context::merge::join_field(
                    stringify!($dat),
                    (&mut self.$dat, &mut self.dated),
                    (&other.$dat, &other.dated),
                    moments,
                ));)*
                self.dated.retain(|name, _| FIELDS.contains(&name.as_str()));
                said
            }
        })?
    };
}

pub(crate) use record;
