"""A terminal that goes away: the draft is on the server, and the next start offers what stood on screen."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import pytest

from mss_tui.errors import ConnectionLost
from mss_tui.model.mailbox import Interrupted
from mss_tui.phrase import say
from mss_tui.tui import interrupted
from mss_tui.tui.screens.composer import ComposerScreen
from mss_tui.tui.widgets.field import Field
from tests.sending.test_sealing import MemoryVault
from tests.support.desk import FakeDesk, make_desk
from tests.support.fake_mail import NOW
from tests.support.screen import running, until
from tests.support.terminal import Terminal
from tests.tui.test_composer import LEFEVRE, composed


@pytest.mark.terminal
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_hangup_saves_the_draft_on_the_server(number: signal.Signals) -> None:
    with Terminal("tests.support.hangup_program") as terminal:
        terminal.wait("en ligne")
        terminal.type("n")
        terminal.wait("Objet")
        terminal.type(f"{LEFEVRE}\t\t\tSuite\tBonjour.")
        terminal.wait("Bonjour.")
        os.kill(terminal._process.pid, number)
        assert terminal.end("") == 128 + number
        written = terminal.written.decode("utf-8", "replace")
    assert f"To: {LEFEVRE}" in written
    assert "Subject: Suite" in written
    assert "noté : INBOX None ('Drafts', 7, " in written


@pytest.mark.terminal
def test_a_fault_while_drawing_saves_the_draft_on_the_server() -> None:
    with Terminal("tests.support.fault_program") as terminal:
        terminal.wait("en ligne")
        terminal.type("n")
        terminal.wait("Objet")
        terminal.type(f"{LEFEVRE}\t\t\tSuite\tBonjour.")
        terminal.wait("Bonjour.")
        terminal.type(" Une panne")
        assert terminal.end("") == 70
        written = terminal.written.decode("utf-8", "replace")
    assert "mss-tui s'est trompé (ZeroDivisionError)." in written
    assert "Traceback" not in written
    assert f"To: {LEFEVRE}" in written
    assert "Subject: Suite" in written
    assert "Bonjour. Une" in written.partition("gardé :")[2]
    assert "noté : INBOX None ('Drafts', 7, " in written


async def test_what_stood_on_screen_is_noted_by_name_alone() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("down", "enter")
        await until(pilot, "De Dr Anne LEFEBVRE")
        left = interrupted.seen(pilot.app)  # type: ignore[arg-type]
    await interrupted.keep(fake.desk, left)
    assert fake.facts.of("garde").interrupted == Interrupted(NOW, "INBOX", (7, 59))


async def test_a_mailbox_that_is_gone_too_keeps_nobody_waiting() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await composed(pilot)
        left = interrupted.seen(pilot.app)  # type: ignore[arg-type]
    assert len(left.drafts) == 1
    fake.mail.failure = ConnectionLost(say("La ligne s'est coupée."))
    await interrupted.keep(fake.desk, left)
    found = fake.facts.of("garde").interrupted
    assert found is not None
    assert found.draft is None


async def test_what_the_server_does_not_take_at_the_end_is_sealed_and_stored_at_the_next_start() -> None:
    fake = make_desk()
    vault = MemoryVault()
    place = replace(fake.desk.places[0], sealed=vault)
    desk = replace(fake.desk, places=(place,))
    async with running(replace(fake, desk=desk)) as pilot:
        await composed(pilot)
        left = interrupted.seen(pilot.app)  # type: ignore[arg-type]
    fake.mail.failure = ConnectionLost(say("La ligne s'est coupée."))
    await interrupted.keep(desk, left)
    (sealed,) = vault.kept.values()
    assert (sealed.draft.subject, len(sealed.tried)) == ("Suite VIAL Paul", 1)
    fake.mail.failure = None
    async with running(replace(fake, desk=desk)) as pilot:
        await until(pilot, "présent dans Brouillons")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ComposerScreen))
        assert pilot.app.screen.query_one("#subject", Field).value == "Suite VIAL Paul"
        assert not pilot.app.screen.unsaved  # type: ignore[attr-defined]
    assert vault.kept == {}
    assert len(fake.mail.appended) == 1


def kept_draft(fake: FakeDesk) -> Interrupted:
    """A draft on the server, as a hangup left it."""
    row = fake.mail.put(
        "Drafts", f"From: garde@hopital.mssante.fr\r\nTo: {LEFEVRE}\r\nSubject: Suite\r\n\r\nB\r\n".encode()
    )
    return Interrupted(NOW, "INBOX", (7, 59), (row.ref.folder, row.ref.uidvalidity, row.ref.uid))


async def test_the_next_start_offers_the_draft_once() -> None:
    fake = make_desk()
    fake.facts.update("garde", interrupted=kept_draft(fake))
    async with running(fake) as pilot:
        await until(pilot, "mss-tui s'est interrompu le 20/11/2026 02:41")
        await until(pilot, "Rouvrir le message qui était à l'écran")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ComposerScreen))
        assert pilot.app.screen.query_one("#subject", Field).value == "Suite"
        assert fake.facts.of("garde").interrupted is None


async def test_the_next_start_offers_the_message() -> None:
    fake = make_desk()
    fake.facts.update("garde", interrupted=Interrupted(NOW, "INBOX", (7, 59)))
    async with running(fake) as pilot:
        await until(pilot, "Rouvrir le message qui était à l'écran")
        await pilot.press("enter")
        await until(pilot, "De Dr Anne LEFEBVRE")
