"""Turns and octets on Dovecot, counted on the line: they are the same on every machine (design.md, Budgets).

A turn is a client that speaks after the server has; the TLS handshake counts two.
"""

from __future__ import annotations

import pytest

from mss_tui.model.message import MessageRef
from mss_tui.model.people import AuthMethod, Security
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.box import Box
from mss_tui.tui.app import FIRST_ROWS
from tests.imap.conftest import OpenStore
from tests.imap.counting import counted
from tests.imap.messages import real_letter, with_attachment
from tests.support.desk import FakeFacts
from tests.support.dovecot import PrivateDovecot
from tests.support.servers import FixedClock, Passwords

pytestmark = pytest.mark.real_server
ROWS = FIRST_ROWS


@pytest.fixture(scope="module")
def full(dovecot: PrivateDovecot) -> str:
    """A mailbox of 300 letters, for reading only."""
    user = dovecot.new_user()
    dovecot.fill(user, map(real_letter, range(300)))
    return user


@pytest.mark.parametrize(
    ("security", "remembered", "turns"),
    [
        (Security.TLS, False, 4),  # hello; finished; password and SELECT; FETCH
        (Security.TLS, True, 3),  # password, SELECT and FETCH in one
        (Security.STARTTLS, False, 5),  # STARTTLS in addition; CAPABILITY goes with the end of the handshake
        (Security.STARTTLS, True, 4),
    ],
)
async def test_an_inbox_of_any_size_opens_in_few_turns(
    dovecot: PrivateDovecot, full: str, open_store: OpenStore, security: Security, remembered: bool, turns: int
) -> None:
    account = dovecot.account(full, security)
    first = await open_store(dovecot, account).open("INBOX", 1)
    known = [("INBOX", first.uidvalidity, first.uidnext, first.total, 0)] if remembered else []
    async with counted(account) as line:
        opened = await open_store(dovecot, line.account, remembered=known).open("INBOX", ROWS)
        assert [row.subject for row in opened.rows] == [
            f"Lettre de liaison - M. DUPOND Léo - séjour n° {n}" for n in range(299, 299 - ROWS, -1)
        ]
        assert line.turns == turns
        assert line.down < 45_000


async def test_gaps_between_the_uids_of_the_newest_cost_no_turn_more(
    dovecot: PrivateDovecot, open_store: OpenStore
) -> None:
    """Whoever works deletes and files the newest: the next start asks from where the page begins now."""
    account = dovecot.new_account(Security.TLS)
    dovecot.fill(account.address, map(real_letter, range(120)))
    facts = FakeFacts()
    box = Box(account, open_store(dovecot, account), facts, catalogue(), FixedClock(), by_person=True)
    view = await box.open("INBOX", ROWS)
    gone = frozenset(row.ref for row in view.known()[:40:2])
    await box.mail.move(gone, "Corbeille")
    view.take_out(gone)
    await box.need(view, 0, ROWS)
    await box.close()
    dovecot.fill(account.address, [real_letter(n) for n in (120, 121)])
    (remembered,) = facts.of(account.id).folders
    assert remembered[2] - remembered[4] > ROWS, "there are gaps"
    async with counted(account) as line:
        opened = await open_store(dovecot, line.account, remembered=[remembered]).open("INBOX", ROWS)
        assert (line.turns, len(opened.rows), opened.rows[0].subject[-3:]) == (3, ROWS, "121")
        assert line.down < 45_000 + 2 * 900


async def test_a_flood_since_the_last_start_is_not_fetched_whole(
    dovecot: PrivateDovecot, open_store: OpenStore
) -> None:
    account = dovecot.new_account(Security.TLS)
    dovecot.fill(account.address, map(real_letter, range(60)))
    first = await open_store(dovecot, account).open("INBOX", ROWS)
    remembered = ("INBOX", first.uidvalidity, first.uidnext, first.total, first.rows[-1].ref.uid)
    dovecot.fill(account.address, map(real_letter, range(60, 300)))
    async with counted(account) as line:
        opened = await open_store(dovecot, line.account, remembered=[remembered]).open("INBOX", ROWS)
        assert [row.subject.rpartition(" ")[2] for row in opened.rows] == [str(n) for n in range(299, 299 - ROWS, -1)]
        assert line.turns == 4
        assert line.down < 3 * 45_000


async def test_after_a_token_nothing_is_sent_before_it_is_taken(
    dovecot: PrivateDovecot, full: str, open_store: OpenStore
) -> None:
    account = dovecot.account(full, method=AuthMethod.TOKEN)
    async with counted(account) as line:
        opened = await open_store(dovecot, line.account, Passwords(dovecot.token(full))).open("INBOX", ROWS)
        assert len(opened.rows) == ROWS
        assert line.turns == (5 if account.imap.security is Security.TLS else 6)


async def test_a_slow_line_costs_half_the_octets(dovecot: PrivateDovecot, full: str, open_store: OpenStore) -> None:
    async with counted(dovecot.account(full, Security.TLS)) as line:
        store = open_store(dovecot, line.account, low_bandwidth=True)
        row = (await store.open("INBOX", ROWS)).rows[0]
        assert line.down < 25_000
        assert row.sender.address == "anne.lefebvre@medecin.mssante.fr"
        assert row.to == ()
        assert (await store.fetch(row.ref)).row.to[0].address == "secretariat@ehpad-tilleuls.mssante.fr"


async def test_each_act_is_one_turn(dovecot: PrivateDovecot, open_store: OpenStore) -> None:
    account = dovecot.new_account(Security.TLS)
    dovecot.fill(account.address, map(real_letter, range(60)))
    async with counted(account) as line:
        store = open_store(dovecot, line.account)
        ref = (await store.open("INBOX", ROWS)).rows[0].ref
        acts = {
            "folders": lambda: store.folders(counts=True),
            "rows": lambda: store.rows("INBOX", ROWS, 60),
            "fetch": lambda: store.fetch(ref),
            "section": lambda: store.section(ref, "1"),
            "flag": lambda: store.flag([ref], ["\\Seen"]),
            "append": lambda: store.append("Envoyés", real_letter(1)),
            "quota": lambda: store.quota(),
            "move": lambda: store.move([ref], "Archives"),
        }
        counts = {}
        for name, act in acts.items():
            line.reset()
            await act()  # type: ignore[operator]
            counts[name] = line.turns
        assert counts == dict.fromkeys(acts, 1)


async def test_a_message_of_another_folder_is_one_turn_with_its_selection(
    dovecot: PrivateDovecot, open_store: OpenStore
) -> None:
    account = dovecot.new_account(Security.TLS)
    dovecot.fill(account.address, [real_letter(1)], folder="Archives")
    async with counted(account) as line:
        store = open_store(dovecot, line.account)
        other = (await store.open("Archives")).rows[0].ref
        await store.open("INBOX")
        line.reset()
        assert await store.section(other, "1")
        assert line.turns == 1


async def test_a_part_of_many_chunks_keeps_two_on_their_way(dovecot: PrivateDovecot, open_store: OpenStore) -> None:
    account = dovecot.new_account(Security.TLS)
    content = b"\r\n".join([b"QUJD" * 19] * 10_000)
    dovecot.fill(account.address, [with_attachment(content)])
    async with counted(account) as line:
        store = open_store(dovecot, line.account)
        ref: MessageRef = (await store.open("INBOX")).rows[0].ref
        line.reset()
        assert b"".join([chunk async for chunk in store.stream(ref, "2", 65_536)]) == content
        chunks = len(content) // 65_536 + 1
        assert line.turns <= chunks + 1
        assert line.down < len(content) * 1.02 + 5_000
