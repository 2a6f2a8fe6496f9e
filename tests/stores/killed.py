"""Kills a process at each line that a store runs, and looks at what is left. Run as a program: STORE DIRECTORY.

Prints how many times it killed.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.store_acceptances import FileAcceptances
from mss_tui.adapters.store_facts import JsonFactsFile
from mss_tui.adapters.store_journal import JsonlJournal
from mss_tui.adapters.store_outbox import FileOutboxRecords
from mss_tui.model.people import Actor, Person
from mss_tui.model.sending import SendState
from mss_tui.phrase import Phrase
from mss_tui.ports.store import OutboxRecord

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ACTOR = Actor(Person("Jean MARTIN"))


def complain(phrase: Phrase) -> None:
    """Nothing may be found damaged."""
    raise AssertionError(phrase.render())


def killed_at(step: int, act: Callable[[], object]) -> bool:
    """Run `act` in a process that ends with its `step`-th line in a store; False when `act` came to its end first."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    left = step

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal left
        if "adapters/store" not in frame.f_code.co_filename:
            return None
        if event == "line":
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    act()
    os._exit(0)


def everywhere(directory: Path, prepare: Callable[[Path], Callable[[], object]], check: Callable[[Path], None]) -> int:
    """Kill at every line, each time in a new directory."""
    for step in itertools.count(1):
        place = directory / str(step)
        act = prepare(place)
        if not killed_at(step, act):
            check(place)
            return step - 1
        check(place)
    raise AssertionError


def facts(place: Path) -> Callable[[], object]:
    store = JsonFactsFile(place / "facts.json", complain)
    store.update("a", read=NOW)
    return lambda: store.update("a", connected=NOW, overdue=3)


def facts_left(place: Path) -> None:
    left = JsonFactsFile(place / "facts.json", complain).of("a")
    assert left.read == NOW
    assert (left.connected, left.overdue) in ((None, None), (NOW, 3))
    assert JsonFactsFile(place / "facts.json", complain).update("a", expiring=1).read == NOW


def journal(place: Path) -> Callable[[], object]:
    store = JsonlJournal(place / "journal.jsonl", SetClock(NOW), complain)
    if int(place.name) % 2:
        store.write(ACTOR, "a", "move", "intent")
    return lambda: store.write(ACTOR, "a", "move", "done")


def journal_left(place: Path) -> None:
    store = JsonlJournal(place / "journal.jsonl", SetClock(NOW), complain)
    expected = ["intent"] if int(place.name) % 2 else []
    phases = [entry.phase for entry in store.entries()]
    assert phases in (expected, [*expected, "done"]), phases
    store.write(ACTOR, "a", "mark", "intent")
    assert [entry.phase for entry in store.entries()] == [*phases, "intent"]
    verified = store.verify()
    assert (verified.ok, verified.lines, verified.anchored_until) == (True, len(phases) + 1, NOW), verified


RECORD = OutboxRecord("k1", "a", "<1@x>", SendState.QUEUED, NOW)


def outbox(place: Path) -> Callable[[], object]:
    store = FileOutboxRecords(place / "outbox", complain)
    store.write(RECORD)
    store.close()

    def act() -> None:
        mine = FileOutboxRecords(place / "outbox", complain)
        mine.write(OutboxRecord("k1", "a", "<1@x>", SendState.UNKNOWN, NOW, answers=(250, 550)))
        mine.write(OutboxRecord("k2", "a", "<2@x>", SendState.QUEUED, NOW))
        mine.remove("k2")

    return act


def outbox_left(place: Path) -> None:
    store = FileOutboxRecords(place / "outbox", complain)
    found = {record.key: (record.state, live) for record, live in store.all()}
    assert found.pop("k1") in ((SendState.QUEUED, False), (SendState.UNKNOWN, False))
    assert found in ({}, {"k2": (SendState.QUEUED, False)})
    assert store.claim("k1") is not None
    store.remove("k1")
    store.close()


def acceptances(place: Path) -> Callable[[], object]:
    store = FileAcceptances(place / "acceptances.json", SetClock(NOW), complain)
    return lambda: store.accept("destinataire.copie", "a@b.fr")


def acceptances_left(place: Path) -> None:
    store = FileAcceptances(place / "acceptances.json", SetClock(NOW), complain)
    store.accept("r", "item")
    accepted = store.recent(1)
    assert ("r", "item") in accepted
    assert len(accepted) == 1 + (("destinataire.copie", "a@b.fr") in accepted)


CASES = {
    "facts": (facts, facts_left),
    "journal": (journal, journal_left),
    "outbox": (outbox, outbox_left),
    "acceptances": (acceptances, acceptances_left),
}

if __name__ == "__main__":
    print(everywhere(Path(sys.argv[2]), *CASES[sys.argv[1]]))
