"""Takes moments as often as it is told; prints how many it got. Run as a program: FILE MOST COUNT."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mss_tui.adapters.hostwide import Shared


def main() -> None:
    shared = Shared(Path(sys.argv[1]), int(sys.argv[2]), timedelta(hours=1))
    moment = datetime(2026, 11, 20, 8, tzinfo=UTC)
    print(sum(shared.take(moment) == 0 for _ in range(int(sys.argv[3]))))


if __name__ == "__main__":
    main()
