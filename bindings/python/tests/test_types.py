"""The types that editors see, held against what the native module reads."""

from __future__ import annotations

import re
import typing
from typing import Any

import pytest

from tactful import Context, Engine, RequestError, TactfulError, _types

from conftest import NOW

AS_OF = "2026-03-10T15:00:00Z"
SMALL = 'policy = "p"\n[[actions]]\nid = "a"\nkind = "service"\nchannels = ["web"]'
NO_KEY = "zzzzzzzzzzzzzzzz"

# Where each record stands in a context: the parts, and a list in them.
PLACES: dict[str, tuple[str, ...]] = {
    "ContextDict": (),
    "SupportDict": ("support",), "TicketDict": ("support", "tickets", "[]"),
    "ContactDict": ("support", "last_contact"),
    "PurchasesDict": ("purchases",), "OrderDict": ("purchases", "orders", "[]"),
    "RefundDict": ("purchases", "pending_refunds", "[]"), "ViewDict": ("purchases", "views", "[]"),
    "CartDict": ("purchases", "cart"), "ProductDict": ("purchases", "products", "[]"),
    "DeviceDict": ("device",), "RecencyDict": ("recency",),
    "OnboardingDict": ("recency", "onboarding"), "SessionDict": ("recency", "sessions", "[]"),
    "ConsentDict": ("consent",), "GrantDict": ("consent", "grants", "[]"),
    "HistoryDict": ("history",), "InteractionDict": ("history", "interactions", "[]"),
    "SubscriptionDict": ("subscription",), "FeedbackDict": ("feedback",),
    "AnswerDict": ("feedback", "answers", "[]"), "ScoresDict": ("scores",),
    "ProfileDict": ("profile",), "AppointmentsDict": ("appointments",),
    "AppointmentDict": ("appointments", "bookings", "[]"), "AttributesDict": ("attributes",),
    "MoneyDict": ("purchases", "cart", "value"), "ScoreDict": ("scores", "values", "churn"),
}


def inside(place: tuple[str, ...], value: Any) -> Any:
    for step in reversed(place):
        value = [value] if step == "[]" else {step: value}
    return value


def known(message: str) -> set[str]:
    found = re.search(r"expected (?:one of )?(.*)", message)
    assert found is not None, message
    return set(re.findall(r"\w+", found.group(1)))


def test_every_record_has_its_place() -> None:
    declared = {name for name, value in vars(_types).items() if typing.is_typeddict(value)}
    assert declared - {"RequestOptions", "ForcedDict"} == set(PLACES)


@pytest.mark.parametrize("name", PLACES)
def test_a_record_has_the_keys_that_are_read(name: str) -> None:
    with pytest.raises(TactfulError) as caught:
        Context.from_dict(inside(PLACES[name], {NO_KEY: 1}))
    assert f"unknown key `{NO_KEY}`" in str(caught.value)
    assert known(str(caught.value)) == set(getattr(_types, name).__annotations__)


def test_a_request_has_the_keys_that_are_read() -> None:
    engine = Engine.from_toml(SMALL)
    with pytest.raises(RequestError) as caught:
        engine.decide({}, now=NOW, channel="web", **{NO_KEY: 1})
    assert known(str(caught.value)) == {"now", "channel", *_types.RequestOptions.__annotations__}
    with pytest.raises(RequestError) as caught:
        engine.decide({}, now=NOW, channel="web", force={NO_KEY: 1})
    assert known(str(caught.value)) == set(_types.ForcedDict.__annotations__)


WORDS: list[tuple[Any, tuple[str, ...]]] = [
    (_types.TicketState, ("support", "tickets", "[]", "state")),
    (_types.Topic, ("support", "tickets", "[]", "topic")),
    (_types.Priority, ("support", "tickets", "[]", "priority")),
    (_types.Channel, ("support", "last_contact", "channel")),
    (_types.OrderStatus, ("purchases", "orders", "[]", "status")),
    (_types.FormFactor, ("device", "form_factor")),
    (_types.Platform, ("device", "platform")),
    (_types.Environment, ("device", "environment")),
    (_types.OnboardingStatus, ("recency", "onboarding", "status")),
    (_types.Purpose, ("consent", "grants", "[]", "purpose")),
    (_types.ConsentStatus, ("consent", "grants", "[]", "status")),
    (_types.Outcome, ("history", "interactions", "[]", "outcome")),
    (_types.SubscriptionStatus, ("subscription", "status")),
    (_types.Metric, ("feedback", "answers", "[]", "metric")),
    (_types.AppointmentStatus, ("appointments", "bookings", "[]", "status")),
]


@pytest.mark.parametrize("literal, place", WORDS, ids=["-".join(place) for _, place in WORDS])
def test_words_are_those_that_are_read(literal: Any, place: tuple[str, ...]) -> None:
    with pytest.raises(TactfulError) as caught:
        Context.from_dict(inside(place, NO_KEY))
    assert f"unknown word `{NO_KEY}`" in str(caught.value)
    assert known(str(caught.value)) == set(typing.get_args(literal))


def test_every_word_list_is_held_against_the_module() -> None:
    literals = {name for name, value in vars(_types).items() if typing.get_origin(value) is typing.Literal}
    by_place = {name for name in literals if any(getattr(_types, name) is literal for literal, _ in WORDS)}
    assert by_place == literals
