"""Many messages at once: in batches, with progress, one undo for all; what fails in the middle says how far it came."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from mss_tui.errors import MssError
from mss_tui.model.message import MessageRef, Row
from mss_tui.phrase import Phrase, say
from mss_tui.services.handling import Done, FlagsBefore, MovedFrom, Undo

Watch = Callable[[int, int], None]
"""Told how many are done, and of how many."""
BATCH = 200


async def in_batches(
    rows: Sequence[Row], act: Callable[[Sequence[Row]], Awaitable[Done]], watch: Watch = lambda done, of: None
) -> Done:
    """Do `act` on `rows`, `BATCH` at a time.

    Raises:
        MssError: the first batch failed: nothing was done.
    """
    done: list[Done] = []
    for at in range(0, len(rows), BATCH):
        try:
            done.append(await act(rows[at : at + BATCH]))
        except MssError as error:
            if not done:
                raise
            said = say("{done} sur {total}, puis : {why}", done=at, total=len(rows), why=error.what)
            return _joined(done, len(rows), said)
        watch(min(at + BATCH, len(rows)), len(rows))
    return done[0] if len(done) == 1 else _joined(done, len(rows))


def _joined(done: Sequence[Done], total: int, said: Phrase | None = None) -> Done:
    last = done[-1].said
    return Done(
        said=said or Phrase(last.template, {**last.values, "n": total}),
        undo=_one([each.undo for each in done]),
        flags=tuple(flag for each in done for flag in each.flags),
        gone=frozenset(ref for each in done for ref in each.gone),
    )


def _one(undos: Sequence[Undo | None]) -> Undo | None:
    """One way back for all; none where one batch has none (a server without UIDPLUS)."""
    moved = [undo for undo in undos if isinstance(undo, MovedFrom)]
    flagged = [undo for undo in undos if isinstance(undo, FlagsBefore)]
    if moved and len(moved) == len(undos):
        refs: tuple[MessageRef, ...] = tuple(ref for undo in moved for ref in undo.now)
        return MovedFrom(moved[0].folder, refs, frozenset.intersection(*(undo.marked for undo in moved)))
    if flagged:
        return FlagsBefore(tuple(change for undo in flagged for change in undo.changes))
    return None
