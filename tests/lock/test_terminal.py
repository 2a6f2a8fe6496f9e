"""The lock in a real pseudo-terminal, with time moved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lock.program import PASSWORD
from tests.support.terminal import Terminal

pytestmark = pytest.mark.terminal


@pytest.fixture
def minutes(tmp_path: Path) -> Path:
    path = tmp_path / "minutes"
    path.write_text("0")
    return path


@pytest.fixture
def terminal(minutes: Path, tmp_path: Path) -> Iterator[Terminal]:
    with Terminal("tests.lock.program", str(minutes), str(tmp_path / "left")) as made:
        made.wait("en ligne")
        made.settle()
        yield made


def test_five_minutes_without_a_key_blank_the_screen_and_the_password_brings_it_back(
    terminal: Terminal, minutes: Path
) -> None:
    minutes.write_text("4.9")
    assert "BIOSUD" in terminal.text
    minutes.write_text("5")
    terminal.wait("Écran verrouillé")
    terminal.settle()
    assert "BIOSUD" not in terminal.text
    assert "DUPOND" not in terminal.text
    start = len(terminal.written)
    terminal.type(PASSWORD + "\r")
    terminal.wait("BIOSUD")
    assert PASSWORD.encode() not in terminal.written[start:]
    assert terminal.end() == 0


def test_the_first_key_after_a_long_absence_locks(terminal: Terminal, minutes: Path) -> None:
    minutes.write_text("30")
    terminal.type("j")
    terminal.wait("Écran verrouillé")
    assert "BIOSUD" not in terminal.text


def test_three_wrong_passwords_log_out_and_what_was_written_is_kept(
    terminal: Terminal, minutes: Path, tmp_path: Path
) -> None:
    terminal.type("n")
    terminal.wait("Objet")
    terminal.type("anne.lefebvre@chu-lyon.mssante.fr")
    terminal.wait("anne.lefebvre")
    terminal.settle()
    minutes.write_text("6")
    terminal.wait("Écran verrouillé")
    for left in ("2", "1"):
        terminal.type("faux\r")
        terminal.wait(f"Essais restants : {left}")
    assert terminal.end("faux\r") == 21
    assert (tmp_path / "left").read_text() == "21 brouillon"
    assert "anne.lefebvre" not in terminal.text


def test_ctrl_l_locks_at_once_and_leaving_needs_no_password(terminal: Terminal, tmp_path: Path) -> None:
    terminal.type("\x0c")
    terminal.wait("Écran verrouillé")
    assert "BIOSUD" not in terminal.text
    assert terminal.end() == 0
