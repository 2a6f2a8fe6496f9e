"""Hundreds of payloads by seed on a pseudo-terminal: list, messages, headers, pieces, folders, answers, exit."""

from __future__ import annotations

import re

import pytest

from tests.support.hostile import seeded
from tests.support.terminal import Terminal
from tests.tui.test_terminal import CONTROL, PROGRAM, foreign

pytestmark = pytest.mark.terminal

COUNT = 320
PAGE_DOWN = "\x1b[6~"


def test_each_payload_is_one_that_the_scan_would_find() -> None:
    payloads = seeded(COUNT)
    assert len(set(payloads)) == COUNT
    assert all(CONTROL.search(payload) and foreign(payload.encode()) for payload in payloads)


def press(terminal: Terminal, key: str, times: int = 1) -> None:
    for _ in range(times):
        terminal.type(key)
        terminal.settle(0.04)


def test_nothing_of_hundreds_of_payloads_reaches_the_terminal() -> None:
    with Terminal(PROGRAM, f"hostile:{COUNT}", cols=120, rows=40) as terminal:
        terminal.wait("en ligne")
        terminal.settle()
        press(terminal, PAGE_DOWN, 10)
        press(terminal, "\x1b[H")
        press(terminal, "b")
        press(terminal, PAGE_DOWN, 2)
        press(terminal, "b")
        terminal.settle(0.2)
        press(terminal, "s", COUNT // 10)
        press(terminal, "\r")
        for _ in range(COUNT // 20):
            press(terminal, PAGE_DOWN, 2)
            press(terminal, "p")
            terminal.wait("pièce(s)")
            press(terminal, "\x1b")
            terminal.settle(0.2)
            press(terminal, "J")
        press(terminal, PAGE_DOWN, 10)
        press(terminal, "h")
        press(terminal, PAGE_DOWN, 10)
        press(terminal, "i")
        terminal.settle(0.2)
        press(terminal, "\x1b")
        terminal.settle(0.2)
        press(terminal, "!")
        terminal.wait("Signaler")
        press(terminal, PAGE_DOWN, 4)
        press(terminal, "\x1b")
        terminal.settle()
        assert terminal.end() == 0
        written = bytes(terminal.written)
    shown = written.decode("utf-8", "replace")
    assert foreign(written) == []
    seen = {int(found) for found in re.findall(r"p(\d+)", shown)} & set(range(COUNT))
    assert len(seen) > 300
    after = written[written.rindex(b"\x1b[?1049l") :]
    assert foreign(after) == []
    assert b"fin 0" in after
