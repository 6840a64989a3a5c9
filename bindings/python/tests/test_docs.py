"""What the pages show is what the package prints.

Blocks of Python run one after the other, in one namespace a page, from the root
of the repository; the block of text that follows one is what it prints.
`UPDATE_EXPECT=1` writes what is printed into the page.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT

BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.M | re.S)


def run(page: Path, block: str, names: dict[str, Any]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block, str(page), "exec"), names)
    return printed.getvalue()


def runs(page: Path, text: str, at_least: int) -> str:
    names: dict[str, Any] = {}
    written, end, count = "", 0, 0
    for found in BLOCK.finditer(text):
        printed = run(page, found[1], names)
        shown = found[0] if found[2] is None else found[0].replace(
            f"```text\n{found[2]}```", f"```text\n{printed}```")
        assert printed == "" or found[2] is not None, f"nothing shows what it prints: {found[1]}"
        written += text[end:found.start()] + shown
        end, count = found.end(), count + 1
    assert count >= at_least
    return written + text[end:]


@pytest.mark.parametrize("page, blocks", [("docs/python.md", 9), ("README.md", 2), ("bindings/python/README.md", 1)])
def test_a_page_shows_what_is_printed(page: str, blocks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    path = ROOT / page
    text = path.read_text("utf-8")
    true = runs(path, text, blocks)
    if os.environ.get("UPDATE_EXPECT"):
        path.write_text(true, "utf-8")
    else:
        assert text == true
