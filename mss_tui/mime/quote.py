"""Where the quoted thread begins: below the words of the sender, and nothing of theirs after it.

French and English attribution lines, `>` prefixes, separators and header blocks of the usual programs. An answer that
stands between or below what it quotes is never folded away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SEPARATOR = re.compile(
    r"\s{0,8}(?:>\s?)?(?:-{2,20}|_{2,20})?\s{0,2}"
    r"(?:Message d['’]origine|Message original|Original Message|Message transféré|Forwarded message|Courriel transféré"
    r"|E-?mail transféré|Message réexpédié|Début du message (?:réexpédié|transféré)|Begin forwarded message"
    r"|Ursprüngliche Nachricht)\s{0,2}(?:-{2,20}|_{2,20}|:)\s{0,8}\Z",
    re.I,
)
_ATTRIBUTION = re.compile(
    r"\s{0,4}(?:(?:Le|Il|On)\s.{4,400}?|.{3,200}?\s)(?:a\s+écrit|wrote|écrivait|ecrit)\s{0,3}:\s*\Z"
)
_ATTRIBUTION_BEGINS = re.compile(r"\s{0,4}(?:Le|On)\s|.{3,200}(?:écrit|wrote|écrivait)")
_FROM = re.compile(r"\s{0,4}\*?(?:De|From|Expéditeur)\s?:\*?\s", re.I)
_OTHER_FIELD = re.compile(
    r"\s{0,4}\*?(?:Envoyé|Envoyé le|Sent|Date|À|A|To|Cc|Objet|Subject|Sujet|Répondre à|Reply-To)\s?:\*?\s", re.I
)
_DATED = re.compile(r"@|\b\d{4}\b|\b\d{1,2}\s?[:hH]\s?\d{2}\b")
_SIGNATURE_LINES = 30


def quoted_from(lines: Sequence[str]) -> int | None:
    """The index of the first line of the quoted thread, None when there is none to fold. Linear."""
    tail = _Tail(lines)
    own = False
    for index, line in enumerate(lines):
        if not line or line.isspace():
            continue
        if _begins(lines, index, tail):
            return index if own else None
        own = True
    return None


class _Tail:
    """Where all lines to the end, or to a signature at the end, are blank or begin with `>`."""

    def __init__(self, lines: Sequence[str]) -> None:
        last = range(len(lines) - 1, max(len(lines) - _SIGNATURE_LINES, -1), -1)
        self._signature = min((index for index in last if lines[index].rstrip() == "--"), default=len(lines))
        self._before_signature = _quoted_up_to(lines, self._signature)
        self._at_end = _quoted_up_to(lines, len(lines))

    def holds(self, index: int) -> bool:
        return index >= self._at_end or self._before_signature <= index < self._signature


def _quoted_up_to(lines: Sequence[str], end: int) -> int:
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith(">")):
        end -= 1
    return end


def _begins(lines: Sequence[str], index: int, tail: _Tail) -> bool:
    line = lines[index]
    if line[0] == ">":
        return tail.holds(index)
    if len(line) < 200 and _SEPARATOR.match(line):
        return _followed(lines, index + 1, tail, bare=True)
    if _header_block(lines, index):
        return True
    count, text = _attribution(lines, index)
    return count > 0 and _followed(lines, index + count, tail, bare=_DATED.search(text) is not None)


def _followed(lines: Sequence[str], index: int, tail: _Tail, *, bare: bool) -> bool:
    """Is all that follows the thread: prefixed to the end, or `bare`, without any prefix?"""
    following = next((line for line in lines[index : index + 4] if line.strip()), None)
    if following is not None and following.startswith(">"):
        return tail.holds(index)
    return bare


def _header_block(lines: Sequence[str], index: int) -> bool:
    """Does a copied header begin here: its sender, then two more fields within six lines?"""
    if not _FROM.match(lines[index]):
        return False
    return sum(1 for line in lines[index + 1 : index + 7] if _OTHER_FIELD.match(line)) >= 2


def _attribution(lines: Sequence[str], index: int) -> tuple[int, str]:
    """How many lines, up to three, say who wrote what follows, and their text; 0 when they do not."""
    text = lines[index]
    if len(text) > 400 or not _ATTRIBUTION_BEGINS.match(text):
        return 0, ""
    for count in range(1, 4):
        if _ATTRIBUTION.match(text):
            return count, text
        if index + count >= len(lines) or len(text) + len(lines[index + count]) > 600:
            break
        text = f"{text} {lines[index + count]}"
    return 0, ""
