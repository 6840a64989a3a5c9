"""Ray Data: blocks of customers, decided by an actor that keeps its engine."""

from datetime import datetime, timezone

import pyarrow as pa
import ray

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


class Decide:
    def __init__(self) -> None:
        self.engine = tactful.Engine.from_toml(POLICY)

    def __call__(self, customers: pa.Table) -> pa.Table:
        decided = self.engine.decide_batch(customers, now=NOW, channel="web", as_of=NOW, carry=["user_id"])
        return pa.table(decided)


def main() -> None:
    ray.init(num_cpus=2, include_dashboard=False)
    customers = ray.data.from_arrow(pa.table(CUSTOMERS))
    # An actor that takes every processor starves the tasks that feed it.
    decided = customers.map_batches(
        Decide,
        batch_format="pyarrow",
        batch_size=50_000,
        num_cpus=0.5,
        compute=ray.data.ActorPoolStrategy(size=1),
    )
    for row in sorted(decided.take_all(), key=lambda row: row["user_id"]):
        print(row["user_id"], [said["action"] for said in row["recommendations"]])
    ray.shutdown()


if __name__ == "__main__":
    main()
