"""Narrative as terminal text: spans spread, nothing cut, a table too wide becomes records."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.documents.cda import read_cda
from mss_tui.documents.layout import lay_out, wrap
from mss_tui.text import cell_width, clean
from tests.support.xdm import laboratory, n3

GOLDEN = Path(__file__).parent / "golden"


def laid(narrative: str, width: int = 60) -> str:
    return lay_out(read_cda(n3(f"<section><title>T</title><text>{narrative}</text></section>")).blocks, width)


@pytest.mark.parametrize("width", [80, 120])
def test_a_laboratory_report_of_fifteen_columns(width: int) -> None:
    text = lay_out(read_cda(n3(laboratory(rows=2))).blocks, width)
    assert text + "\n" == (GOLDEN / f"biologie-{width}.txt").read_text("utf-8"), text
    assert max(map(cell_width, text.split("\n"))) <= width


def test_a_table_that_fits_is_a_grid() -> None:
    text = laid(
        "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )
    assert text.split("\n")[-3:] == ["A | B", "--+--", "1 | 2"]


def test_spans_keep_each_value_under_its_heading() -> None:
    text = laid(
        "<table><thead><tr><th rowspan='2'>Analyse</th><th colspan='2'>Sang</th></tr><tr><th>Val</th><th>Ref</th></tr>"
        "</thead><tbody><tr><td>K</td><td>4</td><td>3-5</td></tr></tbody></table>"
    )
    lines = text.split("\n")
    assert [part.strip() for part in lines[-1].split("|")] == ["K", "4", "3-5"]
    assert [part.strip() for part in lines[-3].split("|")] == ["", "Val", "Ref"]


def test_lists_are_marked_and_numbered_and_emphasis_keeps_its_words() -> None:
    text = laid(
        "<list><item>Un</item><item><content styleCode='Bold'>Deux</content> mots</item></list>"
        "<list listType='ordered'><item>A</item><item>B</item></list>"
    )
    assert text.split("\n")[-4:] == ["• Un", "• Deux mots", "1. A", "2. B"]


def test_a_link_shows_where_it_leads() -> None:
    assert "voir <https://evil.example/>" in laid(
        '<paragraph><linkHtml href="https://evil.example/">voir</linkHtml></paragraph>'
    )


def test_lines_break_where_the_document_breaks_them() -> None:
    assert laid("<paragraph>un<br/>deux</paragraph>").split("\n")[-2:] == ["un", "deux"]


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=300), st.integers(4, 90))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    shown = clean(text, 500)
    lines = wrap(shown, width)
    assert all(cell_width(line) <= max(width, 2) for line in lines)
    assert "".join("".join(lines).split(" ")) == "".join(shown.split(" "))


def test_a_word_without_end_is_wrapped_in_one_pass() -> None:
    assert len(wrap("é" * 200_000, 80)) == 2_500
