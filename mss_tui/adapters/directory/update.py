"""Brings the annuaire of this host or user up to date: the extraction, then the list of trust-space domains."""

from __future__ import annotations

import asyncio
import ssl
import threading
from datetime import datetime
from pathlib import Path

from mss_tui.adapters.directory import whitelist
from mss_tui.adapters.directory.build import PRIVATE, SHARED, Built, build
from mss_tui.adapters.directory.extraction import download, forget
from mss_tui.adapters.directory.https import Https
from mss_tui.adapters.places import SHARED_INDEX
from mss_tui.errors import ConfigError, MssError, ServerRefused, UsageError
from mss_tui.phrase import Phrase, say
from mss_tui.ports.clock import Clock
from mss_tui.ports.directory import Updated, UpdateStage, UpdateStep, UpdateWatch
from mss_tui.record import dataclass
from mss_tui.text import clean

EXTRACTION_URL = (
    "https://service.annuaire.sante.fr/annuaire-sante-webservices/V300/services/extraction/"
    "Extraction_Correspondance_MSSante"
)
WHITE_LIST_URL = "https://espacedeconfiance.mssante.fr/listeblanchemssante.xml"
"""Both are certified by the IGC-Santé: the context must trust its root (annuaire.md §4, mssante-client.md §3.4)."""
WHITE_LIST_SECONDS = 120.0


class _Stopped(Exception):
    """The caller was cancelled while a thread built."""


@dataclass(frozen=True, slots=True)
class AnnuaireUpdate:
    """Updates the index at `index`, and the list beside it.

    Args:
        extraction_url, white_list_url: "" leaves that part out where no file is given.
        mode: of the files; None is `build.SHARED` for the index of the whole host, `build.PRIVATE` for any other.
        accept_fewer: take an extraction that has far fewer mailboxes than the last one.
    """

    index: Path
    clock: Clock
    context: ssl.SSLContext
    extraction_url: str = EXTRACTION_URL
    white_list_url: str = WHITE_LIST_URL
    mode: int | None = None
    accept_fewer: bool = False

    @property
    def _mode(self) -> int:
        if self.mode is not None:
            return self.mode
        return SHARED if self.index == SHARED_INDEX else PRIVATE

    @property
    def white_list(self) -> Path:
        """Where the list stands."""
        return self.index.with_name(whitelist.NAME)

    async def update(self, source: Path | None, watch: UpdateWatch) -> Updated:
        """From the file `source` (an extraction, or a white list in XML), or from the configured addresses.

        A white list that cannot be had does not undo the rest: `trust_error` says why.

        Raises:
            MssError: nothing was replaced.
        """
        if source is not None and source.suffix.lower() == ".xml":
            return Updated(0, None, 0, await self._install(await asyncio.to_thread(_bytes, source), watch))
        if source is not None:
            built = await self._build(source, None, watch)
        else:
            built = await self._download(watch)
        domains: int | None = None
        error: Phrase | None = None
        if source is None and self.white_list_url:
            try:
                domains = await self._fetch_white_list(watch)
            except MssError as failed:
                error = failed.what
        return Updated(built.mailboxes, built.made, built.gone, domains, error)

    async def _download(self, watch: UpdateWatch) -> Built:
        if not self.extraction_url:
            raise ConfigError(
                say("Aucune adresse d'extraction n'est configurée."), remedy=say("Donnez un fichier d'extraction.")
            )
        downloaded = await download(self.extraction_url, self.context, self.index.parent, watch)
        try:
            return await self._build(downloaded.path, downloaded.made, watch)
        finally:
            forget(self.index.parent)

    async def _build(self, source: Path, made: datetime | None, watch: UpdateWatch) -> Built:
        """Build in a thread; cancelled, wait until it has stopped and tidied up."""
        stop = threading.Event()
        loop = asyncio.get_running_loop()

        def told(step: UpdateStep) -> None:
            if stop.is_set():
                raise _Stopped
            loop.call_soon_threadsafe(watch, step)

        running = asyncio.ensure_future(
            asyncio.to_thread(
                build,
                source,
                self.index,
                self.clock,
                watch=told,
                made=made,
                mode=self._mode,
                accept_fewer=self.accept_fewer,
            )
        )
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.wait([running])
            running.exception()
            raise

    async def _fetch_white_list(self, watch: UpdateWatch) -> int:
        https = Https(self.white_list_url, self.context)
        try:
            answer = await https.get(self.white_list_url, {}, limit=whitelist.MAX_OCTETS, seconds=WHITE_LIST_SECONDS)
        finally:
            await https.close()
        if answer.status != 200:
            raise ServerRefused(
                say("{host} a répondu par l'erreur {status}.", host=clean(https.host), status=answer.status)
            )
        return await self._install(answer.body, watch)

    async def _install(self, data: bytes, watch: UpdateWatch) -> int:
        watch(UpdateStep(UpdateStage.TRUST, 0, len(data)))
        count = await asyncio.to_thread(whitelist.install, data, self.white_list, self._mode)
        watch(UpdateStep(UpdateStage.TRUST, len(data), len(data)))
        return count


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(whitelist.MAX_OCTETS + 1)
    except OSError as error:
        raise UsageError(
            say("« {path} » ne peut pas être lu.", path=clean(str(path))), detail=clean(error.strerror or "")
        ) from error
