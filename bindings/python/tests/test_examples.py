"""The examples run, and tell the right story."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def run(name: str, seconds: int, **environment: str) -> str:
    command = [sys.executable, str(EXAMPLES / name)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=seconds, env={**os.environ, **environment}, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_pyarrow() -> None:
    pytest.importorskip("pyarrow")
    because = "nobody wants an offer while arguing about a bill"
    assert run("pyarrow_batch.py", 60).splitlines() == [
        "mira ['premium-upgrade'] []",
        f"noor ['dispute-status'] ['{because}']",
        "otto [] []",
    ]


def test_polars() -> None:
    pytest.importorskip("polars")
    said = run("polars_batch.py", 60)
    assert "noor    ┆ dispute-status" in said and "mira    ┆ premium-upgrade" in said


def test_duckdb() -> None:
    pytest.importorskip("duckdb")
    lines = run("duckdb_batch.py", 120).splitlines()
    held = [line for line in lines if "no-selling-during-a-dispute" in line]
    assert len(held) == 1 and "dispute-status" in held[0] and "10000" in held[0]


@pytest.mark.skipif("TACTFUL_SPARK" not in os.environ, reason="slow: cargo xtask spark runs it")
def test_spark() -> None:
    """Two executor processes, as on a cluster."""
    lines = run("spark_batch.py", 300, ROWS="20000").splitlines()
    held = [line for line in lines if "no-selling-during-a-dispute" in line]
    assert len(held) == 1 and "dispute-status" in held[0] and "2000" in held[0]


@pytest.mark.skipif("TACTFUL_RAY" not in os.environ, reason="slow, and Ray is large: cargo xtask ray runs it")
def test_ray() -> None:
    assert run("ray_batch.py", 300).splitlines()[-3:] == [
        "mira ['premium-upgrade']",
        "noor ['dispute-status']",
        "otto []",
    ]
