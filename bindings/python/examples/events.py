"""A call comes in, the upgrade goes; the case is closed, and two weeks later it is back."""

from datetime import datetime, timedelta, timezone

from tactful import Context, Engine

POLICY = """
policy = "care"
currency = "EUR"

[situations.dispute]
say  = "a billing dispute is open"
when = 'support.tickets.exists(t, t.topic == "billing_dispute" && t.is_open)'

[situations.dispute_just_closed]
say  = "a billing dispute was closed in the last 14 days"
when = 'support.tickets.exists(t, t.topic == "billing_dispute" && within(t.closed_at, days(14)))'

[[actions]]
id = "premium-upgrade"
kind = "upsell"
propensity = 0.06
value = "240.00"
channels = ["web"]

[[suppress]]
id = "no-selling-during-a-dispute"
when = "dispute"
after = "dispute_just_closed"
kinds = ["upsell"]
because = "nobody wants an offer while arguing about a bill"
"""

engine = Engine.from_toml(POLICY)
noon = datetime(2026, 3, 10, 12, 0, tzinfo=timezone.utc)
context = Context(
    user_id="u-1001",
    support={"as_of": {"crm": noon}, "tickets": []},
    consent={"as_of": {"crm": noon}, "grants": []},
)


def show(context: Context, now: datetime) -> None:
    # The source says that it told everything up to now.
    context, _ = context.apply({"at": now, "source": "crm", "watermark": ["support", "consent"]})
    account = engine.decide(context, now=now, channel="web").account_of("premium-upgrade")
    verdict = "recommended" if account is None else f"{account.verdict} until {account.until}"
    print(f"{now:%d %B}: {verdict}")


def ticket(state: str, now: datetime) -> dict[str, object]:
    return {
        "at": now,
        "source": "crm",
        "user_id": "u-1001",
        "ticket": {
            "id": "C-1", "topic": "billing_dispute", "state": state, "opened_at": noon, "updated_at": now,
        },
    }


show(context, noon)
context, applied = context.apply(ticket("open", noon + timedelta(hours=1)))
assert applied
show(context, noon + timedelta(hours=2))
context, _ = context.apply(ticket("closed", noon + timedelta(days=1)))
show(context, noon + timedelta(days=2))
show(context, noon + timedelta(days=15))
