"""What is changed: flags, moves, copies, deletions, new messages. By UID, in one UIDVALIDITY, never twice by itself.

Nothing leaves its folder before the server has confirmed its copy, and nothing is expunged but what was named (P12).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from mss_tui.adapters.imap.hearing import read_flags
from mss_tui.adapters.imap.mailbox import Items, Mailbox
from mss_tui.adapters.imap.order import Order
from mss_tui.adapters.imap.refusals import not_found, unknown_outcome
from mss_tui.adapters.imap.response import Status
from mss_tui.adapters.imap.session import Session
from mss_tui.adapters.imap.wire import Literal, Piece, date_time, flag_list, read_set, set_texts
from mss_tui.errors import ConnectionLost, KeywordsRefused, ServerRefused
from mss_tui.model.message import DELETED, MessageRef
from mss_tui.phrase import Phrase, say
from mss_tui.ports.mail import Moved

Pairs = list[tuple[MessageRef, MessageRef]]


async def flag(
    session: Session, refs: Collection[MessageRef], add: Collection[str], remove: Collection[str]
) -> tuple[tuple[MessageRef, frozenset[str]], ...]:
    """Add and remove flags; the flags as they are now, read back in the same flight.

    Raises:
        KeywordsRefused: the folder takes no more keywords (some keep 26), whether the server says so or says nothing.
    """
    added, removed = flag_list(add), flag_list(remove)
    found: dict[MessageRef, frozenset[str]] = {}
    for (folder, uidvalidity), uids in _by_folder(refs).items():
        async with session.within(folder, write=True) as box:
            check_validity(box, uidvalidity)
            check_keywords(box, add)

            def hear(place: int, uid: int, items: Items, box: Mailbox = box, uids: set[int] = uids) -> bool:
                if uid not in uids or "FLAGS" not in items:
                    return False
                found[MessageRef(session.account.id, box.name, box.uidvalidity, uid)] = read_flags(items["FLAGS"])
                return True

            with box.hearing(hear):
                flight: list[Order] = []
                for text in set_texts(uids):
                    if add:
                        flight.append(session.submit(b"UID STORE", text, b"+FLAGS.SILENT", added))
                    if remove:
                        flight.append(session.submit(b"UID STORE", text, b"-FLAGS.SILENT", removed))
                    flight.append(session.submit(b"UID FETCH", text, b"(UID FLAGS)"))
                for order in flight:
                    await _stored(session, order, folder, add)
    words = _keywords(add)
    if any(not words <= _keywords(flags) for flags in found.values()):
        raise _no_more_keywords()
    return tuple((ref, found[ref]) for ref in refs if ref in found)


async def _stored(session: Session, order: Order, folder: str, added: Collection[str]) -> None:
    try:
        await done(session, order, folder)
    except ServerRefused:
        if _keywords(added) and order.done.result().code == "LIMIT":
            raise _no_more_keywords() from None
        raise


def _keywords(flags: Collection[str]) -> set[str]:
    """Those that are no system flags, letter case aside (RFC 9051 §2.3.2)."""
    return {flag.lower() for flag in flags if flag[:1] != "\\"}


async def move(session: Session, refs: Collection[MessageRef], folder: str) -> Moved:
    """Move messages of one folder: MOVE, or COPY, then mark and UID EXPUNGE what was copied.

    Raises:
        ServerRefused: the server has neither MOVE nor UIDPLUS: a plain EXPUNGE would delete others' messages too.
    """
    if not session.can("MOVE") and not session.can("UIDPLUS"):
        raise _unsafe(say("Ce serveur ne sait pas déplacer un message sans risque pour les autres."))
    source, uidvalidity, uids = _one_folder(refs)
    pairs: Pairs = []
    async with session.within(source, write=True) as box, session.alone:
        check_validity(box, uidvalidity)
        for text in set_texts(uids):
            if session.can("MOVE"):
                pairs += await _copy(session, b"UID MOVE", text, box, folder)
                continue
            copied = await _copy(session, b"UID COPY", text, box, folder)
            pairs += copied
            for confirmed in set_texts(ref.uid for ref, _ in copied) if copied else [text]:
                await _delete(session, confirmed, source)
    return Moved(folder, tuple(pairs))


async def copy(session: Session, refs: Collection[MessageRef], folder: str) -> Moved:
    """Copy messages of one folder."""
    source, uidvalidity, uids = _one_folder(refs)
    pairs: Pairs = []
    async with session.within(source) as box, session.alone:
        check_validity(box, uidvalidity)
        for text in set_texts(uids):
            pairs += await _copy(session, b"UID COPY", text, box, folder)
    return Moved(folder, tuple(pairs))


async def expunge(session: Session, refs: Collection[MessageRef]) -> None:
    """Delete exactly these for good.

    Raises:
        ServerRefused: without UIDPLUS, EXPUNGE would take whatever else is marked.
    """
    if not session.can("UIDPLUS"):
        raise _unsafe(say("Ce serveur ne sait pas supprimer un message sans risque pour les autres."))
    for (folder, uidvalidity), uids in _by_folder(refs).items():
        async with session.within(folder, write=True) as box:
            check_validity(box, uidvalidity)
            for text in set_texts(uids):
                await _delete(session, text, folder)


async def append(
    session: Session, folder: str, data: bytes, flags: Collection[str], received: datetime | None
) -> MessageRef | None:
    """Store a message; its reference where the server has UIDPLUS."""
    _check_size(session, len(data))
    pieces: list[Piece] = [b"APPEND", session.wire_name(folder)]
    if flags:
        pieces.append(flag_list(flags))
    if received is not None:
        pieces.append(date_time(received))
    status = await done(session, session.submit(*pieces, Literal(data)), folder)
    words = status.arguments.split()
    if status.code != "APPENDUID" or len(words) != 2 or not all(word.isdigit() and len(word) < 20 for word in words):
        return None
    return MessageRef(session.account.id, folder, int(words[0]), int(words[1]))


async def _copy(session: Session, command: bytes, text: bytes, box: Mailbox, folder: str) -> Pairs:
    """COPY or MOVE, and which message became which (COPYUID, RFC 4315), as far as the server says so."""
    session.copied.clear()
    await done(session, session.submit(command, text, session.wire_name(folder)), folder)
    pairs: Pairs = []
    account = session.account.id
    for arguments in session.copied:
        words = arguments.split()
        try:
            uidvalidity, *sets = words
            old, new = ([uid for span in read_set(s, session.limits.messages) for uid in span] for s in sets)
            pairs += [
                (MessageRef(account, box.name, box.uidvalidity, a), MessageRef(account, folder, int(uidvalidity), b))
                for a, b in zip(old, new, strict=True)
            ]
        except ValueError:
            continue  # a server that says it wrong says nothing
    return pairs


async def _delete(session: Session, text: bytes, folder: str) -> None:
    flight = [
        session.submit(b"UID STORE", text, b"+FLAGS.SILENT", flag_list([DELETED])),
        session.submit(b"UID EXPUNGE", text),
    ]
    for order in flight:
        await done(session, order, folder)


async def done(session: Session, order: Order, folder: str) -> Status:
    """The end of a change; a line cut meanwhile leaves open whether it was made."""
    try:
        return await session.finish(order, folder)
    except ConnectionLost as error:
        raise unknown_outcome(error) from error


def _by_folder(refs: Collection[MessageRef]) -> dict[tuple[str, int], set[int]]:
    found: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for ref in refs:
        found[ref.folder, ref.uidvalidity].add(ref.uid)
    return dict(found)


def _one_folder(refs: Collection[MessageRef]) -> tuple[str, int, set[int]]:
    groups = _by_folder(refs)
    if len(groups) != 1:
        raise not_found()
    ((folder, uidvalidity), uids) = next(iter(groups.items()))
    return folder, uidvalidity, uids


def check_validity(box: Mailbox, uidvalidity: int) -> None:
    """The folder must be the one the reference speaks of."""
    if box.uidvalidity != uidvalidity:
        raise not_found()


def check_keywords(box: Mailbox, flags: Collection[str]) -> None:
    """A keyword that the server would forget with the session is refused: a colleague would never see it."""
    known = {flag.lower() for flag in box.permanent_flags or ()}
    if not box.keeps_keywords and not _keywords(flags) <= known:
        raise _no_more_keywords()


def _no_more_keywords() -> KeywordsRefused:
    return KeywordsRefused(
        say("Ce serveur n'accepte pas d'autre mot-clé dans ce dossier."),
        meaning=say("L'état de traitement ne peut pas y être noté."),
        remedy=say("Demandez à votre opérateur d'autoriser les mots-clés IMAP."),
    )


def _check_size(session: Session, octets: int) -> None:
    for capability in session.capabilities:
        name, _, limit = capability.partition("=")
        if name == "APPENDLIMIT" and limit.isdigit() and octets > int(limit):
            raise ServerRefused(
                say("Ce message est trop grand pour la messagerie ({octets} octets).", octets=octets),
                meaning=say("Le serveur accepte {limit} octets au plus.", limit=limit),
            )


def _unsafe(what: Phrase) -> ServerRefused:
    return ServerRefused(
        what,
        meaning=say("Rien n'a été changé."),
        remedy=say("Faites-le depuis la messagerie web de votre opérateur."),
    )
