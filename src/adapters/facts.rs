//! Facts under free names: traits, and fields of evaluation contexts.

use serde_json::Value;

use super::original::Original;
use crate::context::Attribute;

/// Reads the value of an attribute, if it is of a type that attributes have.
pub(super) fn attribute(field: &Original<'_>) -> Option<Attribute> {
    Some(match field.raw() {
        Value::Null => return None,
        Value::Bool(flag) => Attribute::Bool(*flag),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Attribute::Int(whole),
            (None, Some(double)) if double.is_finite() => Attribute::Double(double),
            _ => {
                field.warn("", "the number is too large");
                return None;
            }
        },
        Value::String(_) => Attribute::Text(field.text("")?.to_owned()),
        Value::Array(texts) if texts.iter().all(Value::is_string) => {
            let texts = field.list("").filter_map(|one| one.text("").map(str::to_owned));
            Attribute::Texts(texts.collect())
        }
        Value::Array(_) | Value::Object(_) => {
            field.warn("", "expected a truth value, a number, a text or a list of texts");
            return None;
        }
    })
}
