"""A mailbox that its owner shares by ACL: two people with their own accounts in one folder (RFC 4314)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from mss_tui.model.message import Handling
from mss_tui.services.claims import Claims, Taken, mark_of
from tests.keeping.conftest import ANNE, JEAN, Open, message, shared
from tests.support.dovecot import PrivateDovecot, need_dovecot

pytestmark = pytest.mark.real_server


@pytest.fixture
def dovecot() -> Iterator[PrivateDovecot]:
    need_dovecot()
    server = PrivateDovecot(shared=True).start()
    yield server
    server.stop()


async def test_two_people_with_their_own_accounts_see_and_take_the_same_messages(
    dovecot: PrivateDovecot, desk_of: Open
) -> None:
    owner, first, second = (dovecot.new_account() for _ in range(3))
    dovecot.fill(owner.address, [message(f"Demande {n}", n) for n in range(4)])
    with dovecot.colleague(owner.address) as imap:
        for person in (first, second):
            assert imap.setacl("INBOX", f'"{person.address}"', "lrswite")[0] == "OK"
    folder = f"BAL/{owner.address}"
    jean = await desk_of(dovecot, shared(first))
    anne = await desk_of(dovecot, shared(second), person=ANNE)
    places = jean.place(), anne.place()
    for place in places:
        assert folder in {f.name for f in await place.box.folders()}
    mine = (await places[0].box.open(folder)).known()
    theirs = (await places[1].box.open(folder)).known()
    assert [row.subject for row in mine] == [row.subject for row in theirs]
    claims = Claims(places[0].box, jean.journal), Claims(places[1].box, anne.journal)
    for one, other in zip(mine, theirs, strict=True):
        took = await asyncio.gather(
            claims[0].take(one, jean.actor), claims[1].take(other, anne.actor), return_exceptions=True
        )
        assert sum(isinstance(answer, Taken) for answer in took) == 1
    rows = (await places[1].box.open(folder)).known()
    assert {row.taken_by[0] for row in rows} <= {mark_of(JEAN), mark_of(ANNE)}
    await places[0].acts.handle([mine[0]], Handling.DONE, jean.actor)
    rows = (await places[1].box.open(folder)).known()
    assert [row.handling for row in rows] == [Handling.DONE, *[Handling.TO_DO] * 3]
