"""Drafts kept on the server: their pieces follow them, and a message taken back is the draft that it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mss_tui.errors import ConnectionLost, NotFound
from mss_tui.mime.build_stored import moved_to
from mss_tui.model.draft import Origin, RemotePart
from mss_tui.model.folder import Role
from mss_tui.model.message import ANSWERED, MessageRef, Part
from mss_tui.model.sending import SendState
from mss_tui.ports.mail import Fetched
from mss_tui.services.drafts import keep
from tests.sending.desk import here
from tests.sending.fakes import MemoryStore
from tests.sending.samples import ACTOR, NOW, draft

OLD = MessageRef("dr-martin", "Brouillons", 7, 900)
OTHER = MessageRef("dr-martin", "INBOX", 7, 12)


class PartsStore(MemoryStore):
    """Knows the parts of what `build` makes: a text, then pieces in base64."""

    async def fetch(self, ref: MessageRef, *, text: bool = False) -> Fetched:
        fetched = await super().fetch(ref)
        pieces = fetched_parts(self._at(ref).data)  # type: ignore[union-attr]
        parts = tuple(Part(str(n), "application/pdf", len(data), "base64") for n, data in enumerate(pieces, 2))
        return replace(fetched, structure=Part("", "multipart/mixed", parts=(Part("1", "text/plain"), *parts)))

    async def section(self, ref: MessageRef, section: str, limit: int | None = None) -> bytes:
        whole = await super().section(ref, "", limit)
        return fetched_parts(whole)[int(section) - 2] if section else whole


def fetched_parts(data: bytes) -> list[bytes]:
    return [part.partition(b"\r\n\r\n")[2].rstrip(b"\r\n-=_0123456789abcdef") for part in data.split(b"\r\n--=_")[2:-1]]


async def test_pieces_of_a_kept_draft_are_those_of_its_new_copy() -> None:
    desk = here(store=PartsStore())
    data = b"%PDF-1.4 lettre " * 20

    async def read(attachment: object) -> tuple[str, str, bytes]:
        if isinstance(attachment, RemotePart) and attachment.ref not in (OLD, OTHER):
            return await here_read(attachment)
        return "lettre.pdf", "application/pdf", data

    here_read = desk.sender._read
    desk.sender._read = read  # type: ignore[assignment]
    first = draft(
        attachments=(
            RemotePart(OTHER, "3", "autre.pdf", "application/pdf", len(data)),
            RemotePart(OLD, "5", "lettre.pdf", "application/pdf", len(data)),
        ),
        saved_as=OLD,
    )
    kept = (await keep(desk.sender, first, NOW)).draft
    assert kept.saved_as is not None
    assert kept.saved_as != OLD
    assert kept.attachments[0] == first.attachments[0]
    assert kept.attachments[1] == replace(first.attachments[1], ref=kept.saved_as, section="3")
    again = (await keep(desk.sender, kept, NOW)).draft
    assert [k.ref for k in desk.store.of(Role.DRAFTS)] == [again.saved_as]
    assert again.attachments[1].ref == again.saved_as  # type: ignore[union-attr]
    assert await here_read(again.attachments[1]) == ("lettre.pdf", "application/pdf", data)


def test_pieces_from_elsewhere_and_of_this_machine_stay_where_they_are() -> None:
    first = draft(attachments=(RemotePart(OTHER, "2", "a", "text/plain", 1),), saved_as=None)
    assert moved_to(first, OLD).attachments == first.attachments


async def test_a_version_whose_storing_was_in_doubt_goes_once_another_is_safe() -> None:
    desk, tried = here(), list[str]()
    desk.store.lies = {"append"}
    for _ in range(2):
        with pytest.raises(ConnectionLost):
            await keep(desk.sender, draft(), NOW, tried=tried)
    assert len(desk.store.of(Role.DRAFTS)) == len(tried) == 2
    desk.store.lies = set()
    other = (await keep(desk.sender, draft(subject="Un autre"), NOW)).draft
    kept = (await keep(desk.sender, draft(), NOW, tried=tried)).draft
    assert {k.ref for k in desk.store.of(Role.DRAFTS)} == {other.saved_as, kept.saved_as}
    assert tried == []


async def test_a_message_taken_back_is_the_draft_that_it_was() -> None:
    desk = here()
    answered = desk.store._put("INBOX", b"Message-ID: <q@x>\r\n\r\n", ())
    first = draft(answers=answered, origin=Origin.REPLY)
    key = await desk.outbox.queue(first, ACTOR, confirmed={}, due=NOW + timedelta(seconds=10))
    back = await desk.outbox.take_back(first, ACTOR)
    assert replace(back, saved_as=None) == replace(first, saved_as=None)
    (kept,) = desk.store.of(Role.DRAFTS)
    assert back.saved_as == kept.ref
    assert "$MssEnvoi" not in kept.flags
    assert ANSWERED not in desk.store._at(answered).flags  # type: ignore[union-attr]
    assert desk.outbox.list() == ()
    assert (await desk.send(back)).state is SendState.ACCEPTED
    assert (key, len(desk.submission.left), desk.store.of(Role.DRAFTS)) == (first.key, 1, [])


async def test_what_left_is_not_taken_back() -> None:
    desk = here()
    await desk.outbox.queue(draft(), ACTOR, confirmed={}, due=NOW)
    await desk.outbox.run(ACTOR, watch=desk.watch)
    with pytest.raises(NotFound):
        await desk.outbox.take_back(draft(), ACTOR)


async def test_the_delivery_receipt_that_was_not_wanted_is_not_asked_after_waiting() -> None:
    desk = here()
    await desk.outbox.queue(draft(want_delivery=False), ACTOR, confirmed={}, due=NOW)
    await desk.outbox.run(ACTOR, watch=desk.watch)
    assert [built.want_delivery for built in desk.submission.left] == [False]


async def test_messages_that_are_skipped_wait() -> None:
    desk = here()
    key = await desk.outbox.queue(draft(), ACTOR, confirmed={}, due=NOW)
    assert await desk.outbox.run(ACTOR, watch=desk.watch, skip=frozenset({key})) == ()
    assert [w.state for w in desk.outbox.list()] == [SendState.QUEUED]
