"""Spelling in the composer: listed, underlined, corrected by keys; without a dictionary, a clear sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.errors import NotFound
from mss_tui.phrase import say
from mss_tui.tui.screens import composer_spelling
from mss_tui.tui.widgets.body import Body
from mss_tui.tui.widgets.field import Field
from tests.support.desk import make_desk
from tests.support.screen import running, screen_text, until
from tests.tui.test_composer import LEFEBVRE, composed

KNOWN = {"ordonance": ("ordonnance", "ordonnancé"), "malde": ("malade",), "zolpi": ()}


@pytest.fixture(autouse=True)
def dictionary(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """A dictionary that knows every word but three; what it was asked about."""
    asked: list[tuple[str, ...]] = []

    async def answers(command: Sequence[str], words: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        asked.append(tuple(words))
        return {word: KNOWN[word] for word in words if word in KNOWN}

    monkeypatch.setattr(composer_spelling, "installed", lambda: ("hunspell",))
    monkeypatch.setattr(composer_spelling, "doubts", answers)
    return asked


def underlined(body: Body) -> list[str]:
    """What is underlined in the text, as it is drawn."""
    strips = [body.render_line(y) for y in range(body.size.height)]
    return [s.text for strip in strips for s in strip if s.style is not None and s.style.underline and s.text.strip()]


TEXT = "Une ordonance pour Anne, le malde.\nAutre ordonance, zolpi.\n> ordonance citée"


async def test_a_word_is_corrected_wherever_it_stands(dictionary: list[tuple[str, ...]]) -> None:
    async with running(make_desk()) as pilot:
        await composed(pilot, LEFEBVRE, subject="Votre ordonance", body=TEXT)
        body = pilot.app.screen.query_one("#body", Body)
        await pilot.press("ctrl+u")
        await until(pilot, "3 mot(s) inconnu(s)")
        assert "ordonance : ordonnance, ordonnancé" in screen_text(pilot.app)
        assert underlined(body) == ["ordonance", "malde", "ordonance", "zolpi"]
        assert all("Anne" not in words for words in dictionary)
        await pilot.press("enter")
        await until(pilot, "« ordonance »")
        await pilot.press("down", "enter")
        await until(pilot, "2 mot(s) inconnu(s)")
        assert body.text == TEXT.replace("ordonance", "ordonnance", 2)
        assert pilot.app.screen_stack[-2].query_one("#subject", Field).value == "Votre ordonnance"
        await pilot.press("enter")
        await until(pilot, "« malde »")
        await pilot.press("enter")
        await until(pilot, "1 mot(s) inconnu(s)")
        await pilot.press("enter")
        await until(pilot, "« zolpi »")
        await pilot.press("down", "enter")
        await until(pilot, lambda: body.has_focus and body.selected_text == "zolpi")
        assert underlined(body) == ["zolpi"]
        await pilot.press("x")
        assert body.text.endswith("ordonnance, x.\n> ordonance citée")
        assert underlined(body) == []
        await pilot.press("ctrl+u")
        await until(pilot, "Orthographe : aucun mot inconnu.")


async def test_a_word_is_added_to_the_dictionary_that_the_profile_names(tmp_path: Path) -> None:
    fake = make_desk()
    object.__setattr__(fake.desk, "profile", replace(fake.desk.profile, dictionary=tmp_path / "mots"))
    async with running(fake) as pilot:
        await composed(pilot, body="Du zolpi.")
        await pilot.press("ctrl+u")
        await until(pilot, "1 mot(s) inconnu(s)")
        await pilot.press("enter")
        await until(pilot, "l'ajouter au dictionnaire du profil")
        await pilot.press("end", "enter")
        await until(pilot, "plus rien à revoir")
    assert (tmp_path / "mots").read_text() == "zolpi\n"


async def test_without_a_dictionary_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> tuple[str, ...]:
        raise NotFound(say("Aucun dictionnaire français."), remedy=say("apt install hunspell-fr"))

    monkeypatch.setattr(composer_spelling, "installed", missing)
    async with running(make_desk()) as pilot:
        await composed(pilot)
        await pilot.press("ctrl+u")
        await until(pilot, "apt install hunspell-fr")
        assert pilot.app.screen.query_one("#body", Body).text == "Bonjour."
