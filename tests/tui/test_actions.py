"""The registry of acts, and what no source file of the screens may do."""

from __future__ import annotations

import ast
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

from mss_tui.tui.actions import ACTIONS, Action, Scope, keys_shown

TUI = Path(__file__).parent.parent.parent / "mss_tui" / "tui"

TOGETHER = (
    (Scope.APP, Scope.SCREENS, Scope.MAIN, Scope.MAIL, Scope.LIST, Scope.MOVES),
    (Scope.APP, Scope.SCREENS, Scope.MAIN, Scope.MAIL, Scope.MOVES),
    (Scope.APP, Scope.SCREENS, Scope.COMPOSER),
    (Scope.APP, Scope.SCREENS, Scope.RESULTS, Scope.MOVES),
    (Scope.APP, Scope.SCREENS, Scope.ANNUAIRE),
    (Scope.APP, Scope.SCREENS, Scope.PAGE, Scope.MOVES),
    (Scope.APP, Scope.SCREENS, Scope.OUTBOX, Scope.PAGE, Scope.MOVES),
    (Scope.APP, Scope.SCREENS, Scope.TIMELINE, Scope.PAGE, Scope.MOVES),
    (Scope.APP, Scope.SCREENS, Scope.REGISTERS, Scope.PAGE, Scope.MOVES),
    (Scope.APP, Scope.REFLEXES),
    (Scope.APP, Scope.DIALOG),
)
"""What is bound at once on each screen; a pane's own key may stand before its screen's (Échap, ↓)."""


@pytest.mark.parametrize("action", ACTIONS, ids=lambda a: a.id)
def test_every_act_has_an_id_a_key_a_french_label_and_a_tooltip(action: Action) -> None:
    assert action.id
    assert keys_shown(action)
    assert str(action.label)
    assert len(str(action.tooltip)) > len("Valid")
    assert "alt+" not in action.keys


def test_ids_are_unique() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize("scopes", TOGETHER, ids=lambda s: s[-1].value if s[-1] is not Scope.MOVES else s[-2].value)
def test_a_key_means_one_thing_on_a_screen(scopes: tuple[Scope, ...]) -> None:
    here = [action for action in ACTIONS if action.scope in scopes]
    for one, other in combinations(here, 2):
        assert not set(one.keys.split(",")) & set(other.keys.split(",")), (one.id, other.id)


def test_an_act_of_a_text_screen_needs_no_letter() -> None:
    for action in ACTIONS:
        if action.scope in (Scope.COMPOSER, Scope.ANNUAIRE, Scope.DIALOG, Scope.APP):
            assert all(len(key) > 1 for key in action.keys.split(",")), action.id


def trees() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text("utf-8"))) for path in TUI.rglob("*.py")]


def test_nothing_is_shown_through_markup() -> None:
    """No notify, no Label, Static, Markdown or RichLog of Textual's, no from_markup: text goes out as segments."""
    forbidden_names = {
        "Static",
        "Markdown",
        "RichLog",
        "Log",
        "Pretty",
        "Footer",
        "Header",
        "Toast",
        "DataTable",
        "OptionList",
    }
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in ("notify", "from_markup", "render_markup"), (path, node.lineno)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual.widgets"):
                imported = {alias.name for alias in node.names}
                assert imported <= {"Input", "TextArea", "Edit", "EditResult", "Selection"}, (path, imported)
            if isinstance(node, ast.Name):
                assert node.id not in forbidden_names, (path, node.lineno)


def test_words_shown_are_literal_templates() -> None:
    """`say` takes a literal, so no outside text can become a template, and every sentence can be translated."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                assert isinstance(node.args[0], ast.Constant), (path, node.lineno)


def test_no_worker_may_end_the_program() -> None:
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "run_worker":
                given = {keyword.arg for keyword in node.keywords}
                assert {"group", "exit_on_error"} <= given, (path, node.lineno)


def test_importing_the_way_in_does_not_import_textual() -> None:
    code = "import sys, mss_tui.tui.app; sys.exit(any(m.split('.')[0] in ('textual', 'rich') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
