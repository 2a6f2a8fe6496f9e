"""The scripts of a mailbox on its server (ManageSieve, RFC 5804). Each call is one connection, opened and closed."""

from __future__ import annotations

from typing import Protocol

from mss_tui.record import dataclass


@dataclass(frozen=True, slots=True)
class Scripts:
    """What is on the server: names, which one is active ("" for none) and its text, extensions it knows.

    Names and text are as the server gave them: they are cleaned before they are shown.
    """

    names: tuple[str, ...]
    active: str
    text: str
    extensions: frozenset[str]


class ScriptStore(Protocol):
    """One account's scripts.

    Every method raises only `MssError`s (`CannotConnect`, `TlsRefused`, `HostileServer`, `ServerRefused`,
    `AuthRefused`, `DeadlinePassed`) and may be cancelled.
    """

    async def read(self) -> Scripts:
        """What is there."""
        ...

    async def text(self, name: str) -> str:
        """The text of a script."""
        ...

    async def install(self, name: str, text: str) -> None:
        """Store a script under `name`, once the server has found nothing wrong with it, and make it the active one."""
        ...

    async def activate(self, name: str, *, delete: str = "") -> None:
        """Make `name` the active script ("" for none), then delete another."""
        ...
