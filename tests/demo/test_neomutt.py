"""neomutt lists and reads the demo's mail, over both forms of TLS."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import termios
import time
from pathlib import Path

import pyte
import pytest

from mss_tui.demo.operator import Operator

NEOMUTT = shutil.which("neomutt")
COLUMNS, LINES, PATIENCE = 140, 45, 40

_RC = """
set imap_user = "{user}"
set imap_pass = "{password}"
set ssl_force_tls = yes
set ssl_starttls = yes
set ssl_ca_certificates_file = "{ca}"
set certificate_file = "{home}/accepted"
set folder = ""
set header_cache = ""
set charset = "utf-8"
set sort = date-received
set quit = yes
"""


class Terminal:
    """A program in a pseudo-terminal, and its screen."""

    def __init__(self, command: list[str], home: Path) -> None:
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self._fd, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        environment = {"TERM": "xterm", "LC_ALL": "C.UTF-8", "HOME": str(home), "PATH": os.environ["PATH"]}
        self._process = subprocess.Popen(
            command, stdin=inside, stdout=inside, stderr=inside, env=environment, start_new_session=True
        )
        os.close(inside)

    def until(self, words: str) -> str:
        """The screen, once `words` stand on it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            text = "\n".join(self._screen.display)
            if words in text:
                return text
            if select.select([self._fd], [], [], 1)[0]:
                try:
                    self._stream.feed(os.read(self._fd, 1 << 16))
                except OSError:
                    break
        raise AssertionError("\n".join(line.rstrip() for line in self._screen.display))

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._fd, keys.encode())

    def end(self) -> None:
        """End the program."""
        self._process.kill()
        self._process.wait()
        os.close(self._fd)


@pytest.mark.terminal
@pytest.mark.skipif(NEOMUTT is None, reason="neomutt is not installed")
@pytest.mark.parametrize("kind", ["imap", "imaps"])
async def test_neomutt_lists_and_reads_the_demo_s_mail(full_operator: Operator, tmp_path: Path, kind: str) -> None:
    who = full_operator.accounts[1]
    home = tmp_path / "mutt"
    home.mkdir(mode=0o700)
    config = home / "rc"
    config.write_text(_RC.format(user=who.address, password=who.password, ca=full_operator.ca, home=home))
    port = getattr(full_operator, kind).port

    def read() -> None:
        url = f"{kind}://127.0.0.1:{port}/INBOX"
        terminal = Terminal([NEOMUTT or "", "-n", "-F", str(config), "-f", url], home)
        try:
            listed = terminal.until("Msgs:24")
            assert "Dr_Jean_MARTIN" in listed
            assert "Rupture : rivastigmine 9,5 mg/24 h" in listed
            terminal.press("/rivastigmine\n\n")
            shown = terminal.until("le 4,6 mg est disponible")
            assert "From: Pharmacie du Pont <contact@pharmacie-du-pont.demo.mssante.fr>" in shown
        finally:
            terminal.end()

    await asyncio.to_thread(read)
