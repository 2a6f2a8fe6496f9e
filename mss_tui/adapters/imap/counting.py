"""What the server says by itself of every folder (NOTIFY, RFC 5465), on a connection that selects none.

Nothing is selected there on purpose: Dovecot 2.3.19 never again tells of a folder that was selected under NOTIFY
and is no longer (docs/adr/0011).
"""

from __future__ import annotations

from collections.abc import Callable

from mss_tui.adapters.imap.delta import Watched
from mss_tui.adapters.imap.folders import MOST_FOLDERS, status_items
from mss_tui.adapters.imap.response import Data
from mss_tui.adapters.imap.session import Session
from mss_tui.adapters.imap.syntax import string
from mss_tui.ports.mail import Counted

TELL_ALL = (b"NOTIFY SET STATUS (PERSONAL (MessageNew MessageExpunge FlagChange))",)
"""The counts of each folder, now and whenever something changes in it."""


class Counts:
    """What the server said last of each folder.

    Args:
        tell: is given the counts of a folder that is not watched, when they changed.
        watched: the watched folder; what changes there wakes whoever asks for the rest.
    """

    def __init__(
        self,
        session: Session,
        *,
        tell: Callable[[Counted], None],
        watched: Callable[[], Watched | None],
        wake: Callable[[], None],
    ) -> None:
        self._session = session
        self._tell = tell
        self._watched = watched
        self._wake = wake
        self._known: dict[str, dict[str, int]] = {}

    def hear(self, said: Data) -> None:
        """A STATUS: only what changed stands in it, after the first (RFC 5465 §5)."""
        folder = self._session.folder_name(string(said.values()[0]))
        before = self._known.get(folder)
        now = (before or {}) | status_items(said)
        if now == before or (before is None and len(self._known) >= MOST_FOLDERS):
            return
        self._known[folder] = now
        watched = self._watched()
        if watched is not None and watched.folder == folder:
            if before is not None or watched.differs(now):
                self._wake()
        elif now.keys() >= {"MESSAGES", "UNSEEN"} and _counts(now) != _counts(before or {}):
            self._tell(Counted(folder, *_counts(now)))


def _counts(items: dict[str, int]) -> tuple[int, int]:
    return items.get("MESSAGES", 0), items.get("UNSEEN", -1)
