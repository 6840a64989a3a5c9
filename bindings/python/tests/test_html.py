"""The notebook's view: it shows what was decided, and nothing in it is code."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from tactful import Decision, Engine

from conftest import NOW

EVIL = "<script>alert('x')</script>&\"<img src=x onerror=y>"


class Checker(HTMLParser):
    """Collects tags, and refuses what a page without code and links has not."""

    VOID = {"img", "br", "hr", "input", "link", "meta"}

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"div", "b", "span", "p", "table", "thead", "tbody", "tr", "th", "td"}, tag
        for name, value in attrs:
            assert name == "style" and value is not None and "url(" not in value, (name, value)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def text_of(page: str) -> str:
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    return " ".join(checker.text)


def test_the_page_shows_what_was_decided(decision: Decision) -> None:
    page = decision._repr_html_()
    text = text_of(page)
    for said in ("customer-care", "household-22", "dispute-status", "hero", "premium-upgrade", "suppressed",
                 "a billing dispute is open", "nobody wants an offer while arguing about a bill", "14.4"):
        assert said in text, said
    widths = [float(width) for width in re.findall(r"width:([0-9.]+)%;background", page)]
    assert max(widths) == 100.0 and len(widths) == len(decision.recommendations) + len(decision.withheld)


def test_every_page_of_the_corpus_is_well_formed() -> None:
    from test_decision import all_decisions

    for decision in all_decisions():
        text_of(decision._repr_html_())


def test_texts_of_policies_and_requests_are_escaped() -> None:
    quoted = "'''" + EVIL.replace("'", "\u2019") + "'''"
    engine = Engine.from_toml(f"""
        policy = {quoted}
        [situations.evil]
        say = {quoted}
        when = 'support.tickets.exists(t, t.is_open)'
        [[actions]]
        id = "hello"
        kind = "upsell"
        purpose = "service"
        channels = ["web"]
        [[actions]]
        id = "other"
        kind = "service"
        channels = ["web"]
        [[suppress]]
        id = "evil"
        when = "evil"
        kinds = ["upsell"]
        because = {quoted}
    """)
    page = engine.decide({"user_id": EVIL}, now=NOW, channel="web", slots=[EVIL])._repr_html_()
    text = text_of(page)
    assert "<script" not in page and "<img" not in page
    assert text.count("<script>alert") >= 3, "it is there, as text"


UNSEEN = [*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0D, 0x20), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F,
          *range(0x202A, 0x202F), *range(0x2066, 0x206A)]


def test_what_cannot_be_seen_is_marked() -> None:
    unseen = [chr(code) for code in UNSEEN]
    hostile = "a" + "z".join(unseen) + "\tb"
    policy = {
        "policy": hostile, "actions": [{"id": "up", "kind": "upsell", "purpose": "service", "channels": ["web"]},
                                       {"id": "other", "kind": "service", "channels": ["web"]}],
        "situations": {"evil": {"say": hostile, "when": "support.tickets.exists(t, t.is_open)"}},
        "suppress": [{"id": "evil", "when": "evil", "kinds": ["upsell"], "because": hostile}],
    }
    engine = Engine.from_json(json.dumps(policy))
    decision = engine.decide({"user_id": hostile}, now=NOW, channel="web", slots=[hostile], or_channels=["email"])
    page = decision._repr_html_()
    assert not [char for char in unseen if char in page]
    assert "a\ufffdz\ufffdz" in page and "\tb" in page and page.count("\ufffd") >= 4 * len(unseen)


def test_a_long_decision_is_cut() -> None:
    actions = "".join(f'[[actions]]\nid = "a{n}"\nkind = "service"\nchannels = ["web"]\n' for n in range(100))
    decision = Engine.from_toml('policy = "p"\n' + actions).decide({}, now=NOW, channel="web")
    assert len(decision) == 100 and "and 60 more" in text_of(decision._repr_html_())
