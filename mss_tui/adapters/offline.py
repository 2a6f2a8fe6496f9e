"""What stands in the place of servers when nothing may connect (`--offline`): one sentence."""

from __future__ import annotations

from collections.abc import Callable

from mss_tui.errors import CannotConnect
from mss_tui.model.draft import Built
from mss_tui.model.sending import SendReport
from mss_tui.phrase import say
from mss_tui.ports.sieve import Scripts
from mss_tui.ports.submission import Decide, Watch


def offline() -> CannotConnect:
    """What was asked for wants the network."""
    return CannotConnect(
        say("Hors ligne (--offline) : rien n'est demandé à aucun serveur."),
        meaning=say("Rien n'a été changé ni envoyé."),
        remedy=say("Relancez sans --offline."),
    )


class OfflineSubmission:
    """A submission server that nobody calls."""

    async def limit(self) -> int | None:
        """Not known."""
        return None

    async def authenticate(self) -> None:
        """Refused."""
        raise offline()

    async def submit(
        self, built: Built, *, decide: Decide, watch: Watch, before_data: Callable[[], None]
    ) -> SendReport:
        """Refused; nothing left."""
        raise offline()


class OfflineScripts:
    """A server of scripts that nobody calls."""

    async def read(self) -> Scripts:
        """Refused."""
        raise offline()

    async def text(self, name: str) -> str:
        """Refused."""
        raise offline()

    async def install(self, name: str, text: str) -> None:
        """Refused."""
        raise offline()

    async def activate(self, name: str, *, delete: str = "") -> None:
        """Refused."""
        raise offline()
