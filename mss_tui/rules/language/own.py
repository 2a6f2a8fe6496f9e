"""The sender's own words: a body without quoted thread, forwarded message, signature rule and legal footer.

What is left out is blanked, so that places in what is left are places in the body.
"""

from __future__ import annotations

import re

from mss_tui.rules.words import flat

_WROTE = re.compile(
    r"(?:le |on )[^\n]{4,160}(?:a ecrit|wrote)\s*:?\s*$|"
    r"-{2,} ?(?:message (?:d'origine|transfere|original|initial)|original message|forwarded message)|"
    r"(?:debut du )?message (?:transfere|reexpedie)\s*:?\s*$|_{20,}\s*$"
)
_HEADER = re.compile(r"(?:de|from|envoye|sent|date|a|to|objet|subject|cc)\s*:\s")
_RULE = re.compile(r"-- ?$")
_LEGAL = re.compile(
    r"\b(?:(?:ce|le present) (?:message|courriel|mail|courrier electronique)|this (?:e-?mail|message))\b"
    r"[^\n]{0,200}\b(?:confidentiel|confidential|destinataire|strictement|intended|etabli a l'(?:intention|attention))"
    r"|\bsi vous (?:n'etes pas|avez recu ce (?:message|mail|courriel) par erreur)"
    r"|\bpensez a l'environnement|\bn'imprimez (?:ce|que)|\binternet ne permet(?:tant)? pas d'assurer l'integrite"
    r"|\b(?:avis|mention|clause) de confidentialite"
)
_LEGAL_WORDS = (
    "confiden",
    "destinataire",
    "strictement",
    "intended",
    "etabli a l",
    "par erreur",
    "environnement",
    "imprimez",
)


def _header_block(lines: list[str], at: int) -> bool:
    """Do headers of a forwarded message begin here ("De : …", "Envoyé : …", "Objet : …")?"""
    found = 0
    for line in lines[at : at + 6]:
        if not _HEADER.match(line.lstrip()):
            break
        found += 1
    return found >= 2


def own_words(body: str) -> str:
    """`body` with what the sender did not write as blanks, of the same length."""
    folded = flat(body)
    plain, kept = folded.split("\n"), body.split("\n")
    legal = any(word in folded for word in _LEGAL_WORDS)
    left_out: list[int] = []
    for at, line in enumerate(plain):
        bare = line.strip()
        if not bare:
            continue
        if _WROTE.match(bare) or _RULE.match(line.rstrip("\r")) or (_HEADER.match(bare) and _header_block(plain, at)):
            left_out += range(at, len(plain))
            break
        if bare.startswith((">", "|")) or (legal and _LEGAL.search(line)):
            left_out.append(at)
    if not left_out:
        return body
    for at in left_out:
        kept[at] = " " * len(kept[at])
    return "\n".join(kept)
