"""Text that a page hides from its readers is left out or marked, and text that they see is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.language import translator
from mss_tui.mime.html import read_html
from mss_tui.mime.html_colours import colour_of

WHITE_ON_WHITE = [
    '<p style="color:#ffffff">piège</p>',
    '<p style="color: #FEFEFE !important">piège</p>',
    '<p style="color:rgb(255, 255,255)">piège</p>',
    '<font color="white">piège</font>',
    '<body bgcolor="#000" text="black"><p>piège</p></body>',
    '<div style="background:#123456;color:#123456">piège</div>',
    '<style>.x{color:#fff}</style><span class="a x">piège</span>',
    '<style>td{background-color:#eee}</style><table><tr><td style="color:#efefef">piège</td></tr></table>',
    '<style>#p{font-size:0}</style><p id="p">piège</p>',
    '<style>.t{font-size:1px}</style><p class="t">piège</p>',
    '<a href="https://x.fr" style="color:white">piège</a>',
]
SEEN = [
    '<p style="color:#fff;background:#003366">vu</p>',
    '<table bgcolor="navy"><tr><td><font color="white">vu</font></td></tr></table>',
    '<td background="fond.png" style="color:white">vu</td>',
    '<div style="background:url(fond.png);color:#fff">vu</div>',
    '<div style="background:linear-gradient(#000,#111);color:#fff">vu</div>',
    '<div style="color:#fff"><p style="color:#333">vu</p></div>',
    '<p style="color:#fff"><a href="https://x.fr">vu</a></p>',
    '<p style="color:windowtext">vu</p>',
    '<p style="color:var(--x)">vu</p>',
    '<p style="color:#777">vu</p>',
    "<style>@media (prefers-color-scheme: dark){p{color:#fff}}</style><p>vu</p>",
    '<p style="font-size:1em">vu</p>',
    '<p style="font-size:1rem">vu</p>',
    '<p style="font-size:">vu</p>',
    "<style>td{font-size:0}p{font-size:14px}</style><table><tr><td><p>vu</p></td></tr></table>",
]


@pytest.mark.parametrize("html", WHITE_ON_WHITE)
def test_what_nobody_sees_is_marked_and_counted(html: str) -> None:
    view = read_html(html)
    assert "[texte caché : piège" in view.text
    assert [str(note) for note in view.notes] == ["Texte caché (couleur du fond, ou taille nulle) : 5 caractères."]


@pytest.mark.parametrize("html", SEEN)
def test_what_is_seen_is_left_as_it_is(html: str) -> None:
    view = read_html(html)
    assert "vu" in view.text
    assert "caché" not in view.text
    assert view.notes == ()


def test_only_what_is_hidden_stands_between_the_brackets() -> None:
    html = '<div style="color:white">un <b style="color:black">deux</b> trois <i>quatre</i><p>cinq</p></div>'
    text = " ".join(read_html(html).text.split())
    assert text == ("[texte caché : un ]deux[texte caché : trois ][texte caché : quatre] [texte caché : cinq]")


def test_a_table_keeps_its_cells() -> None:
    text = read_html('<table style="color:white"><tr><td>a</td><td>b</td></tr></table>').text
    assert text.split("  ") == ["[texte caché : a]", "[texte caché : b]"]


def test_text_of_no_size_is_left_out_and_counted() -> None:
    for size in ("0", "0px", "1px", ".5pt", "1%", "0.01em"):
        view = read_html(f'<p>vu</p><p style="font-size:{size}">piège</p>')
        assert (view.text, str(view.notes[0])) == ("vu", "Caractères invisibles laissés de côté : 5.")


def test_the_mark_is_in_the_language_of_the_interface() -> None:
    english = translator("en")
    text = read_html(WHITE_ON_WHITE[0], (), english).text
    assert text.startswith(english("[texte caché : "))


@pytest.mark.parametrize(
    ("written", "colour"),
    [
        ("#FFF", (255, 255, 255)), ("fffafa", (255, 250, 250)), (" White ", (255, 255, 255)),
        ("rgb(1,2,300)", (1, 2, 255)), ("rgb(1 2 3)", (1, 2, 3)),
        ("transparent", None), ("rgba(1,2,3,.5)", None), ("#ffff", None), ("", None), ("٣٣٣", None),
    ],
)  # fmt: skip
def test_a_colour_is_known_or_not(written: str, colour: tuple[int, int, int] | None) -> None:
    assert colour_of(written) == colour


PIECES = st.sampled_from(
    (
        *(
            "<p style='color:",
            "<div style='background:",
            "<font color='",
            "<td bgcolor='",
            "<style>p{color:",
            "}</style>",
        ),
        *(
            "#fff",
            "white",
            "rgb(255,255,255)",
            "url(",
            "'>",
            ";",
            ":",
            "texte",
            "</p>",
            "</div>",
            "<table><tr>",
            "<a href=x>",
        ),
        *("font-size:0", "inherit", "!important", "<br>", "\x00", "\u202e", "&#x", "rgb(٣,٣,٣)", "#٣٣٣"),
    )
)


@given(st.lists(PIECES | st.text(max_size=20), max_size=40))
def test_no_page_makes_it_fail(pieces: list[str]) -> None:
    read_html("".join(pieces))


@given(st.text(max_size=60))
def test_no_writing_of_a_colour_makes_it_fail(written: str) -> None:
    found = colour_of(written)
    assert found is None or all(0 <= part <= 255 for part in found)


def test_a_page_of_many_hidden_words_is_read_in_one_pass() -> None:
    html = "<div style='color:white'>" * 200 + "<b style='color:black'>x</b> y " * 2_000
    view = read_html(html)
    assert view.text.count("[texte caché") > 1_000
