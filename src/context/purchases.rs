//! Orders, the cart, and products owned.

use serde::{Deserialize, Serialize};

use super::record::record;
use super::{AsOf, List, Record};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Money, OrderStatus};

record! {
    /// What the customer bought, is about to buy, and owns.
    Purchases {
        required {
            /// Up to when nothing is missing.
            as_of: AsOf,
        }
        optional {
            /// The cart; one without units is empty, none at all is unknown.
            cart: Cart,
        }
        defaulted {
            /// The orders.
            orders: List<Order>,
            /// The products the customer owns.
            products: List<Product>,
        }
    }
}

record! {
    /// One order.
    Order {
        required {
            /// Identifies the order.
            id: String,
            /// When it was placed.
            placed_at: Timestamp,
        }
        optional {
            /// When it last changed.
            updated_at: Timestamp,
            /// How far it has come.
            status: OrderStatus,
            /// When it was promised to arrive.
            promised_at: Timestamp,
            /// When it arrived.
            delivered_at: Timestamp,
            /// What was paid, tax and shipping included.
            total: Money,
            /// What was paid back.
            refunded: Money,
            /// How many units it holds.
            units: i64,
            /// What kinds of thing it holds.
            categories: Vec<String>,
            /// Where it was placed.
            channel: Channel,
        }
    }
}

impl Record for Order {
    fn recency(&self) -> (Timestamp, &str) {
        (self.updated_at.unwrap_or(self.placed_at), &self.id)
    }
}

record! {
    /// What lies in the cart.
    ///
    /// It has an age limit of its own within the purchases (30 minutes).
    Cart {
        required {
            /// How many units it holds; 0 is an empty cart.
            units: i64,
            /// When it last changed.
            updated_at: Timestamp,
        }
        optional {
            /// What it is worth.
            value: Money,
            /// When the customer began to pay.
            checkout_started_at: Timestamp,
        }
    }
}

record! {
    /// One product the customer owns.
    Product {
        required {
            /// Identifies the product.
            id: String,
        }
        optional {
            /// What kind of thing it is.
            category: String,
            /// What it is called.
            name: String,
            /// When it was bought.
            purchased_at: Timestamp,
            /// When its warranty ends.
            warranty_ends_at: Timestamp,
        }
    }
}

impl Record for Product {
    fn recency(&self) -> (Timestamp, &str) {
        (self.purchased_at.unwrap_or(Timestamp::EARLIEST), &self.id)
    }
}
