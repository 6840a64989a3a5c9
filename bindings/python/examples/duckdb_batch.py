"""DuckDB streams a query in, and queries the stream that comes out."""

from datetime import datetime, timezone

import duckdb

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
CUSTOMERS = """
    SELECT 'customer-' || n AS user_id,
           if(n % 3 = 0, 'premium', 'basic') AS "profile.plan",
           CASE WHEN n % 10 = 1
                THEN [{'id': 'C-' || n, 'topic': 'billing_dispute', 'state': 'open',
                       'opened_at': TIMESTAMPTZ '2026-03-09 12:00:00Z',
                       'updated_at': TIMESTAMPTZ '2026-03-09 12:00:00Z'}]
                ELSE [] END AS "support.tickets",
           [{'purpose': 'marketing', 'status': 'granted',
             'changed_at': TIMESTAMPTZ '2026-01-01 00:00:00Z'}] AS "consent.grants"
    FROM range(100000) customers(n)
"""


def main() -> None:
    engine = tactful.Engine.from_toml(POLICY)
    con = duckdb.connect()
    reader = con.sql(CUSTOMERS).to_arrow_reader(10_000)
    # Nothing is decided yet: batches go through as the query below asks for them.
    decided = engine.decide_batch(reader, now=NOW, channel="web", as_of=NOW, carry=["user_id"])
    print(
        duckdb.connect().sql("""
            SELECT recommendations[1].action AS best, suppressions[1].rule AS held_by, count(*) AS customers
            FROM decided GROUP BY ALL ORDER BY customers DESC
        """)
    )


if __name__ == "__main__":
    main()
