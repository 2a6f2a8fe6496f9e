"""What the server says, taken where it belongs: capabilities, the selected folder, and whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from mss_tui.adapters.imap import names
from mss_tui.adapters.imap.limits import Limits
from mss_tui.adapters.imap.mailbox import Items, Mailbox
from mss_tui.adapters.imap.refusals import hostile
from mss_tui.adapters.imap.response import Data, Status
from mss_tui.adapters.imap.syntax import Atom, Malformed, Value, number, parse, sequence, string
from mss_tui.adapters.imap.wire import Piece, astring, read_set
from mss_tui.phrase import say

Ear = Callable[[Data], None]
_MOST_FLAGS, _FLAG = 500, 200
"""Flags of a message, and octets of one; what is more is left out."""


class Hearing:
    """One connection's side of what is said on it. Nothing here waits, and nothing is sent."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.capabilities: frozenset[str] = frozenset()
        self.mailbox: Mailbox | None = None
        self.on_news: Callable[[], None] = lambda: None
        self.on_selected: Callable[[Mailbox], None] = lambda box: None
        self.on_overflow: Callable[[], None] = lambda: None
        self.copied: list[bytes] = []
        self._raw_names: dict[str, bytes] = {}
        self._ears: dict[str, list[Ear]] = {}

    @contextmanager
    def hearing(self, kind: str, ear: Ear) -> Iterator[None]:
        """Give untagged data of a kind to `ear`."""
        ears = self._ears.setdefault(kind, [])
        ears.append(ear)
        try:
            yield
        finally:
            ears.remove(ear)

    def wire_name(self, folder: str) -> Piece:
        """A folder's name as the server spells it."""
        return astring(self._raw_names.get(folder) or names.encode(folder))

    def folder_name(self, raw: bytes, *, listed: bool = False) -> str:
        """The Unicode name of a folder, in modified UTF-7 or UTF-8 (a server may use both on one connection).

        Args:
            listed: it stands in a LIST: its spelling is remembered, so that it can be given back.
        """
        if raw.upper() == b"INBOX":
            return "INBOX"
        name = names.decode(raw)
        if not listed:
            return name
        known = self._raw_names.setdefault(name, raw)
        if known == raw or not raw.isascii():
            return name
        name = raw.decode("ascii")  # two spellings of one name: the second goes by its letters
        self._raw_names.setdefault(name, raw)
        return name

    def hear(self, said: Status | Data) -> None:
        """Untagged data or an untagged status.

        Raises:
            HostileServer: it cannot be true.
        """
        if isinstance(said, Status):
            self.heed(said)
            return
        if said.kind == "FETCH":
            self._hear_fetch(said)
        elif said.kind == "CAPABILITY":
            self._set_capabilities(said.pieces[0])
        elif self.mailbox is not None:
            self._hear_folder(self.mailbox, said)
        for ear in tuple(self._ears.get(said.kind, ())):
            with suppress(Malformed, ValueError):  # one wrong line loses itself, not the others
                ear(said)

    def heed(self, status: Status) -> None:
        """Response codes, tagged or not (RFC 9051 §7.1)."""
        if status.code == "CAPABILITY":
            self._set_capabilities(status.arguments)
        elif status.code == "COPYUID":
            self.copied.append(status.arguments)
        elif status.code == "NOTIFICATIONOVERFLOW":
            self.on_overflow()
        box = self.mailbox
        if box is None:
            return
        with suppress(Malformed, IndexError):
            self._heed_folder(box, status)

    def _heed_folder(self, box: Mailbox, status: Status) -> None:
        count = int(status.arguments) if status.arguments.isdigit() and len(status.arguments) < 20 else 0
        match status.code:
            case "UIDVALIDITY":
                box.uidvalidity = count
            case "UIDNEXT":
                box.uidnext = count
            case "HIGHESTMODSEQ":
                box.modseq = max(box.modseq, count)
            case "READ-ONLY":
                box.read_only = True
            case "PERMANENTFLAGS":
                box.permanent_flags = read_flags(parse([status.arguments])[0])

    def _set_capabilities(self, text: bytes) -> None:
        self.capabilities = frozenset(text.decode("ascii", "replace").upper().split())

    def _hear_folder(self, box: Mailbox, said: Data) -> None:
        if said.kind == "EXISTS":
            box.now_exist(said.number)
        elif said.kind == "EXPUNGE":
            box.expunged(said.number)
        elif said.kind == "VANISHED":
            self._hear_vanished(box, said)
        else:
            return
        if box.news:
            self.on_news()

    def _hear_vanished(self, box: Mailbox, said: Data) -> None:
        try:
            values = said.values()
            earlier = isinstance(values[0], list)  # (EARLIER): may name numbers that were never used
            spans = read_set(string(values[-1]), 1 << 64 if earlier else self.limits.messages)
        except (Malformed, ValueError, IndexError):
            raise hostile(say("une réponse n'est pas de l'IMAP")) from None
        if earlier:
            box.vanished_earlier(spans)
        else:
            box.vanished(spans)

    def _hear_fetch(self, said: Data) -> None:
        box = self.mailbox
        if box is None or box.exists is None:
            return
        try:
            items = fetch_items(said)
            uid = number(items["UID"]) if "UID" in items else box.uid_at(said.number)
            flags = read_flags(items["FLAGS"]) if "FLAGS" in items else None
        except Malformed:
            return  # a row that cannot be read is asked for again, or shown as missing, by whoever wants it
        if not uid or not box.met(said.number, uid):
            return
        if "UID" not in items:  # the number alone may be an old one: good enough for flags, never for content
            items = {"FLAGS": items["FLAGS"]} if "FLAGS" in items else {}
        asked = False
        for ear in tuple(box.ears):
            with suppress(Malformed, ValueError):
                asked = ear(said.number, uid, items) or asked
        if flags is not None:
            box.flagged(uid, flags, asked=asked)
            if box.news:
                self.on_news()


def fetch_items(said: Data) -> Items:
    """The items of a FETCH by name, in capitals; `BODY[HEADER.FIELDS (…)]` loses its list.

    Raises:
        Malformed: it does not follow the grammar.
    """
    values = said.values()
    flat = sequence(values[0] if values else None)
    items: Items = {}
    for name, value in zip(flat[::2], flat[1::2], strict=False):
        if not isinstance(name, Atom):
            raise Malformed("item")
        key = name.decode("latin-1").upper()
        if key.startswith("BODY[HEADER.FIELDS"):
            key = "BODY[HEADER.FIELDS]"
        items[key] = value
    return items


def read_flags(value: Value) -> frozenset[str]:
    """Flags and keywords; system flags as RFC 9051 writes them, without Recent, which depends on who asks.

    Raises:
        Malformed: they are no list of atoms.
    """
    atoms = [word for word in sequence(value)[:_MOST_FLAGS] if isinstance(word, Atom) and len(word) <= _FLAG]
    words = (bytes(word).decode("latin-1") for word in atoms)
    flags = ("\\" + word[1:].capitalize() if word[:1] == "\\" else word for word in words)
    return frozenset(flag for flag in flags if flag != "\\Recent")
