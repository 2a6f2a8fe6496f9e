"""Is a server's certificate revoked? Asked of whom its verified chain names, remembered until the answer's own end.

Nothing is asked that is known: an answer that still holds costs nothing. A strict profile waits for the answers before
any secret is told; another one goes on, and ends the connection when the answer says "revoked" (docs/adr/0007).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mss_tui.errors import CannotConnect, MssError, TlsRefused
from mss_tui.model.paris import PARIS
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from mss_tui.adapters.finding.names import Names
    from mss_tui.adapters.tls_answers import Said

MAX_ANSWER, MAX_LIST = 64 * 1024, 20_000_000
SECONDS, LIST_SECONDS, ALL_SECONDS = 5.0, 15.0, 20.0
AGAIN_SECONDS = 900.0
"""How long a profile that is not strict does without asking again after a failure."""
_SCHEMES = {"http": 80, "https": 443}
_MAX_VERDICT = 1_000


def _now() -> datetime:
    return datetime.now(UTC)


class Online:
    """Asks for one TLS context; `said` is what the status line shows, None where a certificate names nobody.

    Args:
        folder: where lists and verdicts are kept; None: nowhere.
        strict: refuse a server whose revocation cannot be known.
        hosts: hosts that may be asked at a private address or an unusual port.
        names: how they are looked up; the system's resolver where None.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        strict: bool,
        hosts: tuple[str, ...] = (),
        clock: Callable[[], datetime] = _now,
        names: Names | None = None,
    ) -> None:
        self.patient = strict
        """Wait for the answer before anything is told."""
        self.said: Phrase | None = None
        self._strict = strict
        self._folder = folder
        self._hosts = hosts
        self._clock = clock
        self._names = names
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed: dict[str, float] = {}

    async def begin(self, inside: ssl.SSLObject, fail: Callable[[MssError], object]) -> None:
        """Check before anything is told where the answer is known or the profile strict; else meanwhile, with `fail`.

        Raises:
            TlsRefused: revoked, or not known in a strict profile.
        """
        chain = verified(inside)
        if self.patient or self._known(chain):
            await self.settle(inside)
        elif not self._names_nobody(chain):
            self.said = say("révocation demandée")

            async def ask() -> None:
                try:
                    await self.settle(inside)
                except MssError as error:
                    fail(error)

            task = asyncio.ensure_future(ask())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def asked(self) -> bool:
        """Wait for the answers that are still to come; were there any?"""
        waiting = set(self._tasks)
        if waiting:
            await asyncio.wait(waiting)
        return bool(waiting)

    async def settle(self, inside: ssl.SSLObject) -> None:
        """Check now.

        Raises:
            TlsRefused: revoked, or not known in a strict profile.
        """
        chain = verified(inside)
        host = clean(inside.server_hostname or "", 200)
        verdict = self._known(chain)
        if verdict is None:
            if self._names_nobody(chain) and not self._strict:
                return
            if self._names_nobody(chain):
                self._missing(host, say("son certificat ne nomme ni répondeur ni liste"))
                return
            key = _digest(chain)
            if not self._strict and time.monotonic() < self._failed.get(key, 0.0):
                return
            try:
                async with asyncio.timeout(ALL_SECONDS):
                    verdict = await self._ask(chain)
            except TimeoutError:
                why: Phrase | None = say("personne ne répond à temps")
            except MssError as error:
                why = error.what
            else:
                why = None
            if verdict is None:
                self._failed[key] = time.monotonic() + AGAIN_SECONDS
                self._missing(host, why or say("personne ne répond à temps"))
                return
        if verdict["revoked"]:
            self.said = say("certificat révoqué")
            raise TlsRefused(
                say("Connexion à {host} refusée : le certificat du serveur est révoqué.", host=host),
                meaning=say("Son autorité ne le reconnaît plus : ce peut être un autre serveur."),
                remedy=say("Appelez votre opérateur."),
            )
        day = f"{datetime.fromisoformat(verdict['as_of']).astimezone(PARIS):%d/%m}"
        self.said = say("révocation au {day}", day=day)

    def _missing(self, host: str, why: Phrase) -> None:
        """Nothing is known."""
        if self._strict:
            self.said = say("révocation inconnue")
            raise TlsRefused(
                say("Connexion à {host} refusée : sa révocation n'a pu être vérifiée.", host=host),
                meaning=say("Le profil le demande (crl.strict). Rien ne lui a été envoyé."),
                remedy=say("Le poste doit pouvoir joindre l'autorité en HTTP, ou lire ses listes (crl.path)."),
                detail=clean(str(why), 200),
            )
        self.said = say("révocation non vérifiée")

    # what is remembered

    def _known(self, chain: list[Any]) -> dict[str, Any] | None:
        """The verdict of before, while it holds."""
        if self._folder is None or not chain:
            return None
        try:
            with (self._folder / f"{_digest(chain)}.json").open("rb") as file:
                verdict = json.loads(file.read(_MAX_VERDICT))
            until, as_of = (datetime.fromisoformat(verdict[key]) for key in ("until", "as_of"))
            return verdict if as_of <= until and self._clock() < until and "revoked" in verdict else None
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _keep(self, name: str, data: bytes) -> None:
        if self._folder is None:
            return
        aside = self._folder / f".{name}.{os.getpid()}"
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
                file.write(data)
            aside.replace(self._folder / name)

    def _kept(self, name: str) -> bytes:
        if self._folder is None:
            return b""
        try:
            with (self._folder / name).open("rb") as file:
                return file.read(MAX_LIST + 1)
        except OSError:
            return b""

    # asking

    @staticmethod
    def _names_nobody(chain: list[Any]) -> bool:
        named = (one.get_info() for one in chain[:-1])
        return not any("OCSP" in info or "crlDistributionPoints" in info for info in named)

    async def _ask(self, chain: list[Any]) -> dict[str, Any]:
        """The verdict on every certificate below the root.

        Raises:
            CannotConnect: nobody said anything that may be believed of one of them.
        """
        from cryptography.x509 import load_der_x509_certificate

        certificates = [load_der_x509_certificate(_der(one)) for one in chain]
        answers: list[Said] = []
        for certificate, issuer in pairwise(certificates):
            answers.append(await self._of(certificate, issuer))
            if answers[-1].revoked:
                break
        revoked = answers[-1].revoked
        ends = [answer.until for answer in answers]
        as_of = min(answer.as_of for answer in answers)
        verdict = {"revoked": revoked, "as_of": as_of.isoformat()}
        if ends and all(end is not None for end in ends):
            until = min(end for end in ends if end is not None)
            self._keep(f"{_digest(chain)}.json", json.dumps(verdict | {"until": until.isoformat()}).encode())
        return verdict

    async def _of(self, certificate: Certificate, issuer: Certificate) -> Said:
        """The first answer that can be believed: the responder's for a server, the list's for an authority."""
        from mss_tui.adapters.tls_answers import Unusable, from_list, from_ocsp, named, octets, question

        now = self._clock()
        responders, lists = named(certificate)
        why = say("son certificat ne nomme ni répondeur ni liste")
        for url in lists[:2]:  # a list of before speaks for every certificate of its authority
            try:
                return from_list(self._kept(_file_of(url)), certificate, issuer, now)
            except Unusable:
                continue
        request = octets(question(certificate, issuer))
        for url in responders[:2]:
            try:
                data = await self._fetch(url, MAX_ANSWER, SECONDS, request)
                return from_ocsp(data, certificate, issuer, now)
            except Unusable as error:
                why = error.why
            except MssError as error:
                why = error.what
        for url in lists[:2]:
            try:
                data = await self._fetch(url, MAX_LIST, LIST_SECONDS)
                found = await asyncio.to_thread(from_list, data, certificate, issuer, now)
            except Unusable as error:
                why = error.why
            except MssError as error:
                why = error.what
            else:
                self._keep(_file_of(url), data)
                return found
        raise CannotConnect(why)

    async def _fetch(self, url: str, limit: int, seconds: float, body: bytes | None = None) -> bytes:
        """What is there; only public addresses and usual ports, unless the profile names the host.

        Raises:
            CannotConnect: it may not be asked, or does not answer well.
        """
        from mss_tui.adapters.finding.names import Names, is_public
        from mss_tui.adapters.outside import exchange, misbehaves

        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            raise misbehaves(clean(url, 80)) from None
        named = host in self._hosts
        if not host or parts.scheme not in _SCHEMES or parts.username is not None:
            raise misbehaves(clean(url, 80))
        addresses = await (self._names or Names()).addresses(host)
        if not named and (port not in (None, _SCHEMES[parts.scheme]) or not all(map(is_public, addresses))):
            raise CannotConnect(say("{host} mène à une adresse privée : ignoré.", host=clean(host, 200)))
        context = ssl.create_default_context() if parts.scheme == "https" else None
        status, data = await exchange(
            url,
            addresses[0],
            limit=limit,
            seconds=seconds,
            context=context,
            body=body,
            content_type="application/ocsp-request" if body is not None else "",
        )
        if status != 200:
            raise misbehaves(host)
        return data


def verified(inside: ssl.SSLObject) -> list[Any]:
    """The chain that OpenSSL built and verified, the server's certificate first, the root last.

    Public only since Python 3.13, and there as octets alone; the object below has had it since 3.10.
    """
    return inside._sslobj.get_verified_chain() or []  # type: ignore[attr-defined]


def _der(certificate: Any) -> bytes:
    import _ssl

    found: bytes = certificate.public_bytes(_ssl.ENCODING_DER)
    return found


def _digest(chain: list[Any]) -> str:
    return hashlib.sha256(b"".join(map(_der, chain))).hexdigest()


def _file_of(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest() + ".crl"
