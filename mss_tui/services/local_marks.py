"""TDCS states noted on this machine alone, where the server takes no keywords: colleagues do not see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from mss_tui.model.mailbox import LocalMark
from mss_tui.model.message import KEYWORD, MessageRef, Row

MOST = 5_000
"""Marks that are kept, the newest; a message is erased after 3 months anyway (charte §4)."""


def marked(row: Row, marks: Collection[LocalMark]) -> Row:
    """The row with the state that was noted here, where the server has none."""
    here = (row.ref.folder, row.ref.uidvalidity, row.ref.uid)
    word = next((mark[3] for mark in marks if mark[:3] == here), "")
    if not word or row.flags & set(KEYWORD.values()):
        return row
    return replace(row, flags=row.flags | {word})


def changed(
    marks: Iterable[LocalMark], refs: Collection[MessageRef], add: Collection[str], remove: Collection[str]
) -> tuple[LocalMark, ...]:
    """The marks after messages got or lost states."""
    names = {(ref.folder, ref.uidvalidity, ref.uid) for ref in refs}
    kept = [mark for mark in marks if not (mark[:3] in names and (add or mark[3] in remove))]
    kept += [(*name, word) for name in sorted(names) for word in sorted(add)[:1]]
    return tuple(kept[-MOST:])
