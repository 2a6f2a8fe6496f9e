"""The screens on a desk of fakes, as a program of its own for a pseudo-terminal.

Arguments: how many rows ("sample", "hostile", a number, or "hostile:" and how many payloads), then "low" for low
bandwidth, "broken" for help that fails, "auto" to let the program decide on the mouse, "still" for a server that never
counts its folders: the screen then changes for keys alone, from the first rows on.
"""

from __future__ import annotations

import asyncio
import sys

from mss_tui.cli.narration import Narration
from mss_tui.errors import MssError
from mss_tui.tui.app import run
from tests.support.desk import make_desk
from tests.support.hostile import hostile_desk, seeded


def break_help() -> None:
    from mss_tui.tui.screens.help import HelpScreen

    def lines(self: HelpScreen, width: int) -> None:
        raise ValueError("DUPOND Léo, né le 26/11/1948")

    HelpScreen.lines = lines  # type: ignore[assignment]


async def never(*_: object, **__: object) -> None:
    await asyncio.Event().wait()


def main() -> int:
    what, *options = sys.argv[1:]
    if what == "hostile":
        fake = hostile_desk()
    elif what.startswith("hostile:"):
        fake = hostile_desk(seeded(int(what.partition(":")[2])), pieces=20)
    elif what == "sample":
        fake = make_desk(second=True)
    else:
        fake = make_desk(total=int(what))
    if "broken" in options:
        break_help()
    if "still" in options:
        fake.mail.folders = never  # type: ignore[method-assign,assignment]
    try:
        code = asyncio.run(run(fake.desk, low_bandwidth="low" in options, mouse=None if "auto" in options else False))
    except MssError as error:
        Narration().error(error)
        return int(error.exit_code)
    print(f"fin {code}")
    return code


if __name__ == "__main__":
    sys.exit(main())
