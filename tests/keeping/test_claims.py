"""A shared mailbox on real servers: one of two who take a message loses and is told; forty people fit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from mss_tui.errors import PartlyRefused
from mss_tui.model.message import TAKEN_PREFIX, Handling, Row
from mss_tui.model.people import Person
from mss_tui.ports.mail import Changed
from mss_tui.services.claims import Claims, Taken, mark_of
from mss_tui.services.desk import Desk
from tests.keeping.conftest import ANNE, JEAN, Open, message, shared
from tests.support.dovecot import PrivateDovecot, need_dovecot
from tests.support.servers import NOW, MailServer


async def _rows(desk: Desk) -> tuple[Row, ...]:
    return (await desk.place().box.open("INBOX")).known()


def _claims(desk: Desk) -> Claims:
    return Claims(desk.place().box, desk.journal)


def test_a_person_has_one_mark_however_the_name_is_written() -> None:
    assert mark_of(Person("Jean MARTIN")) == mark_of(Person("martin  jéan".replace("é", "e")))
    assert mark_of(Person("Jean MARTIN")) != mark_of(Person("Jeanne MARTIN"))
    assert mark_of(JEAN) == mark_of(Person("J. Martin", rpps=JEAN.rpps)) != mark_of(Person("Jean MARTIN"))


async def test_of_two_who_take_it_at_once_one_loses_and_is_told(mail_server: MailServer, desk_of: Open) -> None:
    account = shared(mail_server.new_account())
    mail_server.fill(account.address, [message(f"Demande {n}", n) for n in range(12)])
    jean = await desk_of(mail_server, account)
    anne = await desk_of(mail_server, account, person=ANNE)
    mine, theirs = _claims(jean), _claims(anne)
    for one, other in zip(await _rows(jean), await _rows(anne), strict=True):
        took = await asyncio.gather(mine.take(one, jean.actor), theirs.take(other, anne.actor), return_exceptions=True)
        lost = [answer for answer in took if isinstance(answer, Taken)]
        assert len(lost) == 1, took
    for row in await _rows(anne):
        assert len(row.taken_by) == 1


async def test_it_is_given_back_and_passed_on(mail_server: MailServer, desk_of: Open) -> None:
    account = shared(mail_server.new_account())
    mail_server.fill(account.address, [message("Demande")])
    jean = await desk_of(mail_server, account)
    anne = await desk_of(mail_server, account, person=ANNE)
    (row,) = await _rows(jean)
    mine, theirs = _claims(jean), _claims(anne)
    await theirs.take((await _rows(anne))[0], anne.actor)
    (row,) = await _rows(jean)
    with pytest.raises(Taken):
        await mine.release(row, jean.actor)
    with pytest.raises(Taken):
        await mine.hand_over(row, "Paul", jean.actor)
    await theirs.hand_over(row, "Jean MARTIN", anne.actor)
    (row,) = await _rows(anne)
    assert row.taken_by == (mark_of(Person("Jean MARTIN")),)
    taken = await theirs.take(row, anne.actor, over=True)
    (row,) = await _rows(anne)
    assert row.taken_by == (mark_of(ANNE),)
    assert taken.undo is not None
    await theirs.release(row, anne.actor)
    (row,) = await _rows(anne)
    assert row.taken_by == ()
    with pytest.raises(PartlyRefused):
        await theirs.release(row, anne.actor)


async def test_a_message_that_is_handled_is_nobodys(mail_server: MailServer, desk_of: Open) -> None:
    account = shared(mail_server.new_account())
    mail_server.fill(account.address, [message("Demande")])
    jean = await desk_of(mail_server, account)
    (row,) = await _rows(jean)
    await _claims(jean).take(row, jean.actor)
    (row,) = await _rows(jean)
    done = await jean.place().acts.handle([row], Handling.DONE, jean.actor)
    (row,) = await _rows(jean)
    assert (row.taken_by, row.handling) == ((), Handling.DONE)
    assert done.undo is not None
    await jean.place().acts.undo(done.undo, jean.actor)
    (row,) = await _rows(jean)
    assert (row.taken_by, row.handling) == ((mark_of(JEAN),), Handling.TO_DO)


async def test_whoever_answers_what_a_colleague_has_is_warned(mail_server: MailServer, desk_of: Open) -> None:
    account = shared(mail_server.new_account())
    mail_server.fill(account.address, [message("Demande")])
    jean = await desk_of(mail_server, account)
    anne = await desk_of(mail_server, account, person=ANNE)
    (row,) = await _rows(jean)
    claims = _claims(jean)
    assert await claims.about_to_answer(row, jean.actor) is None
    await _claims(anne).take((await _rows(anne))[0], anne.actor)
    warned = await claims.about_to_answer(row, jean.actor)
    assert warned is not None
    assert "deux à répondre" in str(warned)
    await anne.place().box.mail.flag([row.ref], ["\\Answered"], [TAKEN_PREFIX + mark_of(ANNE)])
    warned = await claims.about_to_answer(row, jean.actor)
    assert warned is not None
    assert "déjà reçu une réponse" in str(warned)


@pytest.mark.real_server
async def test_a_colleague_sees_it_by_name_and_at_once(dovecot: PrivateDovecot, desk_of: Open) -> None:
    account = shared(dovecot.new_account())
    dovecot.fill(account.address, [message("Demande")])
    jean = await desk_of(dovecot, account)
    anne = await desk_of(dovecot, account, person=ANNE)
    (row,) = await _rows(jean)
    await _rows(anne)
    seen: asyncio.Future[frozenset[str]] = asyncio.get_running_loop().create_future()

    async def watch() -> None:
        async for event in anne.place().box.events():
            if isinstance(event, Changed) and not seen.done():
                seen.set_result(dict(event.flags)[row.ref.uid])

    watching = asyncio.create_task(watch())
    try:
        await _claims(jean).take(row, jean.actor)
        flags = await asyncio.wait_for(seen, 20)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    assert TAKEN_PREFIX + mark_of(JEAN) in flags
    with pytest.raises(Taken, match="Dr Jean MARTIN"):
        await _claims(anne).take((await _rows(anne))[0], anne.actor)


@pytest.fixture
def maildir() -> Iterator[PrivateDovecot]:
    need_dovecot()
    server = PrivateDovecot(mailbox_format="maildir").start()
    yield server
    server.stop()


@pytest.mark.real_server
async def test_forty_people_at_one_maildir(maildir: PrivateDovecot, desk_of: Open) -> None:
    """Each takes one, all see it; then they give back and take another: the folder holds only current takers."""
    account = shared(maildir.new_account())
    people = [Person(f"Personne {number}", rpps=f"{10_000_000_000 + number}") for number in range(40)]
    maildir.fill(account.address, [message(f"Demande {n}", n) for n in range(40)])
    desk = await desk_of(maildir, account)
    for turn in range(2):
        rows = await _rows(desk)
        for place, person in enumerate(people):
            row = rows[(place + turn) % 40]
            actor = type(desk.actor)(person)
            await _claims(desk).take(row, actor)
        with maildir.colleague(account.address) as other:
            other.select("INBOX")
            words = b"".join(p if isinstance(p, bytes) else p[0] for p in other.fetch("1:*", "(FLAGS)")[1] if p)
        assert all((TAKEN_PREFIX + mark_of(person)).encode() in words for person in people)
        rows = await _rows(desk)
        assert all(len(row.taken_by) == 1 for row in rows)
        for place, person in enumerate(people):
            row = rows[(place + turn) % 40]
            await _claims(desk).release(row, type(desk.actor)(person))
    assert not any(row.taken_by for row in await _rows(desk))


async def test_readings_are_shared_where_the_server_keeps_notes(mail_server: MailServer, desk_of: Open) -> None:
    account = shared(mail_server.new_account())
    person = await desk_of(mail_server, account)
    await _rows(person)
    await person.refresh(person.place())
    machine = await desk_of(mail_server, account, by_person=False)
    status = await machine.refresh(machine.place())
    known = machine.facts.of(account.id)
    assert known.read is None
    assert known.connected == NOW
    if mail_server.name == "dovecot":
        assert known.shared_read == known.shared_connected == NOW
        assert status.life.read_days == 0
    else:
        assert known.shared_read is None
        assert status.life.read_days is None


@pytest.mark.real_server
async def test_72_hours_do_not_begin_again_on_a_new_machine(dovecot: PrivateDovecot, desk_of: Open) -> None:
    account = shared(dovecot.new_account())
    first = await desk_of(dovecot, account)
    await first.refresh(first.place())
    first.facts.update(account.id, baseline=NOW - timedelta(days=30))
    await first.refresh(first.place())
    other = await desk_of(dovecot, account)
    await other.refresh(other.place())
    assert other.place().box.remembered.baseline == NOW - timedelta(days=30)
    assert other.facts.of(account.id).baseline == NOW - timedelta(days=30)


@pytest.mark.real_server
async def test_a_note_that_cannot_be_is_not_believed(dovecot: PrivateDovecot, desk_of: Open) -> None:
    account = shared(dovecot.new_account())
    desk = await desk_of(dovecot, account)
    mail = desk.place().box.mail
    for note in (
        "x",
        "[]",
        '{"read": 3}',
        f'{{"read": "{(NOW + timedelta(days=3)).isoformat()}"}}',
        '{"read": "2026"}',
    ):
        assert await mail.set_note("lecture", note)
        assert await mail.note("lecture") == note
        await desk.refresh(desk.place())
        assert desk.facts.of(account.id).shared_read is None
