"""The way in for `__main__`: the line is opened first, then Textual is imported beside it (one asyncio loop).

Nothing here imports Textual before `run` is called.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from mss_tui.errors import InternalError, MssError
from mss_tui.phrase import Phrase
from mss_tui.services.box import Box
from mss_tui.services.folder_view import FolderView

if TYPE_CHECKING:
    from mss_tui.ports.psc import Professional
    from mss_tui.services.desk import Desk
    from mss_tui.services.guard import Guard
    from mss_tui.tui.application import MssApp

FIRST_ROWS = 48
LOW_BANDWIDTH_ROWS = 25


def _over_ssh() -> bool:
    return bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))


def _ascii_marks() -> bool:
    """Does the terminal lack line drawing and typographic marks (Linux console, encodings other than UTF-8)?"""
    encoding = (getattr(sys.__stderr__, "encoding", "") or "").lower().replace("-", "").replace("_", "")
    return encoding != "utf8" or os.environ.get("TERM", "") in ("linux", "vt100", "vt220")


def _settings(low_bandwidth: bool) -> None:
    """What Textual reads once, when it is imported; what the user's environment says stands above it."""
    wanted = {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_SMOOTH_SCROLL": "0"}
    if _over_ssh():
        # an arrow split by a slow line must not read as Échap
        wanted["ESCDELAY"] = "300"
    if low_bandwidth:
        wanted["TEXTUAL_FPS"] = "15"
    for name, value in wanted.items():
        os.environ.setdefault(name, value)


async def run(
    desk: Desk,
    *,
    account: str = "",
    folder: str = "",
    read_only: bool = False,
    theme: str = "",
    low_bandwidth: bool = False,
    mouse: bool | None = None,
    guard: Guard | None = None,
    psc: Professional | None = None,
    hear: Callable[[Callable[[Phrase], None] | None], None] | None = None,
) -> int:
    """Show the inbox and stay until the user leaves; returns the exit code.

    Args:
        account: the mailbox to open, by id or address; the profile's first when empty.
        folder: the folder to open; the profile's when empty.
        read_only: opens folders for examination: nothing is marked or moved.
        theme: ansi, mono, dark or light; the profile's when empty.
        low_bandwidth: few bytes a key (a mark instead of a bar).
        mouse: None is "not over SSH".
        guard: what locks the screen; made of the profile when it is None.
        psc: the session of Pro Santé Connect, where the profile has one.
        hear: is given what says sentences on the screen while it is there, then None.

    Raises:
        MssError: the program itself failed; the terminal is as it was before.
    """
    profile = desk.profile
    low_bandwidth = low_bandwidth or profile.low_bandwidth
    read_only = read_only or profile.read_only
    place = desk.place(account)
    shown: asyncio.Future[MssApp] = asyncio.get_running_loop().create_future()
    if psc is not None:

        async def ask() -> None:  # the line is opened before there is a screen to ask on
            await (await asyncio.shield(shown)).ask_psc()

        psc.ask_with(ask)
    opening = asyncio.create_task(
        _first_look(place.box, folder or profile.folder, LOW_BANDWIDTH_ROWS if low_bandwidth else FIRST_ROWS, read_only)
    )
    said: list[Phrase] = []
    if hear is not None:
        hear(said.append)
    kept = asyncio.create_task(place.box.kept(folder or profile.folder, FIRST_ROWS))
    _settings(low_bandwidth)
    gc.disable()
    try:
        module = await asyncio.to_thread(import_module, "mss_tui.tui.application")
        driver = None if sys.platform == "win32" else import_module("mss_tui.tui.frugal_driver").FrugalDriver
    finally:
        gc.enable()
        gc.freeze()
    app = module.MssApp(
        desk,
        place=place,
        opening=opening,
        read_only=read_only,
        theme=theme or profile.theme,
        low_bandwidth=low_bandwidth,
        ascii_marks=_ascii_marks(),
        driver_class=driver,
        guard=guard,
        psc=psc,
    )
    app.shown = shown
    app.main.kept = kept
    for phrase in said:
        app.say(phrase)
    if hear is not None:
        hear(app.say)
    running = asyncio.ensure_future(app.run_async(mouse=not _over_ssh() if mouse is None else mouse))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await _hung_up(app, desk, running)
        raise
    finally:
        if hear is not None:
            hear(None)
        for task in (opening, kept):
            task.cancel()
        await asyncio.gather(opening, kept, return_exceptions=True)
    if app.fault is not None:
        await _keep(app, desk)
        raise app.fault if isinstance(app.fault, MssError) else InternalError.of(app.fault) from app.fault
    return app.return_code or 0


async def _hung_up(app: MssApp, desk: Desk, running: asyncio.Future[int | None]) -> None:
    """The terminal is gone, or the program is told to end: what is on screen is looked at before it is taken down."""
    app.left = app.left or app.look_back()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await _keep(app, desk)


async def _keep(app: MssApp, desk: Desk) -> None:
    if app.left is not None:
        await import_module("mss_tui.tui.interrupted").keep(desk, app.left)


async def _first_look(box: Box, folder: str, rows: int, read_only: bool) -> FolderView:
    found = await box.find(folder)
    return await box.open(found.name, rows, read_only=read_only)
