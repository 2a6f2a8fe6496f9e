"""A draft that was written without a line, on Dovecot: stored once at the next start, then gone from this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mss_tui.adapters.cache.drafts import CopyDrafts
from mss_tui.adapters.cache.offline import OfflineStore
from mss_tui.adapters.cache.store import CachedStore
from mss_tui.adapters.tls import context_for
from mss_tui.errors import CannotConnect
from mss_tui.model.folder import Role
from mss_tui.model.people import Security
from mss_tui.ports.mail import MailStore
from mss_tui.services.drafts import keep
from mss_tui.services.sealing import seal, store_sealed
from mss_tui.services.sending import Sender
from tests.sending.desk import Desk
from tests.sending.fakes import MemoryJournal, MemoryRecords, MemorySubmission
from tests.sending.samples import draft
from tests.support.copies import Making, making
from tests.support.dovecot import PrivateDovecot
from tests.support.servers import NOW, FixedClock, Passwords

pytestmark = pytest.mark.real_server
WRITTEN = draft(subject="Suite VIAL Paul", attachments=())


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[Making]:
    with making(tmp_path / "copies") as made:
        yield made


async def test_a_draft_of_before_is_stored_once(dovecot: PrivateDovecot, copies: Making) -> None:
    account = dovecot.new_account(Security.TLS)

    def sender(store: MailStore) -> Sender:
        return Desk(store, MemorySubmission(), MemoryRecords(), MemoryJournal(), account=account).sender

    copy = copies.copy(account)
    with pytest.raises(CannotConnect):
        await keep(sender(OfflineStore(account, copy)), WRITTEN, NOW)
    assert await seal(CopyDrafts(copy), WRITTEN)
    await copy.close()
    for stored_now in (1, 0):  # two starts
        copy = copies.copy(account)
        vault = CopyDrafts(copy)
        secrets = Passwords(of=dovecot.password)
        store = CachedStore(copy, account, secrets, context_for(dovecot.ca), FixedClock())
        (_, stored) = await store_sealed(sender(store), vault, NOW)
        assert stored == stored_now
        drafts = await sender(store).shelf.folder(Role.DRAFTS)
        assert drafts is not None
        await store.open(drafts)
        rows = await store.rows(drafts, 0, 5)
        assert [row.subject for row in rows] == ["Suite VIAL Paul"]
        assert not vault.held()
        await store.close()
