"""The whole program in a pseudo-terminal: on the embedded operator, and on Dovecot."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.dovecot import PrivateDovecot, dovecot
from tests.support.terminal import Terminal
from tests.tui.test_terminal import foreign

__all__ = ["dovecot"]

pytestmark = pytest.mark.terminal

SSH = {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}
HOSTILE = (
    "From: =?utf-8?q?=1B]0=3Bvol=07Jean?= <jean@cabinet.mssante.fr>\r\n"
    "To: x\r\nSubject: =?utf-8?b?G10wO3ZvbMOpBxtbMkobWzMxbeKArkV4ZWN1dGV6?=\r\n"
    "Message-ID: <h@x.mssante.fr>\r\nDate: Fri, 20 Nov 2026 02:00:00 +0100\r\n\r\n"
    "avant\x1b[2J\x1b]52;c;cm0gLXJm\x07apres\r\n"
)
PLAIN = HOSTILE.replace("avant", "Bonjour").replace("\x1b[2J\x1b]52;c;cm0gLXJm\x07apres", " de Dovecot")


def test_the_demo_reads_checks_sends_and_leaves_nothing(tmp_path: Path) -> None:
    with Terminal("mss_tui", "demo", cols=120, rows=40, **SSH) as terminal:
        terminal.wait("en ligne", seconds=60)
        terminal.wait("Corbeille")
        terminal.type("\r")
        terminal.wait(" Objet ")
        for _ in range(30):
            terminal.type("J")
            terminal.settle(0.1)
        terminal.type("\x1b")
        terminal.settle(0.4)
        terminal.type("n")
        terminal.wait("Cci")
        terminal.type("lefebvre\x14")
        terminal.wait("homonyme")
        terminal.settle()
        terminal.type("\x1b[B\r")
        terminal.wait("rien à signaler")
        terminal.type("\t\t\tSuite VIAL Paul\tMerci, vu.\x18")
        terminal.wait("Pertinence")
        terminal.type("o")
        terminal.wait("Envoyé à 1", seconds=60)
        assert terminal.end(seconds=60) == 0
        assert foreign(without_bells(terminal)) == []


def without_bells(terminal: Terminal) -> bytes:
    """What was written, but for the bell that tells of new mail."""
    return bytes(terminal.written).replace(b"\x1b]22;default\x07", b"").replace(b"\x07", b"")


@pytest.fixture
def config(tmp_path: Path, dovecot: PrivateDovecot) -> Path:
    """A configuration with one mailbox on Dovecot, three messages in it."""
    user = dovecot.new_user()
    dovecot.fill(user, [(HOSTILE if n == 1 else PLAIN).replace("<h@", f"<h{n}@").encode() for n in range(3)])
    secret = tmp_path / "secret"
    secret.write_text(dovecot.password(user))
    secret.chmod(0o600)
    imap, smtp = dovecot.endpoint("imap"), dovecot.endpoint("submission")
    path = tmp_path / "config.toml"
    path.write_text(
        f"""
profile = "garde"
[profiles.garde]
person = {{ name = "Jean MARTIN", title = "Dr", rpps = "10100000001" }}
accounts = ["essai"]
[accounts.essai]
address = "{user}"
type = "PER"
policy = "sn-hdf"
imap = {{ host = "{imap.host}", port = {imap.port}, security = "starttls" }}
smtp = {{ host = "{smtp.host}", port = {smtp.port}, security = "starttls" }}
ca = {json.dumps(str(dovecot.ca))}
auth = {{ method = "password", command = [{json.dumps(shutil.which("cat"))}, {json.dumps(str(secret))}] }}
"""
    )
    path.chmod(0o600)
    return path


@pytest.mark.real_server
def test_on_dovecot_a_message_is_read_handled_deleted_and_comes_back(config: Path) -> None:
    with Terminal("mss_tui", "--config", str(config), cols=100, rows=30, **SSH) as terminal:
        terminal.wait("3 messages", seconds=60)
        terminal.wait("en ligne")
        terminal.type("\r")
        terminal.wait("de Dovecot")
        terminal.type("J")
        terminal.wait("apres")
        terminal.type("\x1b")
        terminal.settle(0.4)
        terminal.type("t")
        terminal.wait("1 traité(s)")
        terminal.type("s")
        terminal.wait("2 messages")
        terminal.type("z")
        terminal.wait("3 messages")
        assert terminal.end(seconds=30) == 0
        assert foreign(without_bells(terminal)) == []
