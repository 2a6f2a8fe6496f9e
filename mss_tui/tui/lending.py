"""The terminal lent to another program for a while (Textual's `suspend`, which would also redirect our own output)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mss_tui.errors import UsageError
from mss_tui.phrase import say

if TYPE_CHECKING:
    from textual.driver import Driver

    from mss_tui.tui.application import MssApp


@contextmanager
def lent_terminal(app: MssApp) -> Iterator[None]:
    """The terminal as it was before the program; afterwards all of the screen is drawn again.

    Where the program ends meanwhile the terminal stays as it is.

    Raises:
        UsageError: there is none that could be lent.
    """
    driver = app._driver
    if driver is None or not driver.can_suspend:
        raise UsageError(say("Ce terminal ne peut pas être prêté à un autre programme."))
    driver.suspend_application_mode()
    try:
        with driver.no_automatic_restart():
            yield
    except Exception:
        _draw_again(app, driver)
        raise
    _draw_again(app, driver)


@contextmanager
def taken_back(app: MssApp) -> Iterator[None]:
    """The terminal is ours for a while, within `lent_terminal`."""
    driver = app._driver
    if driver is not None and driver.can_suspend:
        _draw_again(app, driver)
        yield
        driver.suspend_application_mode()
    else:
        yield


def _draw_again(app: MssApp, driver: Driver) -> None:
    driver.resume_application_mode()
    app.frugal.forget()
    app.screen.refresh(layout=True)
