"""Pictures as the worker gives them: half blocks that a screen draws, pages to recognise; nothing here reads one."""

from __future__ import annotations

from mss_tui.phrase import Phrase
from mss_tui.record import dataclass


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture in `columns` by `rows` cells, each an upper half block over a background.

    `pixels` holds three octets (red, green, blue) a pixel, `columns` a line, two lines a row, from the top left; it is
    empty when there is nothing to show, and `notes` say why. `width` and `height` are the picture's own.
    """

    columns: int
    rows: int
    pixels: bytes
    width: int
    height: int
    notes: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """A page as PGM (netpbm, P5), empty when it cannot be read, of `pages` pages; `notes` say why."""

    picture: bytes
    pages: int
    notes: tuple[Phrase, ...] = ()
