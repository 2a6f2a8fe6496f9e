"""How things look: tones as terminal styles for each theme, strips of exact width, marks that ASCII can stand in for.

Text reaches the terminal as segments, never as markup; a state is a word or a letter before it is a colour.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.theme import Theme

from mss_tui.text import clean


class Tone(Enum):
    """What a run of text is; the theme decides how that looks."""

    PLAIN = auto()
    STRONG = auto()
    FAINT = auto()
    GOOD = auto()
    WARN = auto()
    BAD = auto()
    BAR = auto()
    HEAD = auto()


Run = tuple[str, Tone]
Line = tuple[Run, ...]

_NONE = Style()
_ANSI = {
    Tone.PLAIN: _NONE,
    Tone.STRONG: Style(bold=True),
    Tone.FAINT: _NONE,
    Tone.GOOD: Style(color="green"),
    Tone.WARN: Style(color="yellow"),
    Tone.BAD: Style(color="red", bold=True),
    Tone.BAR: Style(reverse=True),
    Tone.HEAD: Style(bold=True, underline=True),
}
_MONO = _ANSI | {
    Tone.GOOD: _NONE,
    Tone.WARN: Style(bold=True),
    Tone.BAD: Style(bold=True),
}


def _rgb(text: str, ground: str, strong: str, faint: str, good: str, warn: str, bad: str) -> dict[Tone, Style]:
    return {
        Tone.PLAIN: Style(color=text, bgcolor=ground),
        Tone.STRONG: Style(color=strong, bgcolor=ground, bold=True),
        Tone.FAINT: Style(color=faint, bgcolor=ground),
        Tone.GOOD: Style(color=good, bgcolor=ground),
        Tone.WARN: Style(color=warn, bgcolor=ground),
        Tone.BAD: Style(color=bad, bgcolor=ground, bold=True),
        Tone.BAR: Style(color=ground, bgcolor=text),
        Tone.HEAD: Style(color=strong, bgcolor=ground, bold=True, underline=True),
    }


STYLES = {
    "mss-ansi": _ANSI,
    "mss-mono": _MONO,
    "mss-dark": _rgb("#dcdcdc", "#1b1f24", "#ffffff", "#a0a8b0", "#8fce8f", "#f0c674", "#ff8a80"),
    "mss-light": _rgb("#1c1c1c", "#fafafa", "#000000", "#555c63", "#1b6e1b", "#7a4b00", "#a80012"),
}


def _theme(name: str, *, dark: bool, ansi: bool, text: str, ground: str) -> Theme:
    return Theme(
        name=name,
        dark=dark,
        ansi=ansi,
        primary=text,
        secondary=text,
        warning=text,
        error=text,
        success=text,
        accent=text,
        foreground=text,
        background=ground,
        surface=ground,
        panel=ground,
        boost=ground,
        variables={
            "ansi-background": "ansi_black",
            "ansi-foreground": "ansi_white",
            "border": text,
            "border-blurred": ground,
            "input-cursor-background": ground,
            "input-cursor-foreground": text,
            "input-cursor-text-style": "reverse",
            "input-selection-background": ground,
            "input-selection-foreground": text,
        },
    )


THEMES = (
    _theme("mss-ansi", dark=True, ansi=True, text="ansi_default", ground="ansi_default"),
    _theme("mss-mono", dark=True, ansi=True, text="ansi_default", ground="ansi_default"),
    _theme("mss-dark", dark=True, ansi=False, text="#dcdcdc", ground="#1b1f24"),
    _theme("mss-light", dark=False, ansi=False, text="#1c1c1c", ground="#fafafa"),
)
"""Textual's own widgets (fields, text area) take the ground and text of the theme; emphasis is ours, in `STYLES`."""

NAMES = {"auto": "mss-ansi", "ansi": "mss-ansi", "mono": "mss-mono", "dark": "mss-dark", "light": "mss-light"}
"""Names a profile may use."""

_ASCII = str.maketrans(
    {
        "│": "|",
        "─": "-",
        "┴": "+",
        "…": "~",
        "·": "-",
        "×": "x",
        "→": ">",
        "↑": "^",
        "↓": "v",
        "’": "'",
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "•": "*",
        "œ": "o",
        "Œ": "O",
        "\N{NO-BREAK SPACE}": " ",
        "\N{NARROW NO-BREAK SPACE}": " ",
    }
)


class Paint:
    """One theme on one terminal.

    Args:
        name: the theme, as in `NAMES` or `STYLES`.
        ascii_marks: the terminal has no more than Latin letters; what a font may lack is drawn in ASCII.
    """

    def __init__(self, name: str = "auto", *, ascii_marks: bool = False) -> None:
        self.theme = NAMES.get(name, name if name in STYLES else "mss-ansi")
        self.ascii_marks = ascii_marks
        self._styles = STYLES[self.theme]

    def style(self, tone: Tone) -> Style:
        """The terminal style of a tone."""
        return self._styles[tone]

    def text(self, text: str) -> str:
        """`text` with marks that this terminal can show, each as wide as before.

        What reaches this was made safe long before; a control character that did not is stopped here all the same.
        """
        if not text.isprintable():
            text = clean(text, len(text))
        if not self.ascii_marks:
            return text
        text = text.translate(_ASCII)
        return text if text.isascii() else "".join(c if ord(c) < 0x250 else "?" * cell_len(c) for c in text)

    def fit(self, text: str, width: int) -> str:
        """`text` in exactly `width` cells, cut with "…"."""
        text = self.text(text)
        if cell_len(text) > width:
            text = set_cell_size(text, max(width - 1, 0)) + self.text("…")[:width]
        return text if cell_len(text) == width else set_cell_size(text, width)

    def strip(self, runs: Iterable[Run], width: int, fill: Tone = Tone.PLAIN) -> Strip:
        """A line of exactly `width` cells: cut where it is longer, `fill` where it is shorter."""
        segments: list[Segment] = []
        room = width
        for text, tone in runs:
            if room <= 0:
                break
            text = self.text(text)
            size = cell_len(text)
            if size > room:
                text = self.fit(text, room)
                size = room
            segments.append(Segment(text, self._styles[tone]))
            room -= size
        if room > 0:
            segments.append(Segment(" " * room, self._styles[fill]))
        return Strip(segments, width)


def wrap(text: str, width: int, indent: str = "") -> list[str]:
    """Lines of at most `width` cells, broken at spaces where there are some; `indent` starts all but the first.

    Lines of `text` are kept; so are its leading spaces.
    """
    width = max(width, 8)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        rest = paragraph.rstrip()
        lead = ""
        while cell_len(lead + rest) > width:
            cut = _cut(rest, width - cell_len(lead))
            lines.append(lead + rest[:cut].rstrip())
            rest = rest[cut:].lstrip()
            lead = indent
        lines.append(lead + rest)
    return lines


def _cut(text: str, width: int) -> int:
    """How many characters of `text` fit in `width` cells, at a space where one stands after the first word."""
    cells = 0
    end = len(text)
    for index, char in enumerate(text):
        cells += cell_len(char)
        if cells > width:
            end = max(index, 1)
            break
    if end == len(text) or _breaks(text, end):
        return end
    space = text.rfind(" ", 0, end)
    while space > 0 and not _breaks(text, space):
        space = text.rfind(" ", 0, space)
    return space if space > 0 and text[:space].strip() else end


def _breaks(text: str, at: int) -> bool:
    """May a line end before this space? Not inside guillemets' own blanks, nor before : ; ? ! and »."""
    return text[at] == " " and text[at - 1 : at] != "«" and text[at + 1 : at + 2] not in (":", ";", "?", "!", "»")
