"""What is sent instead of a frame draws the same screen, and nothing is sent for what is seen already."""

from __future__ import annotations

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len, set_cell_size

from mss_tui.tui.frugal_screen import Frugal

WIDTH, HEIGHT = 24, 5
STYLES = ("", "1", "4", "7", "31", "1;31", "39;49", "7;30;47", "1;44", "38;5;49", "1;38;2;39;49;0;48;5;39")


def at(x: int, y: int) -> str:
    return f"\x1b[{y + 1};{x + 1}H"


def run(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


def whole(rows: list[tuple[str, str]]) -> str:
    """A frame over the whole screen, as the compositor makes one."""
    lines = [at(0, y) + run(set_cell_size(text, WIDTH), style) for y, (text, style) in enumerate(rows)]
    return "\n".join(lines) + at(3, 2)


def screen() -> tuple[pyte.Screen, pyte.Stream]:
    made = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(made)
    stream.feed("\r\n".join(["x" * WIDTH] * HEIGHT))
    return made, stream


def seen(made: pyte.Screen) -> list[list[tuple[object, ...]]]:
    """What every cell shows: a blank has no weight, and no colour but behind it."""
    cells = [[made.buffer[y][x] for x in range(WIDTH)] for y in range(HEIGHT)]
    return [[_seen(cell) for cell in row] for row in cells]


def _seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    if cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough):
        return (" ", cell.bg)
    return tuple(cell)


letters = st.text(alphabet="ab é·…│─x  ", max_size=WIDTH)
wide_letters = st.text(alphabet="ab é日本 ", max_size=WIDTH)


def frames_of(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    row = st.tuples(text, st.sampled_from(STYLES))
    return st.lists(row, min_size=HEIGHT, max_size=HEIGHT).map(whole)


frames = frames_of(letters)
wide_frames = frames_of(wide_letters)


@st.composite
def partial(draw: st.DrawFn) -> str:
    """A frame over some spans, each from a left edge."""
    parts = []
    for y in sorted(draw(st.sets(st.integers(0, HEIGHT - 1), min_size=1))):
        x = draw(st.integers(0, WIDTH - 1))
        text = draw(letters)
        room = WIDTH - x
        text = set_cell_size(text, min(cell_len(text), room))
        parts.append(at(x, y) + run(text, draw(st.sampled_from(STYLES))))
    return "\n".join(parts) + at(0, 0)


@settings(max_examples=150, deadline=None)
@given(frames, st.lists(st.one_of(frames, partial()), max_size=6))
def test_changes_draw_what_frames_draw(first: str, later: list[str]) -> None:
    same_screen(first, later)


@settings(max_examples=100, deadline=None)
@given(wide_frames, st.lists(wide_frames, max_size=3))
def test_wide_characters_are_drawn_where_frames_draw_them(first: str, later: list[str]) -> None:
    same_screen(first, later)


def same_screen(first: str, later: list[str]) -> None:
    frugal = Frugal()
    (plain, plain_stream), (small, small_stream) = screen(), screen()
    for frame in (first, *later):
        plain_stream.feed(frame)
        small_stream.feed(frugal.changes(frame, WIDTH, HEIGHT))
        assert seen(small) == seen(plain)


@given(frames)
def test_the_same_frame_again_sends_nothing(frame: str) -> None:
    frugal = Frugal()
    frugal.changes(frame, WIDTH, HEIGHT)
    assert frugal.changes(frame, WIDTH, HEIGHT) == ""


@given(frames)
def test_after_forgetting_or_another_size_the_screen_is_sent_whole(frame: str) -> None:
    frugal = Frugal()
    first = frugal.changes(frame, WIDTH, HEIGHT)
    frugal.forget()
    assert frugal.changes(frame, WIDTH, HEIGHT) == first
    assert frugal.changes(frame, WIDTH, HEIGHT + 1) == frame


def test_a_part_of_an_unknown_screen_goes_as_it_is() -> None:
    part = at(4, 1) + "abc" + at(0, 0)
    assert Frugal().changes(part, WIDTH, HEIGHT) == part


def test_what_is_no_frame_goes_as_it_is() -> None:
    frugal = Frugal()
    for other in ("\x1b[?25l", "\x07", "\x1b]22;default\x07", "\x1b[?1049l"):
        assert frugal.changes(other, WIDTH, HEIGHT) == other


def test_a_control_character_never_leaves_in_a_frame() -> None:
    hostile = at(0, 0) + "a\x1b]52;c;UFdO\x07b\x9b2Jc\x1b[2Jd\x00\x08" + at(0, 0)
    sent = Frugal().changes(hostile, WIDTH, HEIGHT)
    assert sent == at(0, 0) + "a\ufffd]52;c;UFdO\ufffdb\ufffd2Jc\ufffd[2Jd\ufffd\ufffd" + at(0, 0)


def test_one_letter_costs_one_letter() -> None:
    frugal = Frugal()
    rows = [("abc", ""), ("def", "1"), ("", ""), ("ghi", ""), ("", "")]
    frugal.changes(whole(rows), WIDTH, HEIGHT)
    rows[3] = ("ghX", "")
    assert frugal.changes(whole(rows), WIDTH, HEIGHT) == at(2, 3) + "X" + at(3, 2)


def test_a_line_is_stepped_along_and_blanks_keep_the_style_in_which_letters_are_sent() -> None:
    frugal = Frugal()
    frugal.changes(whole([("a      b      c", "1"), *[("", "")] * 4]), WIDTH, HEIGHT)
    sent = frugal.changes(whole([("x      y      z", "1"), *[("", "")] * 4]), WIDTH, HEIGHT)
    assert sent == at(0, 0) + "\x1b[1mx\x1b[6Cy\x1b[6Cz\x1b[0m" + at(3, 2)
    sent = frugal.changes(whole([("one two", "1"), *[("", "")] * 4]), WIDTH, HEIGHT)
    assert sent == at(0, 0) + "\x1b[1mone two\x1b[K\x1b[0m" + at(3, 2)
