"""The screens on a desk of fakes whose clock SIGUSR1 puts forward by ten minutes; any key opens the lock."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta

from mss_tui.model.people import Lock
from mss_tui.services.guard import Guard
from mss_tui.tui.app import run
from mss_tui.tui.screens import composer_editor
from tests.support.desk import make_desk


def main() -> int:
    fake = make_desk()
    composer_editor.TOLD_WITHIN = -100.0  # the keys of the test itself are no sign of life
    signal.signal(signal.SIGUSR1, lambda *_: fake.clock.advance(timedelta(minutes=10)))
    return asyncio.run(run(fake.desk, mouse=False, guard=Guard(Lock(unlock="key"), fake.desk.clock)))


if __name__ == "__main__":
    sys.exit(main())
