"""Screens as text, for tests: what a Pilot run shows, compared with a readable file."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual import events
from textual.app import App
from textual.pilot import Pilot

from mss_tui.tui.application import MssApp
from tests.support.desk import FakeDesk

GOLDEN = Path(__file__).parent.parent / "tui" / "screens"
NARROW, WIDE = (80, 24), (120, 40)


def screen_text(app: App[int]) -> str:
    """The screen as lines of text, trailing blanks left out."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips) + "\n"


def golden(app: App[int], name: str) -> None:
    """The screen is the one in `tests/tui/screens`; MSS_WRITE_SCREENS=1 writes it instead, to be read and committed."""
    path = GOLDEN / f"{name}.txt"
    text = screen_text(app)
    if os.environ.get("MSS_WRITE_SCREENS"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8"), f"\n{text}"


@asynccontextmanager
async def running(fake: FakeDesk, size: tuple[int, int] = NARROW, **options: Any) -> AsyncIterator[Pilot[int]]:
    """The application on a desk of fakes, its inbox on screen."""
    place = fake.desk.places[0]
    opening = asyncio.ensure_future(place.box.open("INBOX", 50))
    app = MssApp(fake.desk, place=place, opening=opening, **options)
    async with app.run_test(size=size) as pilot:
        await until(pilot, "en ligne")
        await until(pilot, lambda: app.main.checked is not None)  # the counts are here: the status line is whole
        yield pilot


async def until(pilot: Pilot[int], seen: str | Callable[[], bool], *, seconds: float = 10) -> None:
    """Wait for words on the screen, or for a condition."""
    wanted = (lambda: seen in screen_text(pilot.app)) if isinstance(seen, str) else seen
    end = asyncio.get_running_loop().time() + seconds
    while not wanted():
        assert asyncio.get_running_loop().time() < end, f"{seen!r} never came:\n{screen_text(pilot.app)}"
        await pilot.pause(0.005)
    await pilot.pause()


async def write(pilot: Pilot[int], text: str) -> None:
    """Put a text into the focused field, as a terminal pastes it."""
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()


def in_folder(fake: FakeDesk, folder: str = "INBOX") -> list[int]:
    """UIDs of a folder on the fake server."""
    return [row.ref.uid for row in fake.mail.rows_in[folder]]
