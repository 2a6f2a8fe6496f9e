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
SUBJECT = "?b?G10wO3ZvbMOpBxtbMkobWzMxbeKArkV4ZWN1dGV6?="
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


def write_config(path: Path, dovecot: PrivateDovecot, users: dict[str, str]) -> Path:
    """A configuration of one profile with these mailboxes, by name, on Dovecot."""
    imap, smtp = dovecot.endpoint("imap"), dovecot.endpoint("submission")
    accounts = []
    for name, user in users.items():
        secret = path / f"{name}.secret"
        secret.write_text(dovecot.password(user))
        secret.chmod(0o600)
        accounts.append(
            f"""
[accounts.{name}]
address = "{user}"
type = "PER"
policy = "sn-hdf"
imap = {{ host = "{imap.host}", port = {imap.port}, security = "starttls" }}
smtp = {{ host = "{smtp.host}", port = {smtp.port}, security = "starttls" }}
ca = {json.dumps(str(dovecot.ca))}
auth = {{ method = "password", command = [{json.dumps(shutil.which("cat"))}, {json.dumps(str(secret))}] }}
"""
        )
    config = path / "config.toml"
    config.write_text(
        f"""
profile = "garde"
[profiles.garde]
person = {{ name = "Jean MARTIN", title = "Dr", rpps = "10100000001" }}
accounts = {json.dumps(list(users))}
{"".join(accounts)}"""
    )
    config.chmod(0o600)
    return config


@pytest.fixture
def config(tmp_path: Path, dovecot: PrivateDovecot) -> Path:
    """One mailbox on Dovecot, three messages in it."""
    user = dovecot.new_user()
    dovecot.fill(user, [(HOSTILE if n == 1 else PLAIN).replace("<h@", f"<h{n}@").encode() for n in range(3)])
    return write_config(tmp_path, dovecot, {"essai": user})


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


@pytest.mark.real_server
def test_on_dovecot_two_mailboxes_are_one_list_and_what_comes_in_either_is_told(
    tmp_path: Path, dovecot: PrivateDovecot
) -> None:
    users = {"garde": dovecot.new_user(), "ehpad": dovecot.new_user()}
    for name, user in users.items():
        dovecot.fill(user, [PLAIN.replace(SUBJECT, f"?q?pour_{name}?=").encode()])
    with Terminal("mss_tui", "--config", str(write_config(tmp_path, dovecot, users)), cols=100, rows=30) as terminal:
        terminal.wait("pour garde")
        terminal.wait_whole("Corbeille", 2)
        dovecot.fill(users["ehpad"], [PLAIN.encode()])
        terminal.wait("1 nouveau(x) message(s) : ehpad")  # nobody ever opened that one: NOTIFY told it
        terminal.type("B")
        terminal.wait("Toutes les boîtes (2)")
        terminal.wait("3 messages")
        terminal.wait("pour garde")
        terminal.wait("pour ehpad")
        dovecot.fill(users["garde"], [PLAIN.encode()])
        terminal.wait("4 messages")
        terminal.type("s")
        terminal.wait("1 à la corbeille")
        terminal.wait("3 messages")
        terminal.type("z")
        terminal.wait("4 messages")
        assert terminal.end() == 0
