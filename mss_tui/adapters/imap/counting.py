"""What the server says by itself of every folder (NOTIFY, RFC 5465), on a connection that selects the inbox for good.

The inbox, because a selected folder is the only one of which Dovecot 2.3.19 tells what another program puts into its
Maildir; for good, because it never again tells of a folder that was selected under NOTIFY and is no longer
(docs/adr/0011).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from mss_tui.adapters.imap.delta import Watched
from mss_tui.adapters.imap.folders import MOST_FOLDERS, status_items
from mss_tui.adapters.imap.mailbox import Mailbox
from mss_tui.adapters.imap.response import Data
from mss_tui.adapters.imap.session import Session
from mss_tui.adapters.imap.syntax import string
from mss_tui.errors import NotFound, ServerRefused
from mss_tui.ports.mail import Counted

INBOX = "INBOX"
_EVENTS = b"(MessageNew MessageExpunge FlagChange)"
TELL_ALL = b"NOTIFY SET STATUS (SELECTED %b) (PERSONAL %b)" % (_EVENTS, _EVENTS)
"""What happens in the selected folder, and the counts of each other one, now and whenever they change (RFC 5465 §6)."""


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
        self.stale = asyncio.Event()
        """The counts of the inbox are others than were told."""

    def stir(self, box: Mailbox) -> None:
        """Something happened in the inbox, which is selected here: no STATUS comes by itself."""
        box.take_news()
        watched = self._watched()
        if watched is not None and watched.folder == INBOX:
            self._known.pop(INBOX, None)  # whoever is woken tells more than counts
            self._wake()
        else:
            self.stale.set()

    async def count(self) -> None:
        """Ask for the counts of the inbox; a server may refuse that of a selected folder (RFC 3501 §6.3.10)."""
        self.stale.clear()
        with suppress(ServerRefused, NotFound):
            await self._session.run(b"STATUS", b"INBOX", b"(MESSAGES UNSEEN)")

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
