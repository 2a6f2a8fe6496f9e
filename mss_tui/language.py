"""The language of the interface: French as written in the source, English from `locale/` (gettext)."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from pathlib import Path

LANGUAGES = ("fr", "en")
DOMAIN = "mss_tui"


def translator(lang: str) -> Callable[[str], str]:
    """What turns a French sentence into one of `lang`; a sentence without a translation stays French."""
    if lang == "fr":
        return str
    folder = Path(__file__).parent / "locale"
    return gettext.translation(DOMAIN, localedir=folder, languages=[lang], fallback=True).gettext
