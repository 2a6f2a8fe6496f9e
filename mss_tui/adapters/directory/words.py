"""Words as the index and what is typed both know them: folded, split, particles apart (annuaire.md §7)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

MAX_WORD = 40
"""Characters of a word that are kept."""

PARTICLES = frozenset({"d", "de", "des", "du", "l", "la", "le", "les", "et", "en", "au", "aux", "sur", "sous"})
"""Words that a person may leave out of a name, a structure or a town."""

TITLES = frozenset({"dr", "docteur", "pr", "professeur", "m", "mme", "mlle", "monsieur", "madame"})
"""Words that may stand before a name and are part of none."""

_SAINT = {"st": "saint", "ste": "sainte"}
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_ASCII = {code: " " for code in range(128) if not chr(code).isalnum()}


def split(text: str) -> list[str]:
    """The words of `text`: case, accents, ligatures, hyphens, apostrophes and dots aside."""
    text = text.casefold()
    if text.isascii():
        return [word[:MAX_WORD] for word in text.translate(_ASCII).split()]
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (char for char in decomposed.translate(_LIGATURES) if not unicodedata.combining(char))
    return [word[:MAX_WORD] for word in "".join(char if char.isalnum() else " " for char in kept).split()]


def saints(words: Sequence[str]) -> list[str]:
    """`words` with ST and STE written in full."""
    return [_SAINT.get(word, word) for word in words]


def significant(words: Sequence[str]) -> list[str]:
    """`words` without particles, or all of them where nothing else is left (the family name LE)."""
    return [word for word in words if word not in PARTICLES] or list(words)


def squash(words: Sequence[str]) -> str:
    """`words` written as one: DE LA FONTAINE and DELAFONTAINE are the same."""
    return "".join(words)[:MAX_WORD]


def deletions(word: str) -> set[str]:
    """`word`, and `word` less each of its characters: two words one edit apart share one of these.

    One edit is an insertion, a deletion, a substitution or a transposition of neighbours (OSA distance 1); words
    that share one may still be two edits apart.
    """
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}
