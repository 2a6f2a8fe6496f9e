"""Every act of a screen has its twin, and every twin is a command that exists."""

from __future__ import annotations

import shlex

import pytest

from mss_tui.cli.parser import build_parser
from mss_tui.cli.twins import TWINS
from mss_tui.tui.actions import ACTIONS, Scope

OF_THE_SCREEN = {
    "main.pane", "main.pane-back", "main.back", "mail.next", "mail.previous", "mail.quoted",
    "list.select", "composer.leave", "composer.next", "composer.previous", "walker.back",
    "composer.drafts", "composer.spelling",
    "form.pdf", "form.table", "form.back", "documents.next", "documents.previous", "documents.back",
    "reflexes.tick", "reflexes.back", "annuaire.results", "annuaire.back", "results.field", "results.favourite",
    "psc.back",
    "pieces.preview", "pieces.back",
}  # fmt: skip
"""Acts that move about the screen, or that only a screen has."""


def test_every_act_has_a_twin_or_is_of_the_screen_alone() -> None:
    without = {
        action.id for action in ACTIONS if action.scope not in (Scope.APP, Scope.MOVES, Scope.PAGE, Scope.DIALOG)
    } - set(TWINS)
    assert without == OF_THE_SCREEN


def test_every_twin_is_of_an_act_that_exists() -> None:
    assert set(TWINS) <= {action.id for action in ACTIONS}


@pytest.mark.parametrize("command", sorted(set(TWINS.values())))
def test_every_twin_is_a_command(command: str) -> None:
    assert build_parser().parse_args(shlex.split(command)).command
