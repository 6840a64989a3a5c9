//! What was bought or lies in a cart, and what it costs.

use super::Mapping;
use super::amount::Decimal;
use super::original::{Original, Told};
use crate::vocabulary::{Currency, Money};

/// The most categories of one order that are taken over.
const MAX_CATEGORIES: usize = 32;

/// What the fields of a product are called.
pub(super) struct ProductNames {
    pub(super) quantity: &'static str,
    /// What one unit costs, if products say so.
    pub(super) price: Option<&'static str>,
    pub(super) category: fn(&Original<'_>) -> Option<String>,
}

/// What several products come to.
pub(super) struct Basket {
    /// How many units, if every product says so.
    pub(super) units: Option<i64>,
    /// The sum of the prices by quantity, if every product says both.
    pub(super) worth: Option<Decimal>,
    /// The kinds of thing, once each, in the order they come.
    pub(super) categories: Vec<String>,
}

impl Basket {
    /// A basket of which nothing is known.
    const UNKNOWN: Self = Self { units: None, worth: None, categories: Vec::new() };

    /// Reads the products of a list. Without a list nothing is known; an empty
    /// one is an empty basket.
    pub(super) fn read(original: &Original<'_>, path: &str, names: &ProductNames) -> Self {
        if !original.has(path) {
            return Self::UNKNOWN;
        }
        let empty = Self { units: Some(0), worth: Some(Decimal::ZERO), categories: Vec::new() };
        original.list(path).fold(empty, |basket, product| basket.with(&product, names))
    }

    /// Reads products that come one by one. Without any nothing is known.
    pub(super) fn of<'o>(
        mut products: impl Iterator<Item = Original<'o>>,
        names: &ProductNames,
    ) -> Self {
        let Some(first) = products.next() else {
            return Self::UNKNOWN;
        };
        let empty = Self { units: Some(0), worth: Some(Decimal::ZERO), categories: Vec::new() };
        let basket = empty.with(&first, names);
        products.fold(basket, |basket, product| basket.with(&product, names))
    }

    /// Adds a product.
    fn with(mut self, product: &Original<'_>, names: &ProductNames) -> Self {
        let quantity = product.count(names.quantity);
        if quantity == Told::Nothing {
            product.warn(names.quantity, "the quantity is missing, so the units are not known");
        }
        let quantity = quantity.value();
        self.units = self.units.zip(quantity).and_then(|(units, more)| units.checked_add(more));
        let price = names.price.and_then(|path| product.decimal(path).value());
        let line = price.filter(|price| !price.is_negative()).zip(quantity);
        let line = line.and_then(|(price, quantity)| price.times(quantity));
        self.worth = self.worth.zip(line).and_then(|(worth, line)| worth.plus(line));
        if let Some(category) = (names.category)(product) {
            self.belongs_to(product, category);
        }
        self
    }

    fn belongs_to(&mut self, product: &Original<'_>, category: String) {
        if self.categories.contains(&category) {
            return;
        }
        if self.categories.len() == MAX_CATEGORIES {
            product.warn("", format!("only {MAX_CATEGORIES} categories are taken over"));
            return;
        }
        self.categories.push(category);
    }
}

/// Reads the currency at a place, else that of the mapping.
pub(super) fn currency(original: &Original<'_>, path: &str, mapping: &Mapping) -> Option<Currency> {
    let Some(code) = original.text(path) else {
        return mapping.currency.filter(|_| !original.has(path));
    };
    let currency = code.to_ascii_uppercase().parse().ok();
    if currency.is_none() {
        original.warn(path, format!("`{code}` is not a currency of ISO 4217"));
    }
    currency
}

/// Reads an amount of money in the currency that stands beside it.
pub(super) fn money(
    original: &Original<'_>,
    path: &str,
    currency_path: &str,
    mapping: &Mapping,
) -> Told<Money> {
    if !original.has(path) {
        return Told::Nothing;
    }
    money_in(original, path, currency(original, currency_path, mapping))
}

/// Reads an amount of money in a currency; without one it cannot be read.
pub(super) fn money_in(
    original: &Original<'_>,
    path: &str,
    currency: Option<Currency>,
) -> Told<Money> {
    let amount = match original.decimal(path) {
        Told::Nothing => return Told::Nothing,
        Told::Unreadable => return Told::Unreadable,
        Told::Value(amount) => amount,
    };
    let Some(currency) = currency else {
        original.warn(path, "an amount without a known currency is left out");
        return Told::Unreadable;
    };
    match amount.money(currency).filter(|_| !amount.is_negative()) {
        Some(money) => Told::Value(money),
        None => {
            original.warn(path, "the amount is negative, or too large");
            Told::Unreadable
        }
    }
}

/// Reads the category of a product that has one, as a text.
pub(super) fn category(product: &Original<'_>) -> Option<String> {
    product.text("category").map(str::to_owned)
}
