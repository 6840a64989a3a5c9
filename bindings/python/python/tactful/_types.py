"""The shapes of contexts and requests, for type checkers and editors.

Nothing of it is there at run time but the names: what is read, and what is
refused, the native module says, and a test holds both against each other.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, TypedDict, TypeVar, Union

if sys.version_info >= (3, 11):
    from typing import Required
elif TYPE_CHECKING:
    from typing_extensions import Required

if TYPE_CHECKING:
    from ._native import Context

T = TypeVar("T")

Moment: TypeAlias = datetime | int | str
"""An aware datetime, Unix milliseconds, or RFC 3339 text."""

AsOf: TypeAlias = Moment | Mapping[str, Moment]
"""Up to when nothing is missing from a part, perhaps by source."""

ListOf: TypeAlias = Sequence[T] | Mapping[str, Sequence[T] | AsOf | bool]
"""A complete list, or ``{"partial": [...]}``."""

AttributeValue: TypeAlias = "bool | int | float | str | datetime | Sequence[str]"
"""A fact that the policy declares."""

ContextLike: TypeAlias = "Context | ContextDict | Mapping[str, object] | str | bytes"
"""What ``decide`` takes: a context, a mapping shaped like one, or JSON."""


class ArrowArray(Protocol):
    """One piece of a table, by the Arrow PyCapsule interface."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...


class ArrowStream(Protocol):
    """A table or a stream of batches, by the Arrow PyCapsule interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


ArrowData: TypeAlias = Union[ArrowArray, ArrowStream]
"""What ``decide_batch`` takes: a table of any library that speaks Arrow."""

AppointmentStatus: TypeAlias = Literal["booked", "kept", "missed", "cancelled"]
"""How an appointment stands."""

Channel: TypeAlias = Literal["web", "in_app", "email", "sms", "push", "phone", "whatsapp", "chat", "social", "store", "postal", "agent", "in_vehicle", "other"]
"""Where a customer is met, offered something, or asked for consent."""

ConsentStatus: TypeAlias = Literal["unknown", "granted", "denied", "pending", "default_granted", "default_denied"]
"""What a customer answered when asked for consent."""

Environment: TypeAlias = Literal["browser", "app", "kiosk", "staff_app"]
"""What the customer looks at us through."""

FormFactor: TypeAlias = Literal["desktop", "mobile", "tablet", "watch", "xr", "automotive", "eink", "tv", "other"]
"""The shape of the customer's device."""

Metric: TypeAlias = Literal["csat", "nps", "ces"]
"""Which question of satisfaction was answered."""

OnboardingStatus: TypeAlias = Literal["not_started", "in_progress", "stuck", "done"]
"""How far a customer has come with getting started."""

OrderStatus: TypeAlias = Literal["placed", "shipped", "delayed", "delivered", "cancelled", "refunded", "returned"]
"""How far an order has come."""

Outcome: TypeAlias = Literal["decision", "sent", "delivered", "impression", "click", "accept", "reject", "convert", "dismiss", "no_response"]
"""What a customer did with something that was shown or sent."""

Platform: TypeAlias = Literal["android", "ios", "macos", "windows", "linux", "chrome_os", "other"]
"""The operating system of the customer's device."""

Priority: TypeAlias = Literal["low", "normal", "high", "urgent"]
"""How urgent a support case is."""

Purpose: TypeAlias = Literal["transactional", "service", "marketing", "personalization", "analytics", "sharing"]
"""What a contact is for, in the sense of consent."""

SubscriptionStatus: TypeAlias = Literal["trialing", "active", "past_due", "paused", "cancelled", "expired"]
"""How a subscription stands."""

TicketState: TypeAlias = Literal["new", "open", "pending", "on_hold", "solved", "closed"]
"""How far a support case has come."""

Topic: TypeAlias = Literal["billing_dispute", "payment_issue", "refund", "order_delay", "return_exchange", "product_defect", "warranty", "technical_issue", "outage", "account_access", "account_change", "cancellation", "fraud_security", "privacy", "financial_hardship", "service_complaint", "data_accuracy", "how_to", "sales_inquiry", "feedback", "other"]
"""What a support case or a contact is about."""


