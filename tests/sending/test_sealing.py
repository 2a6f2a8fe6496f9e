"""Drafts that wait on this machine for the server: stored once it takes them, and here until it has them whole."""

from __future__ import annotations

from dataclasses import replace

from mss_tui.errors import ConnectionLost
from mss_tui.model.draft import Draft
from mss_tui.model.folder import Role
from mss_tui.phrase import say
from mss_tui.ports.store import Sealed
from mss_tui.services.sealing import seal, store_sealed, unseal
from tests.sending.desk import here
from tests.sending.samples import NOW, draft

CUT = ConnectionLost(say("La ligne s'est coupée."))


class MemoryVault:
    """Sealed drafts in memory; `on_drop` looks at what else is there when one is dropped."""

    def __init__(self, *drafts: Draft) -> None:
        self.kept = {one.key: Sealed(one) for one in drafts}
        self.dropped: list[str] = []

    def held(self) -> bool:
        return bool(self.kept)

    async def all(self) -> tuple[Sealed, ...]:
        return tuple(self.kept.values())

    async def seal(self, sealed: Sealed) -> bool:
        self.kept[sealed.draft.key] = sealed
        return True

    async def drop(self, key: str) -> None:
        self.dropped.append(key)
        self.kept.pop(key, None)


async def test_it_leaves_this_machine_once_the_server_has_it() -> None:
    desk, vault = here(), MemoryVault(draft())
    there: list[list[str]] = []
    desk.store.hook = lambda name: there.append([*vault.kept]) if name == "append done" else None
    ((found,), stored) = await store_sealed(desk.sender, vault, NOW)
    assert there == [[draft().key]], "still sealed while it is stored"
    assert stored == 1
    assert [k.ref for k in desk.store.of(Role.DRAFTS)] == [found.draft.saved_as]
    assert vault.kept == {}


async def test_what_the_server_does_not_take_stays_and_is_stored_once_later() -> None:
    """The line is cut after each APPEND: what it left there in doubt goes, however often the program starts."""
    desk, vault = here(), MemoryVault(draft())
    desk.store.lies = {"append"}
    for _ in range(2):
        ((found,), stored) = await store_sealed(desk.sender, vault, NOW)
        assert (stored, found.draft.saved_as) == (0, None)
    assert len(desk.store.of(Role.DRAFTS)) == 2
    assert len(vault.kept[draft().key].tried) == 2
    desk.store.lies = set()
    (_, stored) = await store_sealed(desk.sender, vault, NOW)
    assert (stored, len(desk.store.of(Role.DRAFTS)), vault.kept) == (1, 1, {})


async def test_one_that_fails_keeps_no_other_from_being_stored() -> None:
    desk, vault = here(), MemoryVault(draft(), replace(draft(), key="autre"))
    count = 0

    def first_fails(name: str) -> None:
        nonlocal count
        count += name == "append"
        desk.store.fails = {"append": CUT} if name == "append" and count == 1 else {}

    desk.store.hook = first_fails
    (found, stored) = await store_sealed(desk.sender, vault, NOW)
    assert (len(found), stored, [*vault.kept]) == (2, 1, [draft().key])


async def test_what_is_no_address_stays_here_and_the_rest_is_on_the_server_once() -> None:
    typed = draft(to=("b@pont.mssante.fr", "le cardiologue"))
    desk, vault = here(), MemoryVault(typed)
    for _ in range(2):
        (_, stored) = await store_sealed(desk.sender, vault, NOW)
        (kept,) = desk.store.of(Role.DRAFTS)
        assert stored == 1
        assert vault.kept[typed.key].draft.to == typed.to
        assert vault.kept[typed.key].draft.saved_as == kept.ref


async def test_without_a_copy_nothing_is_sealed_and_nothing_fails() -> None:
    assert not await seal(None, draft())
    await unseal(None, draft())
    vault = MemoryVault()
    assert await seal(vault, draft(), ["<t@x>"])
    assert vault.kept[draft().key].tried == ("<t@x>",)
    await unseal(vault, draft())
    assert vault.kept == {}
