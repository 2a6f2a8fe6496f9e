"""A pseudo-terminal with a screen (pyte) and every octet that the program wrote."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pyte

SYNC_END = b"\x1b[?2026l"

# Sequences that pyte does not know, or draws by mistake.
_UNKNOWN = re.compile(
    rb"\x1b\[[<=>][0-9;:]*[ -/]*[@-~]|\x1b\[\?[0-9;]*(?:\$p|u|s|r|n|c|m)|\x1b\[[0-9;]*(?: q|\$[a-z]|t|\*[a-z])"
)
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-9;:<=>?$]*[ -/]*)?\Z")


def _control() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """Runs a program of `tests/support` in a terminal of its own, and answers what a terminal answers."""

    def __init__(
        self, program: str, *arguments: str, cols: int = 80, rows: int = 24, own: bool = False, **environment: str
    ) -> None:
        """`own`: it is the controlling terminal too (`/dev/tty`), as for somebody who sits in front of it."""
        self.screen = pyte.Screen(cols, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._rest = b""
        self.written = bytearray()
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        own = ("SSH_", "TEXTUAL_", "COL", "LINES")
        keep = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", program, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=keep | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"} | environment,
            cwd=Path(__file__).parent.parent.parent,
            start_new_session=True,
            preexec_fn=_control if own else None,
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: Any) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)
        os.close(self._master)

    @property
    def text(self) -> str:
        """The screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def read(self, seconds: float) -> bytes:
        """What comes within `seconds`; empty when nothing does, or the program has ended."""
        if not select.select([self._master], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return b""
        self.written += data
        if b"\x1b[?2026$p" in data:
            os.write(self._master, b"\x1b[?2026;2$y")
        data = self._rest + data
        unfinished = _UNFINISHED.search(data)
        self._rest = data[unfinished.start() :] if unfinished else b""
        self._stream.feed(_UNKNOWN.sub(b"", data[: len(data) - len(self._rest)]))
        return data

    def type(self, keys: str) -> None:
        """Send keys as they come from a keyboard."""
        os.write(self._master, keys.encode())

    def wait(self, words: str, *, seconds: float = 60) -> None:
        """Read until `words` are on the screen."""
        end = time.monotonic() + seconds
        while words not in self.text:
            assert time.monotonic() < end, f"{words!r} never came:\n{self.text}"
            self.read(0.1)

    def wait_whole(self, words: str, times: int = 1, *, seconds: float = 60) -> None:
        """Read until `words` are on the screen so often, and the frame that brought them is whole."""
        end = time.monotonic() + seconds
        while self.text.count(words) < times or not self.written.endswith(SYNC_END):
            assert time.monotonic() < end, f"{words!r} never came:\n{self.text}"
            self.read(0.1)

    def settle(self, quiet: float = 0.25) -> bytes:
        """Read until nothing comes for `quiet` seconds; what came."""
        start = len(self.written)
        while self.read(quiet):
            pass
        return bytes(self.written[start:])

    def press(self, key: str) -> bytes:
        """Press a key that changes the screen; what the program wrote until its frame was whole."""
        start = len(self.written)
        self.type(key)
        end = time.monotonic() + 60
        while not self.written[start:].endswith(SYNC_END):
            assert time.monotonic() < end, f"{key!r} changed nothing:\n{self.text}"
            self.read(0.1)
        return bytes(self.written[start:])

    def bar_row(self) -> int | None:
        """The screen row that is reversed, not counting the status line."""
        for y in range(self.screen.lines - 1):
            line = self.screen.buffer[y]
            if line[self.screen.columns - 2].reverse:
                return y
        return None

    def end(self, keys: str = "\x11", *, seconds: float = 60) -> int:
        """Leave with `keys`; the program's exit code."""
        self.type(keys)
        end = time.monotonic() + seconds
        while self._process.poll() is None:
            assert time.monotonic() < end, f"it did not end:\n{self.text}"
            self.read(0.05)
        while self.read(0.05):
            pass
        return self._process.returncode
