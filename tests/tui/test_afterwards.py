"""After a message went wrong: one key writes the notice, or what replaces it, filled with what is known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from mss_tui.model.message import Row
from mss_tui.tui.screens.composer import ComposerScreen
from tests.support.desk import ADDRESS, Body, FakeDesk, make_desk, row
from tests.support.fake_mail import correspondent
from tests.support.screen import running, screen_text, until

WRONG, RIGHT = "paul.vial@medecin.mssante.fr", "anne.lefebvre@chu-lyon.mssante.fr"
TEXT = "Voici le résultat de Mme DUPOND."


def sent(*to: str, subject: str = "Résultat DUPOND Léa du 19 novembre") -> Row:
    return replace(row(70, f"<{ADDRESS}>", subject), to=tuple(correspondent(f"<{a}>") for a in to))


def desk(*rows: Row) -> FakeDesk:
    fake = make_desk(rows)
    fake.reader.bodies[70] = Body(TEXT)
    return fake


async def composer(pilot: Pilot[int]) -> ComposerScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, ComposerScreen))
    screen = pilot.app.screen
    assert isinstance(screen, ComposerScreen)
    await until(pilot, lambda: bool(screen.query("#body")))
    return screen


async def test_the_notice_goes_to_the_one_it_should_not_have_gone_to_and_repeats_nothing() -> None:
    async with running(desk(sent(WRONG))) as pilot:
        await pilot.press("W")
        draft = (await composer(pilot)).draft()
        assert (draft.to, draft.cc, draft.quoted, draft.attachments) == ((WRONG,), (), "", ())
        assert "merci de le supprimer" in draft.body
        assert "« Résultat DUPOND Léa du… »" in draft.body
        assert "Dr Jean MARTIN" in draft.body
        assert "{" not in draft.body
        assert TEXT not in draft.body
        assert draft.in_reply_to == "<70@essai.mssante.fr>"


async def test_of_several_people_it_is_asked_who() -> None:
    async with running(desk(sent(RIGHT, WRONG))) as pilot:
        await pilot.press("W")
        await until(pilot, "À qui ce message n'était-il pas destiné ?")
        await pilot.press("down", "enter")
        assert (await composer(pilot)).draft().to == (WRONG,)


async def test_a_message_that_came_by_mistake_is_answered_first() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("down", "W")
        draft = (await composer(pilot)).draft()
        assert draft.to == (RIGHT,)
        assert "Je ne suis pas le destinataire" in draft.body
        await until(pilot, "Une fois la réponse partie")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ComposerScreen))
        assert "Une fois la réponse partie" not in screen_text(pilot.app)


async def test_what_replaces_a_message_has_its_people_and_its_words_and_asks_what_changed() -> None:
    async with running(desk(sent(RIGHT, WRONG))) as pilot:
        await pilot.press("V")
        screen = await composer(pilot)
        draft = screen.draft()
        assert draft.to == (RIGHT, WRONG)
        assert draft.subject == "Annule et remplace : Résultat DUPOND Léa du 19 novembre"
        assert "annule et remplace celui du 19/11/2026" in draft.body
        assert TEXT in draft.body
        await until(pilot, "champ(s) à remplir")
        await pilot.press("ctrl+x")
        await until(pilot, "Rien n'est parti : un champ entre accolades")


async def test_somebody_else_s_message_is_not_replaced() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("V")
        await until(pilot, "il ne peut pas être remplacé")
        assert "W répond" in screen_text(pilot.app)


@pytest.mark.parametrize("key", ["W", "V"])
async def test_without_a_message_nothing_happens(key: str) -> None:
    async with running(make_desk(())) as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert not isinstance(pilot.app.screen, ComposerScreen)
