"""The annuaire of a profile, imported and made when it is first asked for."""

from __future__ import annotations

import os
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mss_tui.adapters.directory.index import SqliteIndex
from mss_tui.adapters.directory.known import KnownFile
from mss_tui.adapters.directory.whitelist import NAME, WhiteList
from mss_tui.adapters.offline import offline
from mss_tui.adapters.tls import context_for
from mss_tui.model.people import Profile
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.secrets import Secret
from mss_tui.record import dataclass
from mss_tui.services.annuaire import Annuaire
from mss_tui.wiring_means import Means

if TYPE_CHECKING:
    from mss_tui.ports.directory import DirectoryApi, Updated, UpdateWatch


@dataclass(frozen=True, slots=True)
class LaterUpdate:
    """An update of the annuaire whose libraries are imported when somebody asks for one."""

    index: Path
    clock: Clock
    context: ssl.SSLContext

    offline: bool = False

    async def update(self, source: Path | None, watch: UpdateWatch) -> Updated:
        """From the file `source`, or from the configured address."""
        if self.offline and source is None:
            raise offline()
        from mss_tui.adapters.directory.update import AnnuaireUpdate

        return await AnnuaireUpdate(self.index, self.clock, self.context).update(source, watch)


def annuaire_of(profile: Profile, means: Means) -> Annuaire:
    """The profile's own index, else the first that this machine has; its API where it has one.

    Updates go to the profile's own index, else to the last place, which is the user's.
    """
    source = profile.directory
    known = KnownFile(means.places.state / "correspondants.json", profile.name, means.tell)
    path = source.index or next((p for p in means.indexes if p.exists()), None)
    own = source.index or (means.indexes[-1] if means.indexes else None)
    context = means.contexts.get(source.ca) or context_for(source.ca)
    api: DirectoryApi | None = None
    if source.fhir_url and source.key_command and not means.offline:
        from mss_tui.adapters.directory.fhir import FhirDirectory
        from mss_tui.adapters.hostwide import directory_calls, place_of

        shared = directory_calls(place_of(means.places.state))
        api = FhirDirectory(source.fhir_url, _fhir_key(source.key_command), context, means.clock, shared=shared)
    return Annuaire(
        SqliteIndex(path, means.clock) if path is not None else None,
        api,
        means.clock,
        known=known,
        trust=WhiteList(path.with_name(NAME)) if path is not None else None,
        updates=LaterUpdate(own, means.clock, context, means.offline) if own is not None else None,
    )


def _fhir_key(command: tuple[str, ...]) -> Callable[[], Awaitable[Secret]]:
    async def key() -> Secret:
        from mss_tui.adapters.secrets_command import run
        from mss_tui.adapters.secrets_value import password

        return password(await run(command, os.environ), say("La commande de la clé de l'annuaire"))

    return key
