"""kill -9 at any line of a store: nothing is lost, nothing is damaged, the next program goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.stores import killed


@pytest.mark.parametrize("store", sorted(killed.CASES))
def test_a_store_survives_a_kill_at_every_line(store: str, tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.stores.killed", store, str(tmp_path)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20
