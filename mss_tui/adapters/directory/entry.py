"""A mailbox of the index as the rest of the program knows it: every text sanitised."""

from __future__ import annotations

from functools import lru_cache

from mss_tui.adapters.directory.layout import Row
from mss_tui.model.directory import DirectoryEntry, Tier
from mss_tui.text import DisplayText, clean

MAX_TEXT = 1_000
"""Characters that a text of a mailbox may have before it is cut."""

_clean = lru_cache(maxsize=2_048)(clean)


def _said(text: str) -> DisplayText:
    """`text` sanitised; most texts need nothing, and labels come again and again."""
    return (
        DisplayText(text) if len(text) < MAX_TEXT and text.isascii() and text.isprintable() else _clean(text, MAX_TEXT)
    )


def entry_of(row: Row, tier: Tier = Tier.EXACT) -> DirectoryEntry:
    """The entry of `row`, found in `tier`."""
    texts = (row.address, row.type, row.title, *row[5:15])
    address, kind, title, family, given, service, profession, speciality, structure, finess, street, town, postal = map(
        _said, texts
    )
    return DirectoryEntry(
        address,
        kind,
        family,
        given,
        title,
        f"{row.rpps:011d}" if row.rpps else "",
        profession,
        speciality,
        structure,
        DisplayText(service.strip()),
        finess,
        street,
        town,
        postal,
        tier,
    )
