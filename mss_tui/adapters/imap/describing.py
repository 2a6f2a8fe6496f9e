"""What a server says of itself and of a folder: ID, NAMESPACE, ACL, METADATA, as far as it has them; one flight."""

from __future__ import annotations

from contextlib import ExitStack, suppress

from mss_tui.adapters.imap import names
from mss_tui.adapters.imap.order import Order
from mss_tui.adapters.imap.response import Data
from mss_tui.adapters.imap.session import Session
from mss_tui.adapters.imap.syntax import Value, sequence, string
from mss_tui.adapters.imap.wire import Piece
from mss_tui.errors import NotFound, ServerRefused
from mss_tui.ports.mail import ServerFacts
from mss_tui.text import clean

_WORDS = 200
_COMMENT = b"/shared/comment"


async def about(session: Session, folder: str) -> ServerFacts:
    """Name and version, other namespaces, rights on and description of `folder`. Nothing is told of us."""
    heard: dict[str, list[Value]] = {}

    def ear(said: Data) -> None:
        heard[said.kind] = said.values()

    where = session.wire_name(folder)
    wanted: list[tuple[str, str, tuple[Piece, ...]]] = [
        ("ID", "ID", (b"ID", b"NIL")),
        ("NAMESPACE", "NAMESPACE", (b"NAMESPACE",)),
        ("ACL", "MYRIGHTS", (b"MYRIGHTS", where)),
        ("METADATA", "METADATA", (b"GETMETADATA", where, b"(" + _COMMENT + b")")),
    ]
    with ExitStack() as stack:
        flight: list[Order] = []
        for capability, kind, pieces in wanted:
            if session.can(capability):
                stack.enter_context(session.hearing(kind, ear))
                flight.append(session.submit(*pieces))
        for order in flight:
            with suppress(ServerRefused, NotFound):  # what it does not want to say is left out
                await session.finish(order, folder)
    return ServerFacts(
        software=_software(heard.get("ID", [])),
        capabilities=tuple(sorted(clean(word, _WORDS) for word in session.capabilities)),
        prefixes=_prefixes(heard.get("NAMESPACE", [])),
        rights=_text(heard["MYRIGHTS"][1]) if len(heard.get("MYRIGHTS", [])) > 1 else None,
        comment=_comment(heard.get("METADATA", [])),
    )


def _text(value: Value) -> str:
    return clean(string(value).decode("utf-8", "replace"), _WORDS) if not isinstance(value, list) else ""


def _software(values: list[Value]) -> str:
    flat = sequence(values[0]) if values and isinstance(values[0], list) else []
    known = {_text(name).lower(): _text(value) for name, value in zip(flat[::2], flat[1::2], strict=False)}
    return " ".join(word for word in (known.get("name", ""), known.get("version", "")) if word)


def _prefixes(values: list[Value]) -> tuple[str, ...]:
    """Of other people's and of shared mailboxes; the personal one is the account's own."""
    found: list[str] = []
    for namespace in values[1:3]:
        for entry in namespace if isinstance(namespace, list) else []:
            if isinstance(entry, list) and entry and isinstance(entry[0], bytes):
                found.append(clean(names.decode(entry[0]), _WORDS))
    return tuple(found)


def _comment(values: list[Value]) -> str:
    flat = values[1] if len(values) > 1 and isinstance(values[1], list) else []
    pairs = zip(flat[::2], flat[1::2], strict=False)
    return next((_text(value) for name, value in pairs if isinstance(name, bytes) and name.lower() == _COMMENT), "")
