"""From field to field of the composer: Entrée goes on, and a sentence that is no longer true goes away."""

from __future__ import annotations

import re

from mss_tui.tui.widgets.body import Body
from mss_tui.tui.widgets.field import Field
from tests.support.desk import make_desk
from tests.support.screen import running, screen_text, until, write


async def test_enter_in_a_field_goes_to_the_next_and_the_text_is_not_typed_in_the_subject() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        await write(pilot, "a.lefevre@medecin.mssante.fr")
        await pilot.press("enter", "enter", "enter")
        await write(pilot, "Suite VIAL Paul")
        await pilot.press("enter")
        await write(pilot, "Bonjour.")
        screen = pilot.app.screen
        await until(pilot, lambda: screen.query_one("#body", Body).text == "Bonjour.")
        assert screen.query_one("#subject", Field).value == "Suite VIAL Paul"
        assert screen.query_one("#cc", Field).value == screen.query_one("#bcc", Field).value == ""


async def test_that_a_draft_is_kept_is_no_longer_said_once_it_has_changed() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        await write(pilot, "a.lefevre@medecin.mssante.fr")
        await pilot.press("ctrl+s")
        await until(pilot, "Brouillon enregistré")
        await write(pilot, ", b")
        await until(pilot, lambda: "Brouillon enregistré" not in screen_text(pilot.app))
        assert "Ctrl+X" in screen_text(pilot.app)


async def test_the_lines_of_a_cited_thread_are_counted_as_the_rule_counts_them() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("r")
        await until(pilot, "citées partent")
        said = screen_text(pilot.app)
        cited = re.search(r"\[(\d+) lignes citées", said)
        rule = re.search(r"i (\d+) lignes du fil", said)
        assert cited is not None
        assert rule is not None
        assert cited[1] == rule[1]
