"""Spark: every executor decides for its own rows, with `mapInArrow`.

The package must be installed where the executors run their Python.
"""

import os
import sys
from collections.abc import Iterator
from datetime import datetime, timezone

import pyarrow as pa
from pyspark.sql import SparkSession

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
    SELECT concat('customer-', id) AS user_id,
           named_struct('plan', if(id % 3 = 0, 'premium', 'basic')) AS profile,
           named_struct('tickets', if(id % 10 = 1, array(named_struct(
               'id', concat('C-', id), 'topic', 'billing_dispute', 'state', 'open',
               'opened_at', timestamp '2026-03-09 12:00:00Z',
               'updated_at', timestamp '2026-03-09 12:00:00Z')), array())) AS support,
           named_struct('grants', array(named_struct(
               'purpose', 'marketing', 'status', 'granted',
               'changed_at', timestamp '2026-01-01 00:00:00Z'))) AS consent
    FROM range(0, {rows}, 1, 4)
"""


def session(master: str) -> SparkSession:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    settings: dict[str, bool | float | int | str | None] = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.executor.memory": "1g",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "10000",
    }
    return SparkSession.builder.master(master).config(map=settings).getOrCreate()


def main() -> None:
    # Two executors of one core each, processes of their own: as on a cluster.
    spark = session(os.environ.get("SPARK_MASTER", "local-cluster[2,1,1024]"))
    engine = tactful.Engine.from_toml(POLICY)

    def decide(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            decided = engine.decide_batch(batch, now=NOW, channel="web", as_of=NOW, carry=["user_id"])
            yield pa.record_batch(decided)

    customers = spark.sql(CUSTOMERS.format(rows=int(os.environ.get("ROWS", "100000"))))
    decided = customers.mapInArrow(decide, "user_id string, " + engine.batch_schema().ddl)
    decided.createOrReplaceTempView("decided")
    spark.sql("""
        SELECT get(recommendations, 0).action AS best, get(suppressions, 0).rule AS held_by, count(*) AS customers
        FROM decided GROUP BY ALL ORDER BY customers DESC
    """).show(truncate=False)
    spark.stop()


if __name__ == "__main__":
    main()
