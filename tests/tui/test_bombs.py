"""While a bomb is read: the list answers every key, the process that reads it is bounded, and it costs one sentence."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import psutil
import pytest

from mss_tui.adapters.worker import ProcessWorker
from mss_tui.adapters.worker_child import ADDRESS_SPACE
from mss_tui.services import reading
from mss_tui.tui.application import MssApp
from tests.support.letters import crlf, letters_desk
from tests.support.screen import running, screen_text, until
from tests.tui.test_awkward_messages import TO
from tests.worker.test_hostile_parts import BOMBS

KEYS = 30


def bomb(body: str = BOMBS["attributes"].decode()) -> bytes:
    return crlf(f"From: Jean <jean@gmail.com>\n{TO}Subject: bombe\nContent-Type: text/html\n\n{body}\n")


def quiet(number: int) -> bytes:
    return crlf(f"From: Dr A <a@x.mssante.fr>\n{TO}Subject: message {number}\n\nBonjour {number}.\n")


@pytest.fixture
async def worker() -> AsyncIterator[ProcessWorker]:
    worker = ProcessWorker()
    yield worker
    await worker.close()


def opening(app: MssApp) -> bool:
    """Is a message being opened?"""
    return any(w.group == "open-message" and w.is_running for w in app.workers)


async def test_the_list_answers_every_key_while_a_bomb_burns(
    worker: ProcessWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: with a deadline far away, the job is still running when every key has had its effect."""
    monkeypatch.setattr(reading, "SECONDS", 600.0)
    monkeypatch.setattr(reading.Reader, "prefetch", lambda self, rows: None)
    fake = letters_desk([bomb("<b>" + BOMBS["attributes"].decode() * 4), *map(quiet, range(KEYS + 10))], worker)
    async with running(fake) as pilot:
        app = cast("MssApp", pilot.app)
        here = psutil.Process().memory_info().rss
        await pilot.press("enter")
        await until(pilot, lambda: worker.pid is not None and opening(app))
        pid = worker.pid
        assert pid is not None
        seen = []
        for _ in range(KEYS):
            await pilot.press("down")
            seen.append(app.main.messages.cursor)
        assert seen == list(range(1, KEYS + 1))
        assert f"message {KEYS - 1}" in screen_text(app)
        assert opening(app)
        assert worker.pid == pid
        limits = Path(f"/proc/{pid}/limits").read_text()
        found = re.search(r"Max address space +(\d+) +(\d+)", limits)
        assert found is not None
        assert max(map(int, found.groups())) <= ADDRESS_SPACE
        assert psutil.Process(pid).memory_info().rss <= ADDRESS_SPACE
        assert psutil.Process().memory_info().rss - here < 50_000_000
        await pilot.press("escape")
        await until(pilot, "Annulé.")
        assert worker.pid is None
        await pilot.press("enter")
        await until(pilot, f"Bonjour {KEYS - 1}.")


async def test_at_its_deadline_a_bomb_is_a_sentence_and_its_raw_text(
    worker: ProcessWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SECONDS", 0.3)
    async with running(letters_desk([bomb(), quiet(1)], worker), (120, 40)) as pilot:
        await pilot.press("enter")
        await until(pilot, "a0=1 a1=1")
        assert "i Pièce trop complexe : 0.3 s dépassées. Vue brute : les octets" in screen_text(pilot.app)
        await pilot.press("J")
        await until(pilot, "Bonjour 1.")
