"""A pyarrow table in, a pyarrow table out."""

from datetime import datetime, timezone

import pyarrow as pa

import tactful

POLICY = """
policy   = "care"
currency = "EUR"

[situations.billing_dispute_open]
say  = "a billing dispute is open"
when = 'support.tickets.exists(t, t.topic == "billing_dispute" && t.is_open)'

[[actions]]
id         = "premium-upgrade"
kind       = "upsell"
channels   = ["web", "email"]
propensity = 0.06
value      = "240.00"
eligible   = 'profile.plan == "basic"'

[[actions]]
id         = "dispute-status"
kind       = "service"
channels   = ["web"]
propensity = 0.60
value      = "20.00"
applicable = "billing_dispute_open"

[[suppress]]
id      = "no-selling-during-a-dispute"
when    = "billing_dispute_open"
kinds   = ["upsell", "cross_sell", "promotion"]
because = "nobody wants an offer while arguing about a bill"
"""

NOW = datetime(2026, 3, 10, 15, 0, 30, tzinfo=timezone.utc)
DISPUTE = {"id": "C-1", "topic": "billing_dispute", "state": "open", "opened_at": NOW, "updated_at": NOW}
GRANTED = {"purpose": "marketing", "status": "granted", "changed_at": NOW}
CUSTOMERS = {
    "user_id": ["mira", "noor", "otto"],
    "profile.plan": ["basic", "basic", "premium"],
    "support.tickets": [[], [DISPUTE], []],  # [] is known to be empty; None would be unknown
    "consent.grants": [[GRANTED], [GRANTED], [GRANTED]],
}


def main() -> None:
    engine = tactful.Engine.from_toml(POLICY)
    customers = pa.table(CUSTOMERS)
    decided = engine.decide_batch(customers, now=NOW, channel="web", as_of=NOW, carry=["user_id"])
    for row in pa.table(decided).to_pylist():
        print(row["user_id"], [said["action"] for said in row["recommendations"]], end=" ")
        print([rule["because"] for rule in row["suppressions"]])


if __name__ == "__main__":
    main()