class MoneyDict(TypedDict):
    """An amount in minor units, and its ISO 4217 code."""

    minor: int
    currency: str


class ScoreDict(TypedDict, total=False):
    """An output of a model that was computed at a time of its own."""

    value: Required[float]
    at: Moment | None


class SupportDict(TypedDict, total=False):
    """The customer's support cases and contacts."""

    as_of: Required[AsOf]
    active_contact: ContactDict | None
    last_contact: ContactDict | None
    tickets: ListOf[TicketDict] | None
    contacts: ListOf[ContactDict] | None


class TicketDict(TypedDict, total=False):
    """One support case."""

    id: Required[str]
    opened_at: Required[Moment]
    updated_at: Required[Moment]
    state: TicketState | None
    topic: Topic | None
    priority: Priority | None
    channel: Channel | None
    closed_at: Moment | None
    escalated: bool | None
    reopened: int | None
    disputed: MoneyDict | None
    order_id: str | None


class ContactDict(TypedDict, total=False):
    """One conversation with support."""

    channel: Required[Channel]
    started_at: Required[Moment]
    topic: Topic | None
    ended_at: Moment | None
    ticket_id: str | None


class PurchasesDict(TypedDict, total=False):
    """What the customer bought, is about to buy, and owns."""

    as_of: Required[AsOf]
    cart: CartDict | None
    orders: ListOf[OrderDict] | None
    products: ListOf[ProductDict] | None
    views: ListOf[ViewDict] | None
    pending_refunds: Sequence[RefundDict] | None


class OrderDict(TypedDict, total=False):
    """One order."""

    id: Required[str]
    placed_at: Required[Moment]
    updated_at: Moment | None
    status: OrderStatus | None
    promised_at: Moment | None
    delivered_at: Moment | None
    total: MoneyDict | None
    refunded: MoneyDict | None
    units: int | None
    categories: Sequence[str] | None
    channel: Channel | None
    refunds: Sequence[RefundDict] | None
    dated: Mapping[str, Moment] | None


class RefundDict(TypedDict, total=False):
    """Money that was paid back for an order."""

    order_id: Required[str]
    at: Required[Moment]
    amount: MoneyDict | None
    id: str | None


class ViewDict(TypedDict, total=False):
    """Something the customer looked at."""

    at: Required[Moment]
    product_id: str | None
    category: str | None


class CartDict(TypedDict, total=False):
    """What lies in the cart."""

    units: Required[int]
    updated_at: Required[Moment]
    value: MoneyDict | None
    checkout_started_at: Moment | None


class ProductDict(TypedDict, total=False):
    """One product the customer owns."""

    id: Required[str]
    category: str | None
    name: str | None
    purchased_at: Moment | None
    warranty_ends_at: Moment | None


class DeviceDict(TypedDict, total=False):
    """What the customer holds in their hands."""

    as_of: Required[AsOf]
    form_factor: FormFactor | None
    platform: Platform | None
    environment: Environment | None
    app_version: str | None
    locale: str | None
    push_enabled: bool | None


class RecencyDict(TypedDict, total=False):
    """The customer's activity clock."""

    as_of: Required[AsOf]
    first_seen_at: Moment | None
    last_seen_at: Moment | None
    previous_seen_at: Moment | None
    session_started_at: Moment | None
    last_login_at: Moment | None
    sessions_30d: int | None
    onboarding: OnboardingDict | None
    sessions: ListOf[SessionDict] | None


class OnboardingDict(TypedDict, total=False):
    """How far a customer has come with getting started."""

    status: Required[OnboardingStatus]
    step: str | None
    started_at: Moment | None
    completed_at: Moment | None
    updated_at: Moment | None


class SessionDict(TypedDict, total=False):
    """A stretch of time in which the customer was never silent for more than"""

    started_at: Required[Moment]
    ended_at: Required[Moment]


class ConsentDict(TypedDict, total=False):
    """The customer's answers about being contacted."""

    as_of: Required[AsOf]
    grants: ListOf[GrantDict] | None
    hard_blocks: Sequence[Channel] | None
    preferred_channels: Sequence[Channel] | None
    dated: Mapping[str, Moment]


