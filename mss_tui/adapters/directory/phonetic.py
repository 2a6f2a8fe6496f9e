"""How a French name sounds: names that are heard the same have the same key (annuaire.md §7).

Made for family and given names, not for prose: final consonants are silent, spellings of one sound are one letter,
double letters are single. Rules are data, applied in order to a folded word.
"""

from __future__ import annotations

import re
from functools import lru_cache

_RULES: tuple[tuple[str, str, str], ...] = (
    # consonants with an h of their own, then every other h is silent
    ("h", "sch|sh", "C"),
    ("h", "chr", "kr"),
    ("h", "ch", "C"),
    ("h", "ph", "f"),
    ("h", "h", ""),
    # written, never said: LEFEBVRE, DUPONT and DUPOND, SCHMIDT
    ("bv", "bv", "v"),
    ("mp", "mp(?=[tds])", "m"),
    ("dt", "dt", "t"),
    # FRANCOIS without its cedilla; FERNANDEZ and FERNANDES
    ("ancoi", "ancoi", "ansoi"),
    ("e", "([ndmp]|gu)e[sz]$", r"\1E"),
    # one sound, several spellings
    ("ll", "(?<=[aeiou])ill|lli(?=[aeou])", "Y"),
    ("", "(?:e?au|o)(?:l?[tdsxpz]+e?s?)?$", "o"),
    ("au", "e?au(?:l(?=[tdsx]))?", "o"),
    ("u", "oe?u", "U"),
    ("o", "o[iy]", "W"),
    ("", "[ae][iy][nm](?=[^aeiounmy]|$)", "I"),
    ("", "[ae][iy]", "e"),
    ("e", "e[rzt]$", "E"),
    ("y", "y", "i"),
    ("gn", "gn", "N"),
    ("gu", "gu(?=[eiE])", "G"),
    ("g", "g(?=[eiE])", "j"),
    ("je", "je(?=[aou])", "j"),
    ("q", "qu?", "K"),
    ("k", "c?k", "K"),
    ("c", "c(?=[eiE])", "s"),
    ("c", "c", "K"),
    ("x", "x", "ks"),
    ("w", "w", "v"),
    ("z", "z", "s"),
    ("tion", "tion", "sion"),
    # nasal vowels before a consonant or at the end
    ("", "[ae][nm](?=[^aeiounmUWEY]|$)", "A"),
    ("", "[iu][nm](?=[^aeiounmUWEY]|$)", "I"),
    ("o", "o[nm](?=[^aeiounmUWEY]|$)", "O"),
    # silent ends, and double letters
    ("", "(?<=..)[tdspbg]+$", ""),
    ("K", "(?<=[AIO])K$", ""),
    ("e", "(?<=.)e$", ""),
    ("", r"(.)\1+", r"\1"),
)
"""What a word must hold for the rule to be tried, the rule, what it writes."""
_COMPILED = tuple((needed, re.compile(pattern), by) for needed, pattern, by in _RULES)


@lru_cache(maxsize=512)
def key(word: str) -> str:
    """The key of a folded word, "" where there is nothing to hear (digits, letters of another script)."""
    if not (word.isascii() and word.isalpha()):
        return ""
    for needed, pattern, by in _COMPILED:
        if needed in word:
            word = pattern.sub(by, word)
    return word
