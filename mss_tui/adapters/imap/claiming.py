"""Taking a message among several people: a keyword stored only if nobody was faster (RFC 7162, UNCHANGEDSINCE)."""

from __future__ import annotations

from mss_tui.adapters.imap.changing import check_keywords, check_validity, done
from mss_tui.adapters.imap.hearing import read_flags
from mss_tui.adapters.imap.mailbox import Items, Mailbox
from mss_tui.adapters.imap.refusals import not_found
from mss_tui.adapters.imap.session import Session
from mss_tui.adapters.imap.syntax import number, sequence
from mss_tui.adapters.imap.wire import flag_list
from mss_tui.model.message import MessageRef

_TRIES = 8


async def claim(session: Session, ref: MessageRef, keyword: str, prefix: str) -> frozenset[str]:
    """Add `keyword` unless another keyword that begins with `prefix` is there; the flags as they are now.

    Of two who try at once, one finds the message changed, reads it again and sees the other's keyword. Where the
    server has no CONDSTORE both may have stored theirs: then the one that sorts first stays, the other is withdrawn.

    Raises:
        NotFound: the message is gone.
        ServerRefused: the folder takes no new keyword.
    """
    uid = b"%d" % ref.uid
    async with session.within(ref.folder, write=True) as box:
        check_validity(box, ref.uidvalidity)
        check_keywords(box, [keyword])
        flags, changed = await _look(session, box, ref.uid)
        for _ in range(_TRIES):
            others = sorted(f for f in flags if f.startswith(prefix) and f != keyword)
            if keyword in flags:
                if others and others[0] < keyword:
                    await done(
                        session, session.submit(b"UID STORE", uid, b"-FLAGS.SILENT", flag_list([keyword])), ref.folder
                    )
                    return flags - {keyword}
                return flags
            if others:
                return flags
            condition = (b"(UNCHANGEDSINCE %d)" % changed,) if changed else ()
            stored = session.submit(b"UID STORE", uid, *condition, b"+FLAGS.SILENT", flag_list([keyword]))
            await done(session, stored, ref.folder)
            flags, changed = await _look(session, box, ref.uid)
        return flags


async def _look(session: Session, box: Mailbox, uid: int) -> tuple[frozenset[str], int]:
    """Flags and MODSEQ of a message, 0 where the server has none."""
    found: list[tuple[frozenset[str], int]] = []

    def hear(place: int, of: int, items: Items) -> bool:
        if of != uid or "FLAGS" not in items:
            return False
        modseq = sequence(items.get("MODSEQ"))
        found.append((read_flags(items["FLAGS"]), number(modseq[0]) if modseq else 0))
        return True

    wanted = b"(UID FLAGS MODSEQ)" if session.can("CONDSTORE") else b"(UID FLAGS)"
    with box.hearing(hear):
        await session.run(b"UID FETCH", b"%d" % uid, wanted, folder=box.name)
    if not found:
        raise not_found()
    return found[-1]