class GrantDict(TypedDict, total=False):
    """One answer about one purpose, on one channel or on all of them."""

    purpose: Required[Purpose]
    status: Required[ConsentStatus]
    changed_at: Required[Moment]
    channel: Channel | None
    expires_at: Moment | None


class HistoryDict(TypedDict, total=False):
    """The customer's interactions with earlier recommendations."""

    as_of: Required[AsOf]
    summary_of: str | None
    interactions: ListOf[InteractionDict] | None


class InteractionDict(TypedDict, total=False):
    """One thing that happened to one recommendation."""

    action: Required[str]
    outcome: Required[Outcome]
    at: Required[Moment]
    channel: Channel | None
    kind: str | None
    group: str | None
    tags: Sequence[str] | None
    purpose: Purpose | None
    treatment: str | None
    counts_toward_limits: bool | None
    decision_id: str | None


class SubscriptionDict(TypedDict, total=False):
    """The customer's subscription."""

    as_of: Required[AsOf]
    plan: str | None
    status: SubscriptionStatus | None
    started_at: Moment | None
    renews_at: Moment | None
    trial_ends_at: Moment | None
    arrears: MoneyDict | None
    dated: Mapping[str, Moment]


class FeedbackDict(TypedDict, total=False):
    """The customer's answers. A question without an answer is not a low score."""

    as_of: Required[AsOf]
    answers: ListOf[AnswerDict] | None


class AnswerDict(TypedDict, total=False):
    """One answer."""

    metric: Required[Metric]
    score: Required[int]
    answered_at: Required[Moment]
    channel: Channel | None
    ticket_id: str | None


class ScoresDict(TypedDict, total=False):
    """Named outputs of models."""

    as_of: Required[AsOf]
    values: Mapping[str, float | ScoreDict] | None


class AttributesDict(TypedDict, total=False):
    """Facts that the policy declares under `[attributes]`."""

    as_of: Required[AsOf]
    values: Mapping[str, AttributeValue] | None
    dated: Mapping[str, Moment] | None


class ProfileDict(TypedDict, total=False):
    """What is known about the person or the account."""

    as_of: Required[AsOf]
    age_years: int | None
    plan: str | None
    role: str | None
    country: str | None
    language: str | None
    time_zone: str | None
    joined_at: Moment | None
    vulnerable: bool | None
    segments: Sequence[str] | None
    group_id: str | None
    dated: Mapping[str, Moment]


class AppointmentsDict(TypedDict, total=False):
    """The customer's appointments."""

    as_of: Required[AsOf]
    bookings: ListOf[AppointmentDict] | None


class AppointmentDict(TypedDict, total=False):
    """One appointment."""

    id: Required[str]
    starts_at: Required[Moment]
    status: AppointmentStatus | None
    updated_at: Moment | None
    subject: str | None


class ContextDict(TypedDict, total=False):
    """What is known about one customer."""

    user_id: str | None
    support: SupportDict | None
    purchases: PurchasesDict | None
    device: DeviceDict | None
    recency: RecencyDict | None
    consent: ConsentDict | None
    history: HistoryDict | None
    subscription: SubscriptionDict | None
    feedback: FeedbackDict | None
    scores: ScoresDict | None
    profile: ProfileDict | None
    appointments: AppointmentsDict | None
    attributes: AttributesDict | None
    anonymous_ids: Sequence[str] | None


class ForcedDict(TypedDict, total=False):
    """An action that somebody wants to see, for quality assurance."""

    action: Required[str]
    treatment: str | None


class RequestOptions(TypedDict, total=False):
    """What a request says besides ``now`` and ``channel``."""

    or_channels: Sequence[Channel]
    channel_order: Literal["listed", "preferred"]
    slots: Sequence[str]
    limit: int | None
    intent: str | None
    decision_id: str | None
    excluded: Sequence[str]
    out_of_stock: Sequence[str]
    already_shown: Sequence[str]
    quotas: Mapping[str, int]
    time_zone: str | None
    locale: str | None
    force: ForcedDict | None
    detail: Literal["complete", "ranked_only"]
