//! Orders, refunds, carts and products.

use super::super::goods::{self, Basket, ProductNames};
use super::super::original::{Original, Told};
use super::super::{Mapping, mapping as names};
use super::kind::Kind;
use super::surroundings;
use crate::context::{Cart, Change, Event, Order, Refund, View};
use crate::error::Error;
use crate::vocabulary::{Money, OrderStatus};

const PRODUCT: ProductNames =
    ProductNames { quantity: "quantity", price: Some("price"), category: goods::category };

pub(super) fn order(
    kind: Kind,
    message: &Original<'_>,
    properties: &Original<'_>,
    event: &mut Event,
    mapping: &Mapping,
) -> Result<(), Error> {
    let id = properties.required_id(&["order_id"], "order")?;
    let mut order = Order::new(id, placed_at(kind, properties, event)).updated_at(event.at);
    order.status = status(kind, properties, mapping);
    order.total = goods::money(properties, "total", "currency", mapping).value();
    if !properties.has("total") && properties.has("revenue") {
        properties.warn("revenue", "it is without tax and shipping: send `total`, which was paid");
    }
    let basket = Basket::read(properties, "products", &PRODUCT);
    order.units = basket.units;
    order.categories = Some(basket.categories).filter(|categories| !categories.is_empty());
    order.promised_at = properties.time("promised_at");
    order.delivered_at = properties.time("delivered_at");
    if kind == Kind::OrderCompleted {
        order.channel = surroundings::channel(message);
    }
    event.changes.push(Change::Order(order));
    // What was checked out does not lie in the cart any more.
    if kind == Kind::OrderCompleted && properties.first(&["checkout_id", "cart_id"]).is_some() {
        event.changes.push(Change::Cart(Cart::new(0, event.at)));
    }
    Ok(())
}

/// Reads when an order was placed: as it is completed, or as it says. Of
/// others it is known that they were placed by now.
fn placed_at(kind: Kind, properties: &Original<'_>, event: &Event) -> crate::time::Timestamp {
    let said = || properties.time("placed_at").filter(|time| *time <= event.at);
    let said = if kind == Kind::OrderCompleted { None } else { said() };
    said.unwrap_or(event.at)
}

fn status(kind: Kind, properties: &Original<'_>, mapping: &Mapping) -> Option<OrderStatus> {
    match kind {
        Kind::OrderCompleted => Some(OrderStatus::Placed),
        Kind::OrderCancelled => Some(OrderStatus::Cancelled),
        _ => {
            let state = properties.word("status")?;
            let status = names::order_status(mapping, &state);
            if status.is_none() {
                let message = format!("the state `{state}` is not known: add it to `order_states`");
                properties.warn("status", message);
            }
            status
        }
    }
}

/// Tells of a refund: of the whole order, where neither an amount nor products
/// are listed.
/// What a refund bears that is of a part of an order.
const OF_A_PART: [&str; 4] = ["products", "revenue", "value", "amount"];

pub(super) fn refund(
    properties: &Original<'_>,
    event: &mut Event,
    mapping: &Mapping,
) -> Result<(), Error> {
    let mut refund = Refund::new(properties.required_id(&["order_id"], "order")?, event.at);
    refund.id = properties.id("refund_id");
    refund.amount = match goods::money(properties, "total", "currency", mapping) {
        Told::Value(amount) => Some(amount),
        Told::Nothing if !OF_A_PART.iter().any(|key| properties.has(key)) => None,
        Told::Nothing => {
            properties.warn("total", "a part without its amount: how much was refunded?");
            return Ok(());
        }
        // Without its amount it would be a refund of everything.
        Told::Unreadable => return Ok(()),
    };
    event.changes.push(Change::Refund(refund));
    Ok(())
}

pub(super) fn view(properties: &Original<'_>, event: &mut Event) {
    let mut view = View::new(event.at);
    view.product_id = properties.first(&["product_id", "sku"]).and_then(|path| properties.id(path));
    view.category = properties.text("category").map(str::to_owned);
    if view.product_id.is_some() || view.category.is_some() {
        event.changes.push(Change::View(view));
    }
}

/// Tells what lies in the cart, if every product says how many of it.
pub(super) fn cart(kind: Kind, properties: &Original<'_>, event: &mut Event, mapping: &Mapping) {
    let basket = Basket::read(properties, "products", &PRODUCT);
    let Some(units) = basket.units else {
        properties.warn("products", "the cart is not known without products and quantities");
        return;
    };
    let mut cart = Cart::new(units, event.at);
    cart.value = value(properties, &basket, mapping);
    if kind == Kind::CheckoutStarted {
        cart.checkout_started_at = Some(event.at);
    }
    event.changes.push(Change::Cart(cart));
}

/// Reads what a cart is worth: as it says, or by the prices of its products.
fn value(properties: &Original<'_>, basket: &Basket, mapping: &Mapping) -> Option<Money> {
    let path = properties.first(&["value", "total"]);
    if let Some(path) = path {
        return goods::money(properties, path, "currency", mapping).value();
    }
    let worth = basket.worth.filter(|_| basket.units > Some(0))?;
    worth.money(goods::currency(properties, "currency", mapping)?)
}
