"""As `hangup_program`, with a text that cannot be drawn once « panne » is written in it."""

from __future__ import annotations

import sys

from textual.strip import Strip

from mss_tui.tui.widgets.body import Body
from tests.support import hangup_program

_draw = Body.render_line


def _drawn(self: Body, y: int) -> Strip:
    if "panne" in self.text:
        raise ZeroDivisionError(self.text)
    return _draw(self, y)


if __name__ == "__main__":
    Body.render_line = _drawn  # type: ignore[method-assign, assignment]
    sys.exit(hangup_program.main())
