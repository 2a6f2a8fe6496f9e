"""What is shown of a part, and which job of the bounded worker shows it.

The service fetches what `plan` names and runs its job; every result is a `View`.
"""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.mime.charset import decode
from mss_tui.mime.choose import alternative_of, choose_text
from mss_tui.mime.header import split_header
from mss_tui.mime.words import decode_words
from mss_tui.model.message import Header, Part
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.text import DisplayText, clean, clean_lines

MAX_OCTETS = 2_000_000
"""Octets of a text that are fetched and read, as encoded."""

RAW_CHARACTERS = 500_000

_SHORT = 2_000
"""A plain text below this may say less than its HTML twin ("votre logiciel ne lit pas…"): both are read."""
_LONG = 500_000
_SMALL = 200_000
"""Octets of other parts above which an empty text is believed: it is not worth fetching them all."""


IMAGES_ONLY = say("PDF fait d'images, sans texte.")
"""The note of a view whose PDF holds pictures alone."""


@dataclass(frozen=True, slots=True)
class View:
    """A part as text.

    `quoted_from` is the line where the thread below an answer begins, or None. `notes` say what was left out.
    """

    text: DisplayText
    quoted_from: int | None = None
    notes: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What to fetch, in this order, and the job that reads the octets one after the other."""

    sections: tuple[str, ...]
    job: str
    parts: tuple[Part, ...]

    def simpler(self) -> Step | None:
        """The step to take when this one failed: the plain text alone, where there were two."""
        return Step(self.sections[:1], "text", self.parts[:1]) if len(self.sections) > 1 else None

    def options(self, fetched: Sequence[bytes]) -> dict[str, str | int]:
        """The options of the job for the octets as fetched."""
        options = dict(part_options(self.parts[0]))
        if len(self.parts) > 1:
            twin = part_options(self.parts[1])
            options |= {f"html_{name}": value for name, value in twin.items()} | {"first": len(fetched[0])}
        return options


def plan(structure: Part) -> Step | None:
    """How the text of a message is read, None when it has none.

    A server that cannot describe a message names it as one message/rfc822, and one that loses its way in a broken
    message says that its text, or a group of parts, is empty: such a message is fetched whole and taken apart here.
    """
    if structure.type == "message/rfc822":
        return Step((structure.section,), "message", (structure,))
    chosen = choose_text(structure)
    if (chosen is None or not chosen.size) and _lost(structure):
        return Step(("",), "whole", (structure,))
    if chosen is None:
        return None
    if chosen.type == "text/html":
        return Step((chosen.section,), "html", (chosen,))
    twin = alternative_of(structure, chosen)
    if twin is not None and chosen.size < _SHORT and twin.size < _LONG:
        return Step((chosen.section, twin.section), "alternative", (chosen, twin))
    return Step((chosen.section,), "text", (chosen,))


def _lost(structure: Part) -> bool:
    """Is there a text or a group that the server says is empty, and little else?"""
    if sum(leaf.size for leaf in structure.leaves()) >= _SMALL:
        return False
    stack = [structure]
    while stack:
        part = stack.pop()
        if not part.size and not part.parts:
            return True
        stack.extend(part.parts)
    return False


def part_options(part: Part) -> dict[str, str | int]:
    """The options that jobs need to read the octets of `part`."""
    parameters = dict(part.parameters)
    return {
        "type": part.type,
        "charset": part.charset or parameters.get("charset", ""),
        "encoding": part.encoding,
        "flowed": int(parameters.get("format", "").lower() == "flowed"),
        "delsp": int(parameters.get("delsp", "").lower() == "yes"),
    }


def raw_view(data: bytes, limit: int = RAW_CHARACTERS) -> DisplayText:
    """The octets of a message or part as they are, sanitised and no more: for the eye, and for when reading failed."""
    return clean_lines(decode(data[: 2 * limit]), limit)


def shown_headers(raw: bytes) -> tuple[Header, ...]:
    """Every field of a header as shown, in order."""
    return tuple(Header(clean(name, 200), decode_words(value, 10_000)) for name, value in split_header(raw))
