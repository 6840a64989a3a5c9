"""Five lines that do not sell during a billing dispute. Run it from the repository's root."""

from pathlib import Path

import tactful

customer = Path("examples/data/customers.jsonl").read_text("utf-8").splitlines()[21]
engine = tactful.Engine.from_file("examples/policies/customer_care.toml")
decision = engine.decide(customer, now="2026-03-10T15:00:30Z", channel="web", slots=["hero", "tile"])
for recommendation in decision:
    print(recommendation.action, recommendation.priority)
for account in decision.suppressed:
    print(f"not {account.action}: {account.because}")
