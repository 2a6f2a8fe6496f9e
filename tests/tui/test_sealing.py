"""A draft that the server does not take, where there is an encrypted copy: said, and gone once it is elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from mss_tui.errors import ConnectionLost
from mss_tui.phrase import say
from mss_tui.tui.screens import composer_keeping
from mss_tui.tui.screens.composer import ComposerScreen
from tests.sending.test_sealing import MemoryVault
from tests.support.desk import FakeDesk, make_desk
from tests.support.screen import running, screen_text, until
from tests.tui.test_composer import composed

CUT = ConnectionLost(say("La ligne s'est coupée."))


def sealing() -> tuple[FakeDesk, MemoryVault]:
    fake, vault = make_desk(), MemoryVault()
    return replace(fake, desk=replace(fake.desk, places=(replace(fake.desk.places[0], sealed=vault),))), vault


def here(pilot: Pilot[int]) -> ComposerScreen:
    assert isinstance(pilot.app.screen, ComposerScreen)
    return pilot.app.screen


async def test_it_is_sealed_by_itself_and_leaves_once_the_line_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composer_keeping, "LOOK_SECONDS", 0.002)
    fake, vault = sealing()
    async with running(fake) as pilot:
        await composed(pilot)
        fake.mail.failure = CUT
        fake.clock.advance(timedelta(minutes=1))
        await until(pilot, "brouillon gardé sur cette machine, chiffré")
        assert [found.draft.subject for found in vault.kept.values()] == ["Suite VIAL Paul"]
        assert "mémoire seulement" not in screen_text(pilot.app)
        fake.mail.failure = None
        fake.clock.advance(timedelta(minutes=1))
        await until(pilot, lambda: not here(pilot).unsaved)
        await until(pilot, lambda: "chiffré" not in screen_text(pilot.app))
        assert vault.kept == {}
        assert len(fake.mail.appended) == 1


async def test_leaving_the_program_says_where_it_is() -> None:
    fake, vault = sealing()
    async with running(fake) as pilot:
        await composed(pilot)
        fake.mail.failure = CUT
        await pilot.press("ctrl+q")
        await until(pilot, "Garder dans Brouillons, puis quitter")
        await pilot.press("enter")
        await until(pilot, "Le serveur n'a pas pris 1 brouillon(s)")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ComposerScreen))
        assert len(vault.kept) == 1
        await pilot.press("ctrl+q")
        await until(pilot, "Quitter et perdre")
        await pilot.press("down", "enter")
        await until(pilot, lambda: pilot.app._exit)
    assert vault.kept == {}


async def test_a_message_that_left_is_no_longer_sealed() -> None:
    fake, vault = sealing()
    async with running(fake) as pilot:
        await composed(pilot)
        fake.mail.failure = CUT
        await pilot.press("ctrl+s")
        await until(pilot, "brouillon gardé sur cette machine, chiffré")
        fake.mail.failure = None
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")
        await pilot.press("o")
        await until(pilot, "Envoyé à 1 destinataire(s)")
    assert len(fake.submission.sent) == 1
    assert vault.kept == {}


async def test_where_it_cannot_be_sealed_it_is_in_memory_only_and_stays_on_screen() -> None:
    fake, vault = sealing()

    async def full(sealed: object) -> bool:
        return False

    vault.seal = full  # type: ignore[method-assign]
    async with running(fake) as pilot:
        await composed(pilot)
        fake.mail.failure = CUT
        await pilot.press("escape")
        await until(pilot, "Quitter ce message ?")
        await pilot.press("enter")
        await until(pilot, "brouillon, en mémoire seulement")
        assert here(pilot).unsaved
