"""Keys that a profile gives in place of ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mss_tui.tui.actions import ACTIONS
from mss_tui.tui.own_keys import own_keys
from tests.support.desk import FakeDesk, make_desk
from tests.support.screen import running, screen_text, until


def with_keys(*keys: tuple[str, str]) -> FakeDesk:
    fake = make_desk()
    object.__setattr__(fake.desk, "profile", replace(fake.desk.profile, keys=keys))
    return fake


async def test_an_act_is_done_by_its_own_key_and_no_longer_by_ours() -> None:
    async with running(with_keys(("main.new", "ctrl+n"), ("app.quit", "f10"))) as pilot:
        await pilot.press("n")
        await pilot.pause()
        assert "Objet" not in screen_text(pilot.app)
        await pilot.press("ctrl+n")
        await until(pilot, "Objet")
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert pilot.app.return_code is None


async def test_key_line_help_and_palette_show_it() -> None:
    async with running(with_keys(("main.new", "ctrl+n")), (160, 200)) as pilot:
        assert "Ctrl+N Nouveau" in screen_text(pilot.app)
        await pilot.press("f1")
        await until(pilot, "Touches du volet actif")
        assert any("Ctrl+N" in line and "Nouveau" in line for line in screen_text(pilot.app).splitlines())
        await pilot.press("escape")
        await pilot.press("ctrl+p")
        await until(pilot, "Palette")
        for letter in "Nouveau":
            await pilot.press(letter)
        await until(pilot, "(Ctrl+N)")


@pytest.mark.parametrize(
    ("act", "key", "sentence"),
    [
        ("main.nothing", "x", "« main.nothing » n'est pas un acte"),
        ("main.\x1b[2J", "x", "« main.␛[2J » n'est pas un acte"),
        ("app.quit", "q", "il faut Ctrl"),
        ("main.new", "ctrl+q", "« ctrl+q » est déjà à « app.quit »"),
        ("main.new", "slash", "« slash » est déjà à « main.search »"),
    ],
)
async def test_what_cannot_be_is_said_and_our_key_stays(act: str, key: str, sentence: str) -> None:
    kept, wrong = own_keys([(act, key)])
    assert kept == {}
    assert [sentence in str(one) for one in wrong] == [True]
    fake = with_keys((act, key))
    async with running(fake, (120, 40)) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")


def test_a_key_that_another_act_gave_away_is_free() -> None:
    kept, wrong = own_keys([("app.quit", "f10"), ("main.new", "ctrl+q")])
    assert wrong == []
    assert kept == {"app.quit": "f10", "main.new": "ctrl+q"}


def test_our_own_keys_leave_each_other_alone() -> None:
    """Each act could be given the key it has."""
    for action in ACTIONS:
        if action.scope.value == "main":
            assert own_keys([(action.id, action.keys.split(",")[0])])[1] == [], action.id
