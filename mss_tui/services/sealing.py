"""Drafts that the server cannot keep now, sealed on this machine until it can (design.md, Outbox)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mss_tui.errors import MssError
from mss_tui.model.draft import Draft
from mss_tui.ports.store import Sealed, SealedDrafts
from mss_tui.services.drafts import keep
from mss_tui.services.sending import Sender


async def seal(vault: SealedDrafts | None, draft: Draft, tried: Sequence[str] = ()) -> bool:
    """Keep the draft, which no server has; False where it is only in memory."""
    return vault is not None and await vault.seal(Sealed(draft, tuple(tried)))


async def unseal(vault: SealedDrafts | None, draft: Draft) -> None:
    """The server has it, or nobody wants it any more."""
    if vault is not None and vault.held():
        await vault.drop(draft.key)


async def store_sealed(sender: Sender, vault: SealedDrafts, now: datetime) -> tuple[tuple[Sealed, ...], int]:
    """Store every sealed draft on the server, and unseal it once that has it all; never fails.

    Returns:
        the drafts as they are now, and how many of them are on the server.
    """
    found, stored = [], 0
    for sealed in await vault.all():
        tried = list(sealed.tried)
        try:
            kept = await keep(sender, sealed.draft, now, tried=tried)
        except MssError:
            there = Sealed(sealed.draft, tuple(tried))
            await vault.seal(there)
        else:
            stored += 1
            there = Sealed(kept.draft, tuple(tried))
            if kept.left_out:  # what was typed for a recipient and is no address is here alone
                await vault.seal(there)
            else:
                await vault.drop(there.draft.key)
        found.append(there)
    return tuple(found), stored
