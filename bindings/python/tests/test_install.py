"""The wheel alone, in a clean environment: five lines give the dispute answer."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from conftest import ROOT

WHEEL = os.environ.get("TACTFUL_WHEEL")
EXAMPLES = ROOT / "bindings" / "python" / "examples"

DISPUTE = """\
dispute-status 12
callback-offer 5.6
not premium-upgrade: nobody wants an offer while arguing about a bill
not family-card: nobody wants an offer while arguing about a bill
not weekend-promo: nobody wants an offer while arguing about a bill
"""
EVENTS = """\
10 March: recommended
10 March: suppressed until None
12 March: suppressed until 2026-03-25 12:00:00+00:00
25 March: recommended
"""


def run(python: Path | str, *arguments: str) -> str:
    done = subprocess.run([str(python), *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_examples_print_what_the_docs_show() -> None:
    assert run(sys.executable, str(EXAMPLES / "first_steps.py")) == DISPUTE
    assert run(sys.executable, str(EXAMPLES / "events.py")) == EVENTS


@pytest.mark.skipif(WHEEL is None, reason="no wheel: TACTFUL_WHEEL names one")
def test_the_wheel_works_in_a_clean_environment(tmp_path: Path) -> None:
    assert WHEEL is not None
    venv.create(tmp_path, with_pip=True)
    python = tmp_path / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run(python, "-m", "pip", "install", "--quiet", "--no-index", WHEEL)
    assert run(python, "-I", str(EXAMPLES / "first_steps.py")) == DISPUTE
    listed = run(python, "-c", "import tactful, sys; print(tactful.__version__, 'numpy' in sys.modules)")
    assert listed.split() == [Path(WHEEL).name.split("-")[1], "False"]
    assert "abi3" in WHEEL and (Path(python).exists())
