"""The screens on a desk of fakes, as a program of its own for a pseudo-terminal.

Arguments: how many rows ("sample", "hostile" or a number), then "low" for low bandwidth.
"""

from __future__ import annotations

import asyncio
import sys

from mss_tui.tui.app import run
from tests.support.desk import make_desk
from tests.support.hostile import hostile_desk


def main() -> None:
    what, *options = sys.argv[1:]
    if what == "hostile":
        fake = hostile_desk()
    elif what == "sample":
        fake = make_desk(second=True)
    else:
        fake = make_desk(total=int(what))
    code = asyncio.run(run(fake.desk, low_bandwidth="low" in options, mouse=False))
    print(f"fin {code}")


if __name__ == "__main__":
    main()
