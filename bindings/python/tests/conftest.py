"""What the tests share: the repository's policies, and one customer."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

import tactful

ROOT = Path(__file__).resolve().parents[3]
CARE = ROOT / "examples" / "policies" / "customer_care.toml"
NOW = datetime(2026, 3, 10, 15, 0, 30, tzinfo=timezone.utc)


@pytest.fixture(scope="session")
def engine() -> tactful.Engine:
    return tactful.Engine.from_file(CARE)


@pytest.fixture(scope="session")
def customer() -> dict[str, Any]:
    """The customer with an open billing dispute."""
    lines = (ROOT / "examples" / "data" / "customers.jsonl").read_text("utf-8").splitlines()
    found: dict[str, Any] = json.loads(lines[21])
    return found


@pytest.fixture(scope="session")
def decision(engine: tactful.Engine, customer: dict[str, Any]) -> tactful.Decision:
    return engine.decide(customer, now=NOW, channel="web", slots=["hero", "tile"])
