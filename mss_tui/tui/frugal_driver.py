"""Textual's driver for Unix terminals, sending changes only, and noticing a terminal that is gone."""

from __future__ import annotations

import os
import select
import signal
import threading
from typing import TYPE_CHECKING, cast

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from mss_tui.tui.application import MssApp

LOOK_MILLISECONDS = 1_000
BEGIN, END = "\x1b[?2026h", "\x1b[?2026l"


class FrugalDriver(LinuxDriver):
    """What the application's `frugal`, its copy of the screen, says of each frame."""

    _frame_begun = False

    def start_application_mode(self) -> None:
        """Also listen for the end of the line: not every terminal that goes away sends SIGHUP."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        threading.Thread(target=self._until_gone, name="terminal", daemon=True).start()

    def _until_gone(self) -> None:
        """Hang up as SIGHUP would have; Textual's own reader would go round and round on the end of file.

        Under nohup SIGHUP says nothing: then the program is told to end.
        """
        line = select.poll()
        line.register(self.fileno, 0)
        while not self.exit_event.is_set():
            if line.poll(LOOK_MILLISECONDS):
                deaf = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
                os.kill(os.getpid(), signal.SIGTERM if deaf else signal.SIGHUP)
                return

    def write(self, data: str) -> None:
        """A frame, or anything else; a frame that changes nothing is not even begun.

        While the terminal is lent to another program, nothing is written: all of it is drawn again afterwards.
        """
        if self._writer_thread is None or not self._writer_thread.is_alive():
            return
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
