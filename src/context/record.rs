//! How the records of a context are declared: fields, setters and JSON at once.

/// Declares a record with public fields, a constructor and setters.
///
/// `required` fields are the arguments of `new`; an `optional` field that is
/// absent or null reads as unknown; a `defaulted` one knows how to be unknown
/// by itself. `dated` fields are optional ones that each have a time of their
/// own, so that what was said last about each of them holds. Functions of
/// [`read`](super::read) bring what was read into its one form.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident $(settled by [$($settle:path),+])? {
            required { $($(#[$req_doc:meta])* $req:ident: $req_type:ty,)* }
            optional { $($(#[$opt_doc:meta])* $opt:ident: $opt_type:ty,)* }
            $(defaulted { $($(#[$def_doc:meta])* $def:ident: $def_type:ty,)* })?
            $(dated { $($(#[$dat_doc:meta])* $dat:ident: $dat_type:ty,)* })?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(remote = "Self")]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$req_doc])* pub $req: $req_type,)*
            $($(#[$opt_doc])*
            #[serde(skip_serializing_if = "Option::is_none")]
            pub $opt: Option<$opt_type>,)*
            $($($(#[$def_doc])*
            #[serde(skip_serializing_if = "crate::context::part::is_unknown")]
            pub $def: $def_type,)*)?
            $($($(#[$dat_doc])*
            #[serde(skip_serializing_if = "Option::is_none")]
            pub $dat: Option<$dat_type>,)*
            /// When fields were last said, by name, where that is not when the
            /// whole was. Events and merging write it.
            #[serde(skip_serializing_if = "crate::context::part::is_unknown")]
            pub dated: std::collections::BTreeMap<String, Timestamp>,)?
        }

        const _: () = {
            use crate::object::Fields;

            #[allow(non_camel_case_types, reason = "they are named as the fields")]
            enum At { $($req,)* $($opt,)* $($($def,)*)? $($($dat,)* dated)? }

            impl Fields for $name {
                const NAMES: &'static [&'static str] = &[
                    $(stringify!($req),)* $(stringify!($opt),)*
                    $($(stringify!($def),)*)? $($(stringify!($dat),)* "dated")?
                ];

                fn place(name: &str) -> Option<usize> {
                    let found = match name {
                        $(stringify!($req) => At::$req,)*
                        $(stringify!($opt) => At::$opt,)*
                        $($(stringify!($def) => At::$def,)*)?
                        $($(stringify!($dat) => At::$dat,)*
                        "dated" => At::dated,)?
                        _ => return None,
                    };
                    Some(found as usize)
                }
            }

            impl crate::object::Blank for $name {
                fn blank() -> Self {
                    Self {
                        $($req: crate::object::Blank::blank(),)*
                        $($opt: None,)*
                        $($($def: Default::default(),)*)?
                        $($($dat: None,)* dated: std::collections::BTreeMap::new(),)?
                    }
                }
            }

            impl<'de> crate::object::FromEntries<'de> for $name {
                fn from_entries<A: serde::de::MapAccess<'de>>(entries: A) -> Result<Self, A::Error> {
                    // In place: to collect the values and then move them together takes longer.
                    let mut read = <Self as crate::object::Blank>::blank();
                    read.read_entries(entries)?;
                    Ok(read)
                }

                fn read_entries<A: serde::de::MapAccess<'de>>(&mut self, mut entries: A) -> Result<(), A::Error> {
                    use serde::de::Error;

                    const { assert!(Self::NAMES.len() <= 32, "there is a bit for each name") };
                    let mut seen = 0_u32;
                    let place_of = || crate::object::Place::<Self>(std::marker::PhantomData);
                    while let Some(place) = entries.next_key_seed(place_of())? {
                        if seen & (1 << place) != 0 {
                            let name = Self::NAMES.get(place).copied().unwrap_or_default();
                            return Err(A::Error::duplicate_field(name));
                        }
                        seen |= 1 << place;
                        $(if place == At::$req as usize {
                            entries.next_value_seed(crate::object::Over(&mut self.$req))?;
                            continue;
                        })*
                        $(if place == At::$opt as usize {
                            crate::object::Field::read_next(&mut self.$opt, &mut entries)?;
                            continue;
                        })*
                        $($(if place == At::$def as usize {
                            crate::object::Field::read_next(&mut self.$def, &mut entries)?;
                            continue;
                        })*)?
                        $($(if place == At::$dat as usize {
                            crate::object::Field::read_next(&mut self.$dat, &mut entries)?;
                            continue;
                        })*
                        if place == At::dated as usize {
                            crate::object::Field::read_next(&mut self.dated, &mut entries)?;
                        })?
                    }
                    $(if seen & (1 << At::$req as usize) == 0 {
                        return Err(A::Error::missing_field(stringify!($req)));
                    })*
                    $(if seen & (1 << At::$opt as usize) == 0 {
                        self.$opt = None;
                    })*
                    $($(if seen & (1 << At::$def as usize) == 0 {
                        crate::object::Field::forget(&mut self.$def);
                    })*)?
                    $($(if seen & (1 << At::$dat as usize) == 0 {
                        self.$dat = None;
                    })*
                    // To clear what is empty takes longer than to ask.
                    if seen & (1 << At::dated as usize) == 0 && !self.dated.is_empty() {
                        self.dated.clear();
                    })?
                    $($($settle(self).map_err(A::Error::custom)?;)+)?
                    Ok(())
                }
            }
        };

        crate::object::from_entries!($name);

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

        impl crate::context::footprint::Footprint for $name {
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
                $(is_plausible &= crate::context::footprint::Footprint::is_plausible(&self.$req);)*
                $(is_plausible &= crate::context::footprint::Footprint::is_plausible(&self.$opt);)*
                $($(is_plausible &= crate::context::footprint::Footprint::is_plausible(&self.$def);)*)?
                $($(is_plausible &= crate::context::footprint::Footprint::is_plausible(&self.$dat);)*
                is_plausible &= crate::context::footprint::Footprint::is_plausible(&self.dated);)?
                is_plausible
            }
        }

        $(impl crate::context::dated::Dated for $name {
            fn join_dated(
                &mut self,
                other: &Self,
                moments: crate::context::dated::Moments,
            ) -> crate::context::entry::Added {
                const FIELDS: &[&str] = &[$(stringify!($dat),)*];
                let mut said = crate::context::entry::Added::Duplicate;
                $(said = said.max(crate::context::dated::join_field(
                    stringify!($dat),
                    (&mut self.$dat, &mut self.dated),
                    other.$dat.as_ref().map(|said| {
                        let date = other.dated.get(stringify!($dat)).copied();
                        (date.unwrap_or(moments.theirs), said)
                    }),
                    moments,
                ));)*
                self.dated.retain(|name, _| FIELDS.contains(&name.as_str()));
                said
            }

            fn misdated(&self) -> Option<&str> {
                let says_something = |name: &str| {
                    $((name == stringify!($dat) && self.$dat.is_some()) ||)* false
                };
                self.dated.keys().map(String::as_str).find(|name| !says_something(name))
            }
        }

        impl crate::context::dated::Covers for $name {
            fn covers_dated(&self, other: &Self, moments: crate::context::dated::Moments) -> bool {
                true $(&& crate::context::dated::covers_field(
                    stringify!($dat),
                    (&self.$dat, &self.dated, moments.mine),
                    (&other.$dat, &other.dated, moments.theirs),
                ))*
            }
        })?
    };
}

pub(crate) use record;
