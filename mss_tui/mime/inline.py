"""Files written into a text by old programs (uuencode, yEnc): named, and not shown as letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mss_tui.phrase import Phrase, Translate, say
from mss_tui.text import clean

_UU_BEGIN = re.compile(r"begin(?:-base64)? [0-7]{3,4} (\S[^\n]{0,200})\Z")
_Y_BEGIN = re.compile(r"=ybegin [^\n]{0,200}?name=([^\n]{1,200})\Z")


def name_inline_files(text: str, translate: Translate = str) -> tuple[str, tuple[Phrase, ...]]:
    """`text` with each uuencoded or yEnc file replaced by its name, and a note for each. Linear."""
    if "\nend" not in text and "\n=yend" not in text:
        return text, ()
    notes: list[Phrase] = []
    lines = iter(text.split("\n"))
    return "\n".join(_without(lines, notes, translate)), tuple(notes[:20])


def _without(lines: Iterator[str], notes: list[Phrase], translate: Translate) -> Iterator[str]:
    for line in lines:
        found = _UU_BEGIN.match(line) if line.startswith("begin") else None
        found = found or (_Y_BEGIN.match(line) if line.startswith("=ybegin") else None)
        if found is None:
            yield line
            continue
        ends = ("end", "====") if line.startswith("begin") else ("=yend",)
        held = [line]
        for inner in lines:
            held.append(inner)
            if inner.startswith(ends):
                break
        if not held[-1].startswith(ends) or len(held) < 3:
            yield from held
            continue
        name = clean(found[1].strip(), 120)
        notes.append(
            say("Le fichier « {name} » est écrit dans le texte ; enregistrez la vue brute pour l'avoir.", name=name)
        )
        yield say("[fichier écrit dans le texte : {name}]", name=name).render(translate)
