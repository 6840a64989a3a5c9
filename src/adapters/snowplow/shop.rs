//! Actions of e-commerce.

use super::super::Mapping;
use super::super::goods::{self, Basket, ProductNames};
use super::super::original::{Original, Told};
use super::entities;
use crate::context::{Cart, Change, Event, Interaction, Order, Refund, View};
use crate::error::Error;
use crate::vocabulary::{OrderStatus, Outcome};

const PRODUCT: ProductNames =
    ProductNames { quantity: "quantity", price: None, category: goods::category };

/// Tells what an action says, and whether the customer was there.
pub(super) fn tell(
    kind: &str,
    whole: &Original<'_>,
    event: &mut Event,
    mapping: &Mapping,
) -> Result<bool, Error> {
    match kind {
        "transaction" => order(whole, event, mapping)?,
        "refund" => {
            refund(whole, event, mapping)?;
            return Ok(false);
        }
        "product_view" => views(whole, event),
        "checkout_step" => cart(whole, event, mapping),
        "promo_view" => promotions(Outcome::Impression, whole, event, mapping),
        "promo_click" => promotions(Outcome::Click, whole, event, mapping),
        "add_to_cart" | "remove_from_cart" | "list_view" | "list_click" | "trns_error" => {}
        other => {
            whole.warn("action.type", format!("`{other}` is not a known action"));
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns the first of the entities of several names, or what is wrong.
fn required<'o>(whole: &Original<'o>, names: &[&str]) -> Result<Original<'o>, Error> {
    let mut found = names.iter().flat_map(|name| entities::shop(whole, name));
    let missing = names.first().copied().unwrap_or_default();
    found.next().ok_or_else(|| whole.error(missing, "the entity is missing"))
}

fn order(whole: &Original<'_>, event: &mut Event, mapping: &Mapping) -> Result<(), Error> {
    let transaction = required(whole, &["transaction"])?;
    let id = transaction.required_id(&["transaction_id"], "order")?;
    let mut order = Order::new(id, event.at).updated_at(event.at).status(OrderStatus::Placed);
    let total = transaction.first(&["revenue", "total"]).unwrap_or("revenue");
    order.total = goods::money(&transaction, total, "currency", mapping).value();
    let basket = Basket::of(entities::shop(whole, "product"), &PRODUCT);
    order.units = match transaction.count("total_quantity") {
        Told::Nothing => basket.units,
        told => told.value(),
    };
    order.categories = Some(basket.categories).filter(|categories| !categories.is_empty());
    order.channel = super::channel(whole);
    event.changes.push(Change::Order(order));
    Ok(())
}

fn refund(whole: &Original<'_>, event: &mut Event, mapping: &Mapping) -> Result<(), Error> {
    let entity = required(whole, &["refund", "transaction"])?;
    let id = entity.required_id(&["transaction_id"], "order")?;
    match goods::money(&entity, "refund_amount", "currency", mapping) {
        Told::Value(amount) => {
            event.changes.push(Change::Refund(Refund::new(id, event.at).amount(amount)));
        }
        Told::Nothing => entity.warn("refund_amount", "how much was refunded is missing"),
        Told::Unreadable => {}
    }
    Ok(())
}

fn views(whole: &Original<'_>, event: &mut Event) {
    for product in entities::shop(whole, "product") {
        let mut view = View::new(event.at);
        view.product_id = product.id("id");
        view.category = product.text("category").map(str::to_owned);
        if view.product_id.is_some() || view.category.is_some() {
            event.changes.push(Change::View(view));
        }
    }
}

/// Tells what lies in the cart, if its products are listed with quantities.
fn cart(whole: &Original<'_>, event: &mut Event, mapping: &Mapping) {
    let Some(units) = Basket::of(entities::shop(whole, "product"), &PRODUCT).units else {
        whole.warn("product", "the cart is not known without products and quantities");
        return;
    };
    let mut cart = Cart::new(units, event.at).checkout_started_at(event.at);
    let entity = entities::shop(whole, "cart").next();
    cart.value =
        entity.and_then(|entity| goods::money(&entity, "total_value", "currency", mapping).value());
    event.changes.push(Change::Cart(cart));
}

fn promotions(outcome: Outcome, whole: &Original<'_>, event: &mut Event, mapping: &Mapping) {
    let before = event.changes.len();
    for promotion in entities::shop(whole, "promotion") {
        let Some(id) = promotion.id("id") else {
            continue;
        };
        let mut interaction = Interaction::new(mapping.action_of(&id), outcome, event.at);
        interaction.channel = super::channel(whole);
        event.changes.push(Change::Interaction(interaction));
    }
    if event.changes.len() == before {
        whole.warn("promotion.id", "which promotion it was, is missing");
    }
}
