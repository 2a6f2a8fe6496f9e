"""A picture as half blocks: what the worker gives and a screen draws; nothing here reads one."""

from __future__ import annotations

from dataclasses import dataclass

from mss_tui.phrase import Phrase


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
