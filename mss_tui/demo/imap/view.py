"""A selected folder as one session sees it: its own numbering, and what it has not been told yet."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from mss_tui.demo.imap.fetch import flag_list
from mss_tui.demo.imap.syntax import STAR, Ranges, span
from mss_tui.demo.store import Mailbox, Message
from mss_tui.record import dataclass


@dataclass(slots=True)
class Seen:
    """A message of the view and the mod-sequence that the client knows."""

    message: Message
    modseq: int


class View:
    """Messages numbered from 1; they change only in `sync`, as the protocol asks (RFC 3501 §7.4.1, RFC 2180)."""

    def __init__(self, mailbox: Mailbox, *, read_only: bool) -> None:
        self.mailbox = mailbox
        self.read_only = read_only
        self.seen = [Seen(message, message.modseq) for message in mailbox.messages]
        self.recent = {m.uid for m in mailbox.messages if m.uid >= mailbox.recent_from}
        if not read_only:
            mailbox.recent_from = mailbox.uidnext
        self._synced = mailbox.modseq
        self._next = mailbox.uidnext

    @property
    def uids(self) -> list[int]:
        """UIDs in order of number."""
        return [seen.message.uid for seen in self.seen]

    @property
    def pending(self) -> bool:
        """Has the folder changed since the client was told?"""
        return self.mailbox.modseq != self._synced

    def resolve(self, ranges: Ranges, *, by_uid: bool) -> list[tuple[int, Seen]]:
        """The messages that a set names, with their numbers, in order; what is not there is left out."""
        count = len(self.seen)
        if not count:
            return []
        uids = self.uids if by_uid else []
        chosen: set[int] = set()
        for first, last in (span(low, high, uids[-1] if by_uid else count) for low, high in ranges):
            if by_uid:
                chosen.update(range(bisect_left(uids, first), bisect_left(uids, last + 1)))
            else:
                chosen.update(range(first - 1, min(last, count)))
        return [(index + 1, self.seen[index]) for index in sorted(chosen)]

    def within(self, ranges: Ranges) -> bool:
        """Are all message numbers of the set those of messages?"""
        count = len(self.seen)
        return all((low == STAR or low <= count) and (high == STAR or high <= count) and count for low, high in ranges)

    def told(self, seen: Iterable[Seen]) -> None:
        """The client knows the flags of these as they are now."""
        for item in seen:
            item.modseq = item.message.modseq

    def sync(self, *, expunge: bool, modseq: bool) -> bytes:
        """The untagged data that brings the client up to date.

        Args:
            expunge: may message numbers change now? Not during FETCH, STORE and SEARCH by number.
            modseq: does the client want mod-sequences?
        """
        if not self.pending:
            return b""
        out = bytearray()
        left_behind = False
        if expunge:
            for number in range(len(self.seen), 0, -1):
                if self.seen[number - 1].message.gone:
                    self.recent.discard(self.seen[number - 1].message.uid)
                    del self.seen[number - 1]
                    out += b"* %d EXPUNGE\r\n" % number
        else:
            left_behind = any(seen.message.gone for seen in self.seen)
        self._new(out)
        for number, seen in enumerate(self.seen, 1):
            if seen.message.modseq > seen.modseq and not seen.message.gone:
                out += self.flags_line(number, seen, modseq=modseq)
        if not left_behind:
            self._synced = self.mailbox.modseq
        return bytes(out)

    def _new(self, out: bytearray) -> None:
        messages = self.mailbox.messages
        fresh = messages[bisect_left(messages, self._next, key=lambda message: message.uid) :]
        self._next = self.mailbox.uidnext
        if not fresh:
            return
        self.seen += [Seen(message, message.modseq) for message in fresh]
        if not self.read_only:
            self.recent |= {m.uid for m in fresh if m.uid >= self.mailbox.recent_from}
            self.mailbox.recent_from = self.mailbox.uidnext
        out += b"* %d EXISTS\r\n* %d RECENT\r\n" % (len(self.seen), len(self.recent))

    def flags_line(self, number: int, seen: Seen, *, modseq: bool) -> bytes:
        """The FETCH line that tells a message's flags; it counts as told."""
        message = seen.message
        seen.modseq = message.modseq
        flags = flag_list(message.flags, recent=message.uid in self.recent)
        more = b" MODSEQ (%d)" % message.modseq if modseq else b""
        return b"* %d FETCH (UID %d FLAGS %s%s)\r\n" % (number, message.uid, flags, more)
