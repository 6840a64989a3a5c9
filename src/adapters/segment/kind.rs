//! The events of the specifications, by their names.

use super::super::folded::fold;
use super::surroundings::Presence;

/// An event of the specifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    OrderCompleted,
    OrderUpdated,
    OrderCancelled,
    OrderRefunded,
    ProductViewed,
    CartViewed,
    CheckoutStarted,
    /// Something else that customers do themselves.
    Browsed,
    PromotionViewed,
    PromotionClicked,
    EmailDelivered,
    EmailOpened,
    EmailLinkClicked,
    PushReceived,
    PushTapped,
    Unsubscribed,
    ConsentUpdated,
    SignedUp,
    SignedIn,
    TrialStarted,
    TrialEnded,
    AccountCreated,
    AccountDeleted,
    ChatStarted,
    ChatEnded,
    /// Something that says nothing about a context.
    Nothing,
}

impl Kind {
    /// Finds an event by its name.
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match fold(name).as_str() {
            "order_completed" => Self::OrderCompleted,
            "order_updated" => Self::OrderUpdated,
            "order_cancelled" | "order_canceled" => Self::OrderCancelled,
            "order_refunded" => Self::OrderRefunded,
            "product_viewed" => Self::ProductViewed,
            "cart_viewed" => Self::CartViewed,
            "checkout_started" => Self::CheckoutStarted,
            "product_added"
            | "product_removed"
            | "product_clicked"
            | "product_list_viewed"
            | "product_list_filtered"
            | "products_searched"
            | "product_added_to_wishlist"
            | "product_removed_from_wishlist"
            | "wishlist_product_added_to_cart"
            | "product_shared"
            | "cart_shared"
            | "product_reviewed"
            | "coupon_entered"
            | "coupon_removed"
            | "checkout_step_viewed"
            | "checkout_step_completed"
            | "payment_info_entered"
            | "application_opened"
            | "application_installed"
            | "application_backgrounded"
            | "application_foregrounded"
            | "deep_link_opened"
            | "experiment_viewed"
            | "signed_out"
            | "live_chat_message_sent" => Self::Browsed,
            "promotion_viewed" => Self::PromotionViewed,
            "promotion_clicked" => Self::PromotionClicked,
            "email_delivered" => Self::EmailDelivered,
            "email_opened" => Self::EmailOpened,
            "email_link_clicked" => Self::EmailLinkClicked,
            "push_notification_received" => Self::PushReceived,
            "push_notification_tapped" => Self::PushTapped,
            "unsubscribed" | "email_marked_as_spam" => Self::Unsubscribed,
            "segment_consent_preference_updated" => Self::ConsentUpdated,
            "signed_up" => Self::SignedUp,
            "signed_in" => Self::SignedIn,
            "trial_started" => Self::TrialStarted,
            "trial_ended" => Self::TrialEnded,
            "account_created" => Self::AccountCreated,
            "account_deleted" => Self::AccountDeleted,
            "live_chat_conversation_started" => Self::ChatStarted,
            "live_chat_conversation_ended" => Self::ChatEnded,
            "email_bounced"
            | "push_notification_bounced"
            | "application_uninstalled"
            | "application_updated"
            | "application_crashed"
            | "install_attributed"
            | "live_chat_message_received"
            | "invite_sent"
            | "account_added_user"
            | "account_removed_user" => Self::Nothing,
            _ => return None,
        })
    }

    /// Tells whether the event shows that the customer was there.
    pub(super) fn presence(self) -> Presence {
        match self {
            Self::ProductViewed
            | Self::CartViewed
            | Self::CheckoutStarted
            | Self::Browsed
            | Self::PromotionViewed
            | Self::PromotionClicked
            | Self::PushTapped
            | Self::SignedUp
            | Self::SignedIn => Presence::Certain,
            // Shops also send it from their servers.
            Self::OrderCompleted | Self::ChatStarted | Self::ConsentUpdated => Presence::OnDevice,
            _ => Presence::None,
        }
    }
}
