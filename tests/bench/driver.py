"""mss-tui for the comparison with other clients: a driver for a harness whose drivers are subclasses of its `Driver`.

    BENCH_DRIVER=…/tests/bench/driver.py python tui_bench.py --client mss-tui --n 10000 --rtt 30 --out r.jsonl

`MSS_TUI` is the command that starts the program ("mss-tui" unless set). The settings are those that a user gets: no
cache of mail, the password from a command, TLS checked against the harness's own authority. Nothing is opened, kept or
switched off for the measure. `mss-tui-low` is the profile for slow lines.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from drivers import Driver, Neomutt  # type: ignore[import-not-found]


class MssTui(Driver):  # type: ignore[misc]
    """The program as it is installed."""

    name = "mss-tui"
    down, up, page_down, page_up, top = "j", "k", "\x1b[6~", "\x1b[5~", "\x1b[H"
    open, back = "\r", "\x1b"
    quit = ("\x11",)
    low_bandwidth = False

    def version(self) -> str:
        """What the program says of itself."""
        return subprocess.run([*self.argv(), "--version"], capture_output=True, text=True, check=True).stdout.strip()

    def setup(self) -> None:
        """A profile with one mailbox."""
        c = self.ctx
        self.write("secret", c.password)
        self.write(
            ".config/mss-tui/config.toml",
            f"""\
            [profiles.default]
            person = {{ name = "Jean MARTIN" }}
            accounts = ["bench"]
            low_bandwidth = {str(self.low_bandwidth).lower()}
            [accounts.bench]
            address = "test@cabinet.mssante.fr"
            type = "ORG"
            imap = {{ host = "{c.host}", port = {c.port}, security = "{c.security}" }}
            policy = "generique"
            smtp = {{ host = "{c.host}", port = 9, security = "starttls" }}
            auth = {{ method = "password", user = "{c.user}", command = ["cat", "{c.home}/secret"] }}
            ca = "{c.ca}"
            """,
        )

    def argv(self) -> list[str]:
        """The program, without arguments."""
        return shlex.split(os.environ.get("MSS_TUI", "mss-tui"))

    def env(self) -> dict[str, str]:
        """That of the harness, without the proxies and paths of whoever runs it, and with its state apart."""
        found: dict[str, str] = super().env()
        found["XDG_STATE_HOME"] = str(Path(self.ctx.home) / ".local/state")
        return found

    def search_subject(self) -> list[str]:
        """Words of subject or sender."""
        return ["/", "RARETOKEN", "\r"]

    def end_search(self) -> list[str]:
        """Back to the whole folder."""
        return ["\x1b"]


class MssTuiLow(MssTui):
    """The same for a slow line."""

    name = "mss-tui-low"
    low_bandwidth = True


class NeomuttHere(Neomutt):  # type: ignore[misc]
    """neomutt where it was built without lmdb (Debian 12): its own kind of header cache, QRESYNC on."""

    name = "neomutt-here"
    extra = "set imap_qresync=yes imap_condstore=yes\nset mail_check_stats=no"
