"""The words of the index: which exist, in which classes, how they sound, and which are one typing error apart."""

from __future__ import annotations

from collections.abc import Iterator

from mss_tui.adapters.directory import phonetic
from mss_tui.adapters.directory.database import Writer, batches
from mss_tui.adapters.directory.layout import FREQUENCY, HEARD, HEARD_LENGTH, MISTYPED, NEAR_LENGTH
from mss_tui.adapters.directory.words import MAX_WORD, deletions

_CLASSES = (1 << FREQUENCY) - 1


def write(writer: Writer, words: dict[str, int]) -> None:
    """Fill `word`, `sound` and `near` from what `Gathered.lexicon` holds."""
    ordered = sorted(words)
    rows = ((text, number, words[text] & _CLASSES, words[text] >> FREQUENCY) for number, text in enumerate(ordered, 1))
    for some in batches(rows):
        writer.rows("INSERT INTO word SELECT {}, {}, {}, {} FROM json_each(?1)", some)
    for near in batches(_neighbourhoods(ordered, words)):
        writer.rows("INSERT INTO near(rowid, deletions) SELECT {}, {} FROM json_each(?1)", near)
    for sounds in batches(sorted(_sounds(ordered, words))):
        writer.rows("INSERT INTO sound SELECT {}, {} FROM json_each(?1)", sounds)
    writer.later(lambda database: database.execute("INSERT INTO near(near) VALUES('optimize')"))


def _neighbourhoods(ordered: list[str], words: dict[str, int]) -> Iterator[tuple[int, str]]:
    for number, text in enumerate(ordered, 1):
        if words[text] & MISTYPED and NEAR_LENGTH - 1 <= len(text) < MAX_WORD and text.isalpha():
            yield number, " ".join(deletions(text))


def _sounds(ordered: list[str], words: dict[str, int]) -> Iterator[tuple[str, str]]:
    hear = phonetic.key.__wrapped__
    for text in ordered:
        if words[text] & HEARD and len(text) >= HEARD_LENGTH:
            key = hear(text)
            if key:
                yield key, text
