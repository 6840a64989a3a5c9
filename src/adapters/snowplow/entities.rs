//! Entities of an event, wherever they stand.

use super::super::original::Original;

const SHOP: &str = "com_snowplowanalytics_snowplow_ecommerce";

/// Returns the action of e-commerce, if the event is one.
pub(super) fn action<'o>(whole: &Original<'o>) -> Option<Original<'o>> {
    let flat = format!("unstruct_event_{SHOP}_snowplow_ecommerce_action");
    let path = versioned(whole, &flat).next();
    let described = || {
        let event = whole.at("unstruct_event.data")?;
        is_of(&event, SHOP, "snowplow_ecommerce_action").then(|| event.at("data"))?
    };
    whole.object("action").or_else(|| whole.at(path?)).or_else(described)
}

/// Returns the entities of e-commerce of a name.
pub(super) fn shop<'o>(whole: &Original<'o>, name: &str) -> impl Iterator<Item = Original<'o>> {
    let plural = if name == "product" { "products" } else { name };
    let path = [plural, name].into_iter().find(|path| whole.has(path)).unwrap_or_default();
    let named = if path.is_empty() { None } else { Some(whole.list(path)) };
    named.into_iter().flatten().chain(of(whole, SHOP, name))
}

/// Returns the entities of a vendor and a name.
pub(super) fn of<'o>(
    whole: &Original<'o>,
    vendor: &str,
    name: &str,
) -> impl Iterator<Item = Original<'o>> {
    let flat: Vec<_> = versioned(whole, &format!("contexts_{vendor}_{name}"))
        .map(|path| whole.list(path))
        .collect();
    let (vendor, name) = (vendor.to_owned(), name.to_owned());
    let described = whole
        .list("contexts.data")
        .filter(move |entity| is_of(entity, &vendor, &name))
        .filter_map(|entity| entity.at("data"));
    flat.into_iter().flatten().chain(described)
}

/// Returns the keys of a name, followed by the version of its schema.
fn versioned<'o>(whole: &Original<'o>, name: &str) -> impl Iterator<Item = &'o str> {
    let beginning = format!("{name}_");
    whole.keys().filter(move |key| {
        let version = key.strip_prefix(beginning.as_str()).unwrap_or_default();
        !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Tells whether what describes itself is of a vendor and a name:
/// `iglu:com.snowplowanalytics.snowplow.ecommerce/product/jsonschema/1-0-0`.
fn is_of(described: &Original<'_>, vendor: &str, name: &str) -> bool {
    let Some(schema) = described.text("schema") else {
        return false;
    };
    let schema = schema.strip_prefix("iglu:").unwrap_or(schema);
    let mut parts = schema.split('/');
    let of_vendor = parts.next().is_some_and(|part| part.replace('.', "_") == vendor);
    of_vendor && parts.next() == Some(name)
}
