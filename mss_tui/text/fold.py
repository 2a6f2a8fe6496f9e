"""Text as people look for it."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """`text` without accents and letter case."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()
