"""How a French name sounds: names that are heard the same have the same key (annuaire.md §7).

Made for family and given names, not for prose: final consonants are silent, spellings of one sound are one letter,
double letters are single. Rules are data, applied in order to a folded word.
"""

from __future__ import annotations

import re
from functools import lru_cache

_RULES: tuple[tuple[str, str], ...] = (
    # consonants with an h of their own, then every other h is silent
    ("sch|sh", "C"),
    ("chr", "kr"),
    ("ch", "C"),
    ("ph", "f"),
    ("h", ""),
    # written, never said: LEFEBVRE, DUPONT and DUPOND, SCHMIDT
    ("bv", "v"),
    ("mp(?=[tds])", "m"),
    ("dt", "t"),
    ("ancoi", "ansoi"),
    ("([ndmp]|gu)e[sz]$", r"\1E"),
    # one sound, several spellings
    ("(?<=[aeiou])ill|lli(?=[aeou])", "Y"),
    ("(?:e?au|o)(?:l?[tdsxpz]+e?s?)?$", "o"),
    ("e?au(?:l(?=[tdsx]))?", "o"),
    ("oe?u|ou", "U"),
    ("oi|oy", "W"),
    ("[ae][iy][nm](?=[^aeiounmy]|$)", "I"),
    ("[ae][iy]", "e"),
    ("(?:er|ez|et)$", "E"),
    ("y", "i"),
    ("gn", "N"),
    ("gu(?=[eiéE])", "G"),
    ("g(?=[eiE])", "j"),
    ("je(?=[aou])", "j"),
    ("qu|ck|q|k", "K"),
    ("c(?=[eiE])", "s"),
    ("c", "K"),
    ("x", "ks"),
    ("w", "v"),
    ("z", "s"),
    ("tio(?=n)", "sio"),
    # nasal vowels before a consonant or at the end
    ("[ae][nm](?=[^aeiounmUWEY]|$)", "A"),
    ("[iu][nm](?=[^aeiounmUWEY]|$)", "I"),
    ("o[nm](?=[^aeiounmUWEY]|$)", "O"),
    # silent ends, and double letters
    ("(?<=..)[tdspbg]+$", ""),
    ("(?<=[AIO])K$", ""),
    ("(?<=.)e$", ""),
    (r"(.)\1+", r"\1"),
)
_PLAIN = re.compile("[a-zA-Z]+")
_COMPILED = tuple((pattern, None if _PLAIN.fullmatch(pattern) else re.compile(pattern), by) for pattern, by in _RULES)


@lru_cache(maxsize=512)
def key(word: str) -> str:
    """The key of a folded word, "" where there is nothing to hear (digits, letters of another script)."""
    if not (word.isascii() and word.isalpha()):
        return ""
    for plain, pattern, by in _COMPILED:
        word = pattern.sub(by, word) if pattern else word.replace(plain, by)
    return word
