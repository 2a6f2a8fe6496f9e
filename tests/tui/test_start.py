"""What the first rows wait for: modules are countable, and the same on every machine (design.md, Budgets)."""

from __future__ import annotations

import json
import subprocess
import sys

LATER = {
    "lxml", "pypdfium2", "rapidfuzz", "httpx2", "aiosmtplib", "sqlite3", "msgspec", "inscriptis", "keyring", "shtab",
    "mss_tui.demo", "mss_tui.documents", "mss_tui.services.sending", "mss_tui.services.checking",
    "mss_tui.services.annuaire", "mss_tui.adapters.directory", "mss_tui.adapters.worker",
}  # fmt: skip
MOST = 760
"""Modules before the first screen, Python's own and Textual's included."""


def test_the_first_rows_wait_for_nothing_that_they_do_not_show() -> None:
    code = (
        "import json, sys\n"
        "import mss_tui.__main__, mss_tui.cli.main, mss_tui.config.load, mss_tui.wiring, mss_tui.tui.app\n"
        "import mss_tui.tui.application, mss_tui.tui.frugal_driver\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    found = set(json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout))
    assert found & LATER == set()
    assert len(found) < MOST
