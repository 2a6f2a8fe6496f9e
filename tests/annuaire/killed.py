"""Builds an index over and over until it is killed: `python -m tests.annuaire.killed SOURCE TARGET`."""

from __future__ import annotations

import sys
from pathlib import Path

from mss_tui.adapters.directory.build import build
from mss_tui.ports.directory import UpdateStep
from tests.annuaire.conftest import FixedClock


def tell(step: UpdateStep) -> None:
    print(step.stage, step.done, flush=True)


while True:
    build(Path(sys.argv[1]), Path(sys.argv[2]), FixedClock(), watch=tell)
    print("done", flush=True)
