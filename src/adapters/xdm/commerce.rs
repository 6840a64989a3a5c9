//! Orders, refunds, carts and products.

use super::super::Mapping;
use super::super::goods::{self, Basket, ProductNames};
use super::super::original::{Original, Told};
use crate::context::{Cart, Change, Event, Order, Refund, View};
use crate::error::Error;
use crate::vocabulary::{Channel, OrderStatus};

const PRODUCTS: &str = "productListItems";
const CURRENCY: &str = "commerce.order.currencyCode";

/// Products say what their line costs, not each unit, so their worth is not
/// summed up here.
const PRODUCT: ProductNames = ProductNames { quantity: "quantity", price: None, category };

fn order_id(whole: &Original<'_>) -> Result<String, Error> {
    let ids = ["commerce.order.purchaseID", "commerce.order.purchaseOrderNumber"];
    whole.required_id(&ids, "order")
}

/// Tells how an order stands.
pub(super) fn order(
    whole: &Original<'_>,
    event: &mut Event,
    mapping: &Mapping,
    status: Option<OrderStatus>,
) -> Result<(), Error> {
    let created = whole.time("commerce.order.createdDate").filter(|time| *time <= event.at);
    let mut order = Order::new(order_id(whole)?, created.unwrap_or(event.at)).updated_at(event.at);
    order.status = status;
    order.total = goods::money(whole, "commerce.order.priceTotal", CURRENCY, mapping).value();
    let basket = Basket::read(whole, PRODUCTS, &PRODUCT);
    order.units = basket.units;
    order.categories = Some(basket.categories).filter(|categories| !categories.is_empty());
    order.channel = match whole.word("environment.type").as_deref() {
        Some("browser") => Some(Channel::Web),
        Some("application") => Some(Channel::InApp),
        _ => None,
    };
    let is_new = status == Some(OrderStatus::Placed);
    event.changes.push(Change::Order(order));
    // What was checked out does not lie in the cart any more.
    if is_new && whole.has("commerce.cart.cartID") {
        event.changes.push(Change::Cart(Cart::new(0, event.at)));
    }
    Ok(())
}

/// Returns the category of a product: the first, which is the main one.
fn category(product: &Original<'_>) -> Option<String> {
    let category = product.list("productCategories").next()?;
    category.first(&["categoryName", "categoryID"]).and_then(|path| category.id(path))
}

/// Tells of the refunds of an order, one by one.
pub(super) fn refunds(
    whole: &Original<'_>,
    event: &mut Event,
    mapping: &Mapping,
) -> Result<(), Error> {
    let order = order_id(whole)?;
    let Some(path) = whole.first(&["commerce.order.refunds", "commerce.refunds"]) else {
        whole.warn("commerce.order.refunds", "how much was refunded is missing");
        return Ok(());
    };
    for place in whole.list(path) {
        let currency = match place.has("currencyCode") {
            true => goods::currency(&place, "currencyCode", mapping),
            false => goods::currency(whole, CURRENCY, mapping),
        };
        let amount = match goods::money_in(&place, "refundAmount", currency) {
            Told::Value(amount) => amount,
            Told::Unreadable => continue,
            Told::Nothing => {
                place.warn("refundAmount", "how much was refunded is missing");
                continue;
            }
        };
        let mut refund = Refund::new(order.clone(), event.at).amount(amount);
        refund.id = place.id("transactionID");
        event.changes.push(Change::Refund(refund));
    }
    Ok(())
}

/// Tells which products the customer looked at.
pub(super) fn views(whole: &Original<'_>, event: &mut Event) {
    for product in whole.list(PRODUCTS) {
        let mut view = View::new(event.at);
        let id = product.first(&["SKU", "_id", "product"]);
        view.product_id = id.and_then(|path| product.id(path));
        view.category = category(&product);
        if view.product_id.is_some() || view.category.is_some() {
            event.changes.push(Change::View(view));
        }
    }
}

/// Tells what lies in the cart, if every product says how many of it.
pub(super) fn cart(whole: &Original<'_>, event: &mut Event, mapping: &Mapping, is_checkout: bool) {
    let Some(units) = Basket::read(whole, PRODUCTS, &PRODUCT).units else {
        whole.warn(PRODUCTS, "the cart is not known without products and quantities");
        return;
    };
    let mut cart = Cart::new(units, event.at);
    cart.value = goods::money(whole, "commerce.order.priceTotal", CURRENCY, mapping).value();
    cart.checkout_started_at = is_checkout.then_some(event.at);
    event.changes.push(Change::Cart(cart));
}
