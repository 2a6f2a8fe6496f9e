"""The copy of a mailbox from one start to the next, on Dovecot: rows at once, then right, in few turns and octets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mss_tui.adapters.cache.offline import OfflineStore
from mss_tui.adapters.cache.store import CachedStore
from mss_tui.adapters.tls import context_for
from mss_tui.errors import CannotConnect, NotFound
from mss_tui.model.message import FLAGGED, SEEN
from mss_tui.model.people import Account, Security
from mss_tui.ports.mail import Arrived, Changed, LineChanged, Query
from tests.imap.counting import counted
from tests.imap.listening import Listener
from tests.imap.messages import letter, real_letter, with_attachment
from tests.support.copies import Making, making
from tests.support.dovecot import PrivateDovecot
from tests.support.servers import FixedClock, Passwords

pytestmark = pytest.mark.real_server
ROWS = 50
Start = Callable[..., CachedStore]


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[Making]:
    with making(tmp_path / "copies") as made:
        yield made


@pytest.fixture
def start(dovecot: PrivateDovecot, copies: Making) -> Start:
    """The program starts: a store over the copy that is there."""

    def make(account: Account) -> CachedStore:
        secrets = Passwords(of=dovecot.password)
        return CachedStore(copies.copy(account), account, secrets, context_for(dovecot.ca), FixedClock())

    return make


async def used(store: CachedStore, rows: int = ROWS) -> None:
    """One run of the program that looked at the inbox."""
    await store.open("INBOX", rows)
    await store.close()


@pytest.mark.parametrize(("security", "turns"), [(Security.TLS, 3), (Security.STARTTLS, 4)])
async def test_a_warm_start_costs_few_turns_and_octets(
    dovecot: PrivateDovecot, start: Start, security: Security, turns: int
) -> None:
    account = dovecot.new_account(security)
    dovecot.fill(account.address, map(real_letter, range(300)))
    async with counted(account) as line:
        await used(start(line.account))
        dovecot.fill(account.address, [real_letter(300)])
        line.reset()
        store = start(line.account)
        kept = await store.kept("INBOX", ROWS)
        assert kept is not None
        assert (line.turns, len(kept.opened.rows), kept.opened.total) == (0, ROWS, 300)
        opened = await store.open("INBOX", ROWS)
        assert (opened.total, len(opened.rows), opened.unseen) == (301, ROWS, 301)
        assert opened.rows[1:] == kept.opened.rows[:-1]
        assert line.turns == turns
        assert line.down < 5_000, "with the certificates of the laboratory"
        await store.close()


async def test_what_happened_to_messages_that_are_not_kept_costs_nothing(dovecot: PrivateDovecot, start: Start) -> None:
    account = dovecot.new_account(Security.TLS)
    dovecot.fill(account.address, map(real_letter, range(400)))
    async with counted(account) as line:
        await used(start(line.account))
        with dovecot.colleague(account.address) as colleague:
            colleague.select("INBOX")
            colleague.uid("STORE", "1:340,390", "+FLAGS.SILENT", "(\\Seen)")
        dovecot.fill(account.address, map(real_letter, range(400, 410)), flags="\\Seen")
        line.reset()
        store = start(line.account)
        opened = await store.open("INBOX", ROWS)
        assert [row.ref.uid for row in opened.rows if row.seen] == [*range(410, 400, -1), 390]
        assert (opened.total, opened.unseen) == (410, 59)
        assert line.down < 14_000
        await store.close()


async def test_what_changed_elsewhere_is_right_after_the_next_start(dovecot: PrivateDovecot, start: Start) -> None:
    account = dovecot.new_account(Security.TLS)
    dovecot.fill(account.address, (letter(n) for n in range(1, 61)))
    await used(start(account))
    with dovecot.colleague(account.address) as colleague:
        colleague.select("INBOX")
        colleague.uid("STORE", "58", "+FLAGS", "(\\Seen)")
        colleague.uid("STORE", "59,20", "+FLAGS", "(\\Deleted)")
        colleague.uid("EXPUNGE", "59,20")
    dovecot.fill(account.address, [letter(61), letter(62)])
    store = start(account)
    kept = await store.kept("INBOX")
    assert kept is not None
    assert [row.ref.uid for row in kept.opened.rows[:4]] == [60, 59, 58, 57]
    opened = await store.open("INBOX", ROWS)
    assert opened.total == 60
    assert [row.ref.uid for row in opened.rows[:5]] == [62, 61, 60, 58, 57]
    assert [row.ref.uid for row in opened.rows if row.seen] == [58]
    assert [row.ref.uid for row in await store.rows("INBOX", 40, 43)] == [21, 19, 18]
    await store.close()
    again = await start(account).kept("INBOX")
    assert again is not None
    assert [row.ref.uid for row in again.opened.rows] == [row.ref.uid for row in opened.rows]
    assert {row.ref.uid: row.flags for row in again.opened.rows}[58] == {SEEN}


async def test_what_happens_on_screen_is_kept(dovecot: PrivateDovecot, start: Start) -> None:
    account = dovecot.new_account(Security.TLS)
    dovecot.fill(account.address, (letter(n) for n in range(1, 31)))
    store = start(account)
    rows = (await store.open("INBOX", ROWS)).rows
    listener = Listener(store)
    await listener.until(LineChanged, lambda event: event.tls is not None)
    await store.flag([rows[0].ref], [FLAGGED])
    await store.move([rows[1].ref], "Archives")
    dovecot.fill(account.address, [letter(31)])
    await listener.until(Arrived)
    with dovecot.colleague(account.address) as colleague:
        colleague.select("INBOX")
        colleague.uid("STORE", "3", "+FLAGS", "(\\Seen)")
    await listener.until(Changed, lambda event: dict(event.flags).get(3) == {SEEN})
    await listener.stop()
    await store.close()
    kept = await start(account).kept("INBOX")
    assert kept is not None
    assert kept.opened.total == 30
    assert [row.ref.uid for row in kept.opened.rows[:3]] == [31, 30, 28]
    assert {row.ref.uid: row.flags for row in kept.opened.rows if row.flags} == {30: {FLAGGED}, 3: {SEEN}}


async def test_a_folder_made_anew_keeps_nothing_of_the_old_one(
    dovecot: PrivateDovecot, start: Start, copies: Making
) -> None:
    account = dovecot.new_account(Security.TLS)
    with dovecot.colleague(account.address) as colleague:
        colleague.create("Garde")
    dovecot.fill(account.address, (letter(n, f"ancien {n}") for n in range(1, 31)), folder="Garde")
    store = start(account)
    old = (await store.open("Garde", ROWS)).rows
    await store.fetch(old[0].ref, text=True)
    await store.close()
    with dovecot.colleague(account.address) as colleague:
        colleague.delete("Garde")
        colleague.create("Garde")
    dovecot.fill(account.address, (letter(n, f"neuf {n}") for n in range(1, 29)), folder="Garde")
    store = start(account)
    kept = await store.kept("Garde")
    assert kept is not None
    assert kept.opened.rows[0].subject == "ancien 30"
    opened = await store.open("Garde", ROWS)
    assert opened.uidvalidity != kept.opened.uidvalidity
    assert [row.subject for row in opened.rows] == [f"neuf {n}" for n in range(28, 0, -1)]
    with pytest.raises(NotFound):  # its row may still stand on screen
        await store.section(old[0].ref, "1")
    await store.close()
    offline = OfflineStore(account, copies.copy(account))
    assert {row.subject for row in (await offline.open("Garde")).rows} == {f"neuf {n}" for n in range(1, 29)}
    with pytest.raises(CannotConnect):
        await offline.fetch(old[0].ref)
    await offline.close()


async def test_a_message_read_before_asks_nobody(dovecot: PrivateDovecot, start: Start) -> None:
    account = dovecot.new_account(Security.TLS)
    dovecot.fill(account.address, (letter(n) for n in range(1, 30)))
    dovecot.fill(account.address, [with_attachment(b"QUJD" * 20)])
    async with counted(account) as line:
        store = start(line.account)
        ref = (await store.open("INBOX", ROWS)).rows[0].ref
        first = await store.fetch(ref, text=True)
        section = await store.section(ref, "2")
        await store.close()
        store = start(line.account)
        await store.open("INBOX", ROWS)
        line.reset()
        assert await store.fetch(ref, text=True) == first
        assert await store.section(ref, "2") == section
        assert await store.section(ref, "2", 10) == section[:10]
        assert line.turns == 0
        await store.close()


async def test_without_a_line_the_copy_is_all_there_is(dovecot: PrivateDovecot, start: Start, copies: Making) -> None:
    account = dovecot.new_account(Security.TLS)
    dovecot.fill(account.address, (letter(n) for n in range(1, 31)))
    async with counted(account) as line:
        store = start(line.account)
        rows = (await store.open("INBOX", ROWS)).rows
        await store.folders()
        read = await store.fetch(rows[3].ref, text=True)
        await store.close()
        made = line.connections
        offline = OfflineStore(line.account, copies.copy(line.account))
        kept = await offline.kept("INBOX")
        assert kept is not None
        assert kept.opened.rows == rows
        assert kept.at == FixedClock().now()
        assert (await offline.folders())[0].name == "INBOX"
        assert (await offline.fetch(rows[3].ref, text=True)).header == read.header
        assert (await offline.search("INBOX", Query(words="INR 7"))).uids == (27, 17, 7)
        with pytest.raises(CannotConnect, match="pas dans la copie"):
            await offline.fetch(rows[4].ref, text=True)
        with pytest.raises(CannotConnect, match="Hors ligne"):
            await offline.flag([rows[0].ref], [SEEN])
        with pytest.raises(CannotConnect, match="n'a pas de copie"):
            await offline.open("Archives")
        await offline.close()
        assert line.connections == made
