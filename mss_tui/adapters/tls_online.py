"""Is a server's certificate revoked? Asked of whom its verified chain names, remembered until the answer's own end.

Nothing is asked that is known: an answer that still holds costs nothing. A strict profile waits for the answers before
any secret is told; another one goes on, and ends the connection when the answer says "revoked" (docs/adr/0007).
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mss_tui.adapters.tls_kept import MAX_LIST, Kept, Verdict
from mss_tui.errors import CannotConnect, MssError, TlsRefused
from mss_tui.model.paris import PARIS
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from mss_tui.adapters.finding.names import Names
    from mss_tui.adapters.tls_answers import Said

MAX_ANSWER = 64 * 1024
SECONDS, LIST_SECONDS, ALL_SECONDS = 5.0, 15.0, 20.0
AGAIN_SECONDS = 900.0
"""How long a profile that is not strict does without asking again after a failure."""
_SCHEMES = {"http": 80, "https": 443}


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
        self._kept = Kept(folder)
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
        before = self._kept.last(_digest(chain))
        if self.patient or self._kept.verdict(_digest(chain), self._clock()) or (before and before.revoked):
            await self.settle(inside)
        elif not self._names_nobody(chain):
            self.said = say("révocation demandée")

            async def ask() -> None:
                try:
                    await self.settle(inside)
                except MssError as error:
                    fail(error)
                except Exception:  # noqa: BLE001 - a fault of ours is no answer
                    self.said = say("révocation non vérifiée")

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
        verdict = self._kept.verdict(_digest(chain), self._clock())
        if verdict is None:
            if self._names_nobody(chain):
                if self._strict:
                    self._missing(host, say("son certificat ne nomme ni répondeur ni liste"))
                return
            verdict, why = await self._answered(chain)
            if verdict is None:
                verdict = self._kept.last(_digest(chain))
                if verdict is None or not verdict.revoked:  # who was revoked stays so until a better answer
                    self._missing(host, why)
                    return
        if verdict.revoked:
            self.said = say("certificat révoqué")
            raise TlsRefused(
                say("Connexion à {host} refusée : le certificat du serveur est révoqué.", host=host),
                meaning=say("Son autorité ne le reconnaît plus : ce peut être un autre serveur."),
                remedy=say("Appelez votre opérateur."),
            )
        day = f"{verdict.as_of.astimezone(PARIS):%d/%m}"
        self.said = say("révocation au {day}", day=day)

    async def _answered(self, chain: list[Any]) -> tuple[Verdict | None, Phrase]:
        """The verdict, or why there is none."""
        key, nobody = _digest(chain), say("personne ne répond à temps")
        if not self._strict and time.monotonic() < self._failed.get(key, 0.0):
            return None, nobody
        try:
            async with asyncio.timeout(ALL_SECONDS):
                return await self._ask(chain), nobody
        except TimeoutError:
            why = nobody
        except MssError as error:
            why = error.what
        self._failed[key] = time.monotonic() + AGAIN_SECONDS
        return None, why

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

    # asking

    @staticmethod
    def _names_nobody(chain: list[Any]) -> bool:
        named = (one.get_info() for one in chain[:-1])
        return not any("OCSP" in info or "crlDistributionPoints" in info for info in named)

    async def _ask(self, chain: list[Any]) -> Verdict:
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
        whole = None not in ends
        until = min(end for end in ends if end is not None) if whole else as_of
        verdict = Verdict(revoked, as_of, until)
        if whole:
            self._kept.keep_verdict(_digest(chain), verdict)
        return verdict

    async def _of(self, certificate: Certificate, issuer: Certificate) -> Said:
        """The first answer that can be believed: the responder's for a server, the list's for an authority."""
        from mss_tui.adapters.tls_answers import Unusable, from_list, from_ocsp, named, octets, question

        now = self._clock()
        responders, lists = named(certificate)
        why = say("son certificat ne nomme ni répondeur ni liste")
        for url in lists[:2]:  # a list of before speaks for every certificate of its authority
            try:
                return await asyncio.to_thread(from_list, self._kept.list_of(url), certificate, issuer, now)
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
                self._kept.keep_list(url, data)
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
        if not named and _is_literal(host):
            raise CannotConnect(say("{host} est une adresse et non un nom : ignoré.", host=clean(host, 200)))
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


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _digest(chain: list[Any]) -> str:
    return hashlib.sha256(b"".join(map(_der, chain))).hexdigest()
