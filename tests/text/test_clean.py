"""What passes the sanitiser cannot act on a terminal and does not change a second time."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from mss_tui.text import cell_width, clean, clean_lines, fit

ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


def harmless(text: str, allowed: str = "") -> bool:
    return all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or c in allowed for c in text)


@given(ANY)
def test_no_acting_character_survives(text: str) -> None:
    assert harmless(clean(text))
    assert harmless(clean_lines(text), allowed="\n")


@given(ANY)
def test_a_second_pass_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_lines(clean_lines(text)) == clean_lines(text)


@given(ANY, st.integers(1, 60))
def test_fit_fills_its_column_exactly(text: str, width: int) -> None:
    assert cell_width(fit(clean(text), width)) == width


def test_french_text_is_left_alone() -> None:
    text = "Compte-rendu d’échographie – « cœur » : 37,5 °C, œdème, 12 µg/L, NAÏF, Ÿ, € 20"
    assert clean(text) == text


def test_what_acts_becomes_what_shows() -> None:
    assert clean("\x1b]52;c;QQ==\x07\x9b2J") == "\u241b]52;c;QQ==\u2407\ufffd2J"
    assert clean("facture\u202efdp.exe") == "facture␦fdp.exe"
    assert clean("a\u200bb\ufeffc\u00add") == "abcd"
    assert clean("un\r\n deux\u2028trois") == "un   deux trois"


def test_a_flood_of_marks_is_cut() -> None:
    assert clean("e" + "\u0301" * 500) == "e" + "\u0301" * 4


def test_lines_are_kept_and_tabs_are_spaces() -> None:
    assert clean_lines("a\r\nb\rc\u2028d\te") == "a\nb\nc\nd       e"


def test_a_long_subject_says_that_it_was_cut() -> None:
    assert clean("x" * 3000, limit=10) == "x" * 10 + "…"


def test_no_character_of_unicode_acts() -> None:
    """One by one: what a category forbids must not hide in a range that nobody looked at."""
    survivors = [code for code in range(0x110000) if not harmless(clean("a" + chr(code)))]
    assert survivors == []
