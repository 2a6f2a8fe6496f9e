"""The FHIR API v2 of the Annuaire Santé: exact questions, to verify and to show details (annuaire.md §1).

Never search as you type here: rare names take 30 seconds. The key goes to the configured origin and nowhere else.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import quote, urlencode

from mss_tui.adapters.directory.calls import Again, Calls, Sleep, retry_after
from mss_tui.adapters.directory.fhir_entries import entries
from mss_tui.adapters.directory.fhir_model import RPPS, Bundle, Outcome, Resource, next_page, one, resources
from mss_tui.adapters.directory.https import Answer, Https
from mss_tui.adapters.hostwide import Shared
from mss_tui.errors import AuthRefused, ConnectionLost, DeadlinePassed, HostileServer, MssError, ServerRefused
from mss_tui.model.directory import DirectoryEntry
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.secrets import Secret
from mss_tui.text import clean

MAX_BODY = 8_000_000
MAX_PAGES = 5
COUNT = 50
CALL_SECONDS = 30.0
WHOLE_SECONDS = 60.0
MAX_RPPS = 20
"""Numbers in one question: addresses of requests have their limits too."""

Key = Secret | Callable[[], Awaitable[Secret]]


class FhirDirectory:
    """The API at `url`, for instance https://gateway.api.esante.gouv.fr/fhir/v2.

    Args:
        key: of the application (`ESANTE-API-KEY`), or what gives it when it is first needed.
        sleep: waits between tries and for the rate; tests inject it.
        shared: the rate of all processes of the host.

    Raises:
        ConfigError: `url` is no https address.
    """

    def __init__(
        self,
        url: str,
        key: Key,
        context: ssl.SSLContext,
        clock: Clock,
        *,
        sleep: Sleep = asyncio.sleep,
        shared: Shared | None = None,
    ) -> None:
        self._base = url.rstrip("/")
        self._https = Https(self._base, context)
        self._key = key
        self._clock = clock
        self._calls = Calls(clock, sleep, shared=shared)

    async def of_address(self, address: str) -> tuple[DirectoryEntry, ...]:
        """Everyone published at exactly this address, on the three resources that have mailboxes.

        The server compares letter by letter: the address is asked for as given and in lower case.
        """
        exact = ("mailbox-mss:exact", ",".join(dict.fromkeys((address.lower(), address))))
        role = (("_include", "PractitionerRole:practitioner"), ("_include", "PractitionerRole:organization"))
        async with self._deadline():
            found = [
                *await self._search("Practitioner", (exact,)),
                *await self._search("PractitionerRole", (exact, *role)),
                *await self._search("Organization", (exact,)),
            ]
        wanted = address.lower()
        return tuple(entry for entry in entries(found) if entry.address.lower() == wanted)

    async def of_rpps(self, rpps: Sequence[str]) -> tuple[DirectoryEntry, ...]:
        """Every mailbox of these professionals, the preferred ones first."""
        numbers = [number for number in dict.fromkeys(rpps) if number.isascii() and number.isdigit()][:MAX_RPPS]
        if not numbers:
            return ()
        async with self._deadline():
            people = await self._search(
                "Practitioner", (("identifier", ",".join(f"{RPPS}|{number}" for number in numbers)),)
            )
            ids = ",".join(person.id for person in people if person.id)
            roles: list[Resource] = []
            if ids:
                roles = await self._search(
                    "PractitionerRole", (("practitioner", ids), ("_include", "PractitionerRole:organization"))
                )
        return tuple(entry for entry in entries([*people, *roles]) if entry.rpps in numbers)

    async def close(self) -> None:
        """Let go of connections."""
        await self._https.close()

    @asynccontextmanager
    async def _deadline(self) -> AsyncIterator[None]:
        """One question ends after `WHOLE_SECONDS`, tries and pages included."""
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                yield
        except TimeoutError as error:
            raise DeadlinePassed(
                say("L'Annuaire Santé n'a pas répondu à temps."), remedy=say("Réessayez plus tard.")
            ) from error

    async def _search(self, kind: str, query: Iterable[tuple[str, str]]) -> list[Resource]:
        """Every resource of every page, as far as `MAX_PAGES`."""
        asked = urlencode([*query, ("_count", str(COUNT)), ("_total", "none")], safe=":", quote_via=quote)
        url = f"{self._base}/{kind}?{asked}"
        found: list[Resource] = []
        for _ in range(MAX_PAGES):
            page = await self._calls.make(partial(self._page, url))
            found += resources(page)
            url = next_page(page)
            if not url:
                break
        return found

    async def _page(self, url: str) -> Bundle:
        key = self._key if isinstance(self._key, Secret) else await self._key()
        self._key = key
        headers = {"ESANTE-API-KEY": key.reveal(), "Accept": "application/fhir+json"}
        try:
            answer = await self._https.get(url, headers, limit=MAX_BODY, seconds=CALL_SECONDS)
        except ConnectionLost as error:
            raise Again(error) from error
        if answer.status != 200:
            raise self._refusal(answer)
        bundle = one(answer.body, Bundle)
        if bundle is None:
            # the body is streamed: an error on their side ends it anywhere, status 200 or not (annuaire.md §1.3)
            raise Again(HostileServer(say("La réponse de l'Annuaire Santé est incomplète.")))
        if bundle.resource_type != "Bundle":
            raise HostileServer(say("{host} n'a pas répondu comme l'Annuaire Santé.", host=clean(self._https.host)))
        return bundle

    def _refusal(self, answer: Answer) -> MssError:
        if answer.status in (401, 403):
            return AuthRefused(
                say("L'Annuaire Santé a refusé la clé d'accès."),
                remedy=say("Vérifiez la clé nommée dans la section [directory] du profil."),
            )
        outcome = one(answer.body, Outcome)
        said = next((issue.diagnostics for issue in (outcome and outcome.issue) or () if issue.diagnostics), "")
        refused = ServerRefused(
            say("L'Annuaire Santé a répondu par l'erreur {status}.", status=answer.status), detail=clean(said, 200)
        )
        if answer.status == 429 or answer.status >= 500:
            return Again(refused, retry_after(answer, self._clock.now()))
        return refused
