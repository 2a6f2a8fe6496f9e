"""Textual's driver for Unix terminals, sending changes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from mss_tui.tui.application import MssApp

BEGIN, END = "\x1b[?2026h", "\x1b[?2026l"


class FrugalDriver(LinuxDriver):
    """What the application's `frugal`, its copy of the screen, says of each frame."""

    _frame_begun = False

    def write(self, data: str) -> None:
        """A frame, or anything else; a frame that changes nothing is not even begun."""
        if data == BEGIN:
            self._frame_begun = True
            return
        if data == END:
            begun, self._frame_begun = self._frame_begun, False
            if not begun:
                super().write(END)
            return
        app = cast("MssApp", self._app)
        if "\x1b[?1049" in data:
            app.frugal.forget()
        changes = app.frugal.changes(data, app.size.width, app.size.height)
        if changes:
            if self._frame_begun:
                self._frame_begun = False
                super().write(BEGIN)
            super().write(changes)
