"""The lock on the screens: nothing shows, nothing acts, what was written stays, three wrong tries log out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mss_tui.errors import AuthRefused
from mss_tui.model.paris import PARIS
from mss_tui.model.people import Caching, Lock
from mss_tui.phrase import say
from mss_tui.ports.psc import Attempt, Channel
from mss_tui.ports.secrets import Secret
from mss_tui.services.guard import Guard
from mss_tui.tui.screens.ask import AskYesNo
from tests.sending.samples import draft
from tests.sending.test_sealing import MemoryVault
from tests.support.desk import FakeDesk, make_desk
from tests.support.screen import running, screen_text, until, write

PASSWORD = "motdepasse"


def by_password(fake: FakeDesk) -> Guard:
    return Guard(Lock(), fake.clock, lambda text: text == PASSWORD)


async def test_ctrl_l_hides_everything_and_the_password_brings_it_back() -> None:
    fake = make_desk()
    async with running(fake, guard=by_password(fake)) as pilot:
        await pilot.press("ctrl+l")
        await until(pilot, "Écran verrouillé")
        assert "BIOSUD" not in screen_text(pilot.app)
        await write(pilot, "faux")
        await pilot.press("enter")
        await until(pilot, "Essais restants : 2")
        await write(pilot, PASSWORD)
        assert PASSWORD not in screen_text(pilot.app)
        await pilot.press("enter")
        await until(pilot, "BIOSUD")


async def test_what_leaving_from_a_locked_screen_erases_is_said() -> None:
    fake = make_desk()
    object.__setattr__(fake.desk.profile, "caching", Caching(encrypted=True))
    async with running(fake, guard=by_password(fake)) as pilot:
        await pilot.press("ctrl+l")
        await until(pilot, "efface la copie chiffrée")
        assert "Les brouillons" not in screen_text(pilot.app)


async def test_drafts_that_leaving_from_a_locked_screen_keeps_are_said() -> None:
    fake = make_desk()
    object.__setattr__(fake.desk.profile, "caching", Caching(encrypted=True))
    place = replace(fake.desk.places[0], sealed=MemoryVault(draft()))
    desk = replace(fake.desk, places=(place,))
    async with running(replace(fake, desk=desk), guard=by_password(fake)) as pilot:
        await pilot.press("ctrl+l")
        await until(pilot, "Les brouillons qui ne sont que sur ce poste y restent, chiffrés.")


async def test_nobody_there_for_five_minutes_locks_by_itself() -> None:
    fake = make_desk()
    async with running(fake, guard=by_password(fake)) as pilot:
        fake.clock.advance(timedelta(minutes=5))
        await until(pilot, "Écran verrouillé")
        assert "BIOSUD" not in screen_text(pilot.app)


async def test_the_key_that_comes_after_the_pause_locks_and_does_nothing_else() -> None:
    fake = make_desk()
    async with running(fake, guard=by_password(fake)) as pilot:
        fake.clock.advance(timedelta(minutes=6))
        await pilot.press("s")
        await until(pilot, "Écran verrouillé")
        await write(pilot, PASSWORD)
        await pilot.press("enter")
        await until(pilot, "BIOSUD")
        assert "corbeille" not in screen_text(pilot.app)


async def test_a_code_is_chosen_first_where_nothing_else_could_open() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("ctrl+l")
        await until(pilot, "Code de verrouillage")
        await write(pilot, "4711")
        assert "4711" not in screen_text(pilot.app)
        await pilot.press("enter")
        await until(pilot, "Code choisi")
        await pilot.press("ctrl+l")
        await until(pilot, "Votre code puis Entrée")
        await write(pilot, "4711")
        await pilot.press("enter")
        await until(pilot, "BIOSUD")


async def test_palette_and_help_do_nothing_behind_the_lock() -> None:
    fake = make_desk()
    async with running(fake, guard=by_password(fake)) as pilot:
        await pilot.press("ctrl+l")
        await until(pilot, "Écran verrouillé")
        depth = len(pilot.app.screen_stack)
        await pilot.press("ctrl+p", "f1", "ctrl+y", "ctrl+k", "ctrl+l")
        await pilot.pause()
        assert len(pilot.app.screen_stack) == depth


async def test_a_question_that_comes_while_locked_stays_below_the_lock() -> None:
    fake = make_desk()
    async with running(fake, guard=by_password(fake)) as pilot:
        await pilot.press("ctrl+l")
        await until(pilot, "Écran verrouillé")
        pilot.app.push_screen(AskYesNo(say("DUPOND Léo : garder ?")))
        await pilot.pause()
        assert "DUPOND" not in screen_text(pilot.app)
        await write(pilot, PASSWORD)
        await pilot.press("enter")
        await until(pilot, "DUPOND Léo : garder ?")
        await pilot.press("n")
        await until(pilot, "BIOSUD")


@pytest.mark.parametrize("keys", [["wrong"] * 3, []])
async def test_three_wrong_tries_or_ctrl_q_log_out_and_the_draft_is_kept(keys: list[str]) -> None:
    fake = make_desk()
    async with running(fake, guard=by_password(fake)) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        await write(pilot, "anne.lefebvre@chu-lyon.mssante.fr")
        await pilot.press("ctrl+l")
        await until(pilot, "Écran verrouillé")
        for word in keys:
            await write(pilot, word)
            await pilot.press("enter")
            await pilot.pause()
        if not keys:
            await pilot.press("ctrl+q")
        await until(pilot, lambda: pilot.app.return_code is not None)
    assert pilot.app.return_code == (21 if keys else 0)
    found = fake.facts.of("garde").interrupted
    assert found is not None
    assert found.draft is not None


class FakeProfessional:
    """A session that a test decides."""

    def __init__(self, fake: FakeDesk) -> None:
        self._clock = fake.clock
        self.ends_at: datetime | None = None
        self.preferred = Channel.MOBILE
        self.ask: Callable[[], Awaitable[None]] | None = None
        self.touched = 0
        self.channels: list[Channel] = []
        self.answers: list[AuthRefused | None] = []

    def ask_with(self, ask: Callable[[], Awaitable[None]] | None) -> None:
        self.ask = ask

    async def begin(self, channel: Channel) -> Attempt:
        self.channels.append(channel)
        return Attempt("42", channel, self._clock.now() + timedelta(minutes=2), Secret("x"), 1)

    async def wait(self, attempt: Attempt) -> None:
        if not self.answers:
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if answer is not None:
            raise answer
        self.ends_at = self._clock.now() + timedelta(minutes=30)

    def touch(self) -> None:
        self.touched += 1


async def test_the_number_is_large_and_the_end_of_the_session_stands_in_the_status_line() -> None:
    fake = make_desk()
    psc = FakeProfessional(fake)
    async with running(fake, (120, 40), psc=psc) as pilot:
        await pilot.press("ctrl+y")
        await until(pilot, "Entrée : demander la confirmation (mobile e-CPS)")
        await pilot.press("enter")
        await until(pilot, "Sur votre mobile")
        text = screen_text(pilot.app)
        assert "#   #   #####" in text
        assert "#####   #####" in text
        assert f"Valable jusqu'à {fake.clock.now().astimezone(PARIS) + timedelta(minutes=2):%H:%M:%S}" in text
        assert "BIOSUD" not in text
        await pilot.press("c")
        await until(pilot, "CPS-Gestion")
        psc.answers = [AuthRefused(say("refusée sur l'appareil")), None]
        await pilot.press("r")
        await until(pilot, "refusée sur l'appareil")
        await pilot.press("r")
        await until(pilot, lambda: psc.ends_at is not None)
        await until(pilot, f"PSC jusqu'à {psc.ends_at.astimezone(PARIS):%H:%M}")  # type: ignore[union-attr]
        assert psc.channels == [Channel.MOBILE, Channel.CARD, Channel.CARD, Channel.CARD]
        before = psc.touched
        await pilot.press("down")
        assert psc.touched > before


async def test_a_token_that_is_wanted_asks_on_screen_and_a_no_is_an_answer() -> None:
    fake = make_desk()
    psc = FakeProfessional(fake)
    async with running(fake, psc=psc) as pilot:
        assert psc.ask is not None
        wanted = asyncio.ensure_future(psc.ask())
        await until(pilot, "Pro Santé Connect")
        await pilot.press("escape")
        with pytest.raises(AuthRefused, match="pas été ouvert"):
            await wanted
        await until(pilot, "BIOSUD")


async def test_pro_sante_connect_opens_the_lock() -> None:
    fake = make_desk()
    psc = FakeProfessional(fake)
    psc.answers = [None]
    async with running(fake, psc=psc) as pilot:
        await pilot.press("ctrl+l")
        await until(pilot, "Entrée : rouvrir avec Pro Santé Connect")
        await pilot.press("enter")
        await until(pilot, "demander la confirmation")
        assert "BIOSUD" not in screen_text(pilot.app)
        await pilot.press("enter")
        await until(pilot, "BIOSUD")


async def test_a_session_that_ends_behind_the_lock_ends_the_program() -> None:
    fake = make_desk()
    psc = FakeProfessional(fake)
    psc.ends_at = fake.clock.now() + timedelta(minutes=30)
    async with running(fake, psc=psc) as pilot:
        fake.clock.advance(timedelta(minutes=29))
        await until(pilot, "Écran verrouillé")
        fake.clock.advance(timedelta(minutes=1))
        await until(pilot, lambda: pilot.app.return_code is not None)
    assert pilot.app.return_code == 21
