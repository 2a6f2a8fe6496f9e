"""A program that sends one message and is killed at its nth step; the mail server it talks to outlives it.

usage: python -m tests.sending.killed FOLDER STEP SUBMISSION_STATE QUEUED
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sys
from datetime import timedelta
from pathlib import Path

from mss_tui.adapters.store_journal import JsonlJournal
from mss_tui.adapters.store_outbox import FileOutboxRecords
from mss_tui.model.sending import SendState
from mss_tui.phrase import Phrase
from mss_tui.ports.store import OutboxRecord
from tests.sending.desk import Desk
from tests.sending.fakes import FixedClock, MemoryStore, MemorySubmission
from tests.sending.samples import ACTOR, NOW, PHARMACY, draft

DRAFT = draft(bcc=(PHARMACY,))


def said(phrase: Phrase) -> None:
    raise AssertionError(str(phrase))


class Steps:
    """Counts what happens, and ends the program at the step it is told."""

    def __init__(self, folder: Path, last: int) -> None:
        self.folder = folder
        self.last = last
        self.done = 0
        self.store = MemoryStore(hook=self)
        self.submission = MemorySubmission(hook=self)

    def __call__(self, name: str) -> None:
        # what the servers did stays done
        server = (self.store.kept, self.store.uid, self.submission.left)
        (self.folder / "server").write_bytes(pickle.dumps(server))
        self.done += 1
        if self.done == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


class Records(FileOutboxRecords):
    """Records with a step before each write and one after."""

    def __init__(self, folder: Path, steps: Steps) -> None:
        super().__init__(folder / "outbox", said)
        self.steps = steps

    def write(self, record: OutboxRecord) -> None:
        self.steps(f"write {record.state}")
        super().write(record)
        self.steps(f"written {record.state}")

    def remove(self, key: str) -> None:
        self.steps("remove")
        super().remove(key)
        self.steps("removed")


def desk(folder: Path, steps: Steps, records: FileOutboxRecords) -> Desk:
    clock = FixedClock()
    journal = JsonlJournal(folder / "journal.jsonl", clock, said)
    return Desk(steps.store, steps.submission, records, journal, clock=clock)  # type: ignore[arg-type]


async def main(folder: Path, last: int, state: SendState, queued: bool) -> int:
    steps = Steps(folder, last)
    steps.submission.state = state
    at_work = desk(folder, steps, Records(folder, steps))
    if queued:
        await at_work.outbox.queue(DRAFT, ACTOR, confirmed={}, due=NOW + timedelta(seconds=10))
        at_work.clock.go(10)
        await at_work.outbox.run(ACTOR, watch=at_work.watch)
    else:
        await at_work.send(DRAFT)
    return steps.done


if __name__ == "__main__":
    where, step, state, queued = sys.argv[1:]
    print(asyncio.run(main(Path(where), int(step), SendState(state), queued == "queued")))
