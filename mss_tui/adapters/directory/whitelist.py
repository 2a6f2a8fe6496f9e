"""The list of trust-space domains, `listeblanchemssante.xml` (mssante-client.md §3.4).

Kept as it came beside the index, checked before it replaces the last one, read when it is first asked.
"""

from __future__ import annotations

import contextlib
import os
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from mss_tui.errors import UsageError
from mss_tui.phrase import Phrase, say
from mss_tui.ports.directory import TrustDomain
from mss_tui.record import dataclass
from mss_tui.text import clean

if TYPE_CHECKING:
    from lxml import etree

NAME = "listeblanchemssante.xml"
NAMESPACE = "{*}"
"""https://listeblanche.mssante.fr/schema today; the names of the elements are what counts."""
MAX_OCTETS = 50_000_000
MAX_DOMAINS = 100_000
KEPT_SHARE = 0.5
"""A new list with fewer domains than this share of the last one is taken for a cut one."""

_ORGANISATION = re.compile(r"(?:^|,)\s*O=((?:[^,\\]|\\.)*)")


def refused(why: Phrase) -> UsageError:
    """The error for a file that is no list."""
    return UsageError(
        say("La liste blanche de l'espace de confiance n'est pas utilisable : {why}.", why=why.template),
        meaning=say("Celle en place n'a pas été touchée."),
    )


def parse(data: bytes) -> dict[str, TrustDomain]:
    """The domains of a list, by each way of writing them: Unicode and IDNA, lower case.

    Raises:
        UsageError: it is no whole list.
    """
    if len(data) > MAX_OCTETS:
        raise refused(say("elle est trop grande"))
    from lxml import etree  # 4 MB, for those who have the list

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise refused(say("elle est coupée ou abîmée")) from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise refused(say("elle contient une DTD"))
    found: dict[str, TrustDomain] = {}
    for element in root.iter(f"{NAMESPACE}Domaine"):
        domain = _domain(element)
        if domain is not None:
            found.update(dict.fromkeys(spellings(domain.name), domain))
        if len(found) > 2 * MAX_DOMAINS:
            raise refused(say("elle est trop grande"))
    if not found:
        raise refused(say("elle ne contient aucun domaine"))
    return found


def spellings(name: str) -> set[str]:
    """The ways a domain is written: as given and in IDNA (some of the list hold letters outside ASCII)."""
    name = unicodedata.normalize("NFC", name.strip().rstrip(".")).lower()
    found = {name}
    with contextlib.suppress(UnicodeError):
        found.add(name.encode("idna").decode("ascii").lower())
    with contextlib.suppress(UnicodeError):
        found.add(name.encode("ascii").decode("idna").lower())
    return found - {""}


def _domain(element: etree._Element) -> TrustDomain | None:
    def text(field: str) -> str:
        return (element.findtext(NAMESPACE + field) or "").strip()

    name = text("Nom")
    if not name:
        return None
    operator = _ORGANISATION.search(text("DNCertificatOperateur"))
    return TrustDomain(
        name=clean(name, 253),
        description=clean(text("Description"), 200),
        operator=clean(re.sub(r"\\(.)", r"\1", operator[1]).strip(), 200) if operator else "",
        contact=clean(text("ResponsableContact"), 200),
        support=clean(text("SupportContact"), 200),
    )


def install(data: bytes, path: Path, mode: int = 0o600) -> int:
    """Replace the list at `path` by `data`, in one rename; returns how many domains it has.

    Raises:
        UsageError: it is no whole list, or cannot be written; the one in place was not touched.
    """
    count = len({domain.name for domain in parse(data).values()})
    try:
        before = len({domain.name for domain in parse(path.read_bytes()).values()})
    except (OSError, UsageError):
        before = 0
    if count < KEPT_SHARE * before:
        raise refused(say("elle a bien moins de domaines que la précédente"))
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        fresh.replace(path)
    except OSError as error:
        raise UsageError(
            say("La liste blanche n'a pas pu être écrite dans « {path} ».", path=clean(str(path.parent))),
            detail=clean(error.strerror or ""),
        ) from error
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
    return count


@dataclass(slots=True)
class _Read:
    identity: tuple[int, int]
    domains: dict[str, TrustDomain]


class WhiteList:
    """The list at `path`; when an update replaces it, the next question is answered from the new one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: _Read | None = None

    def in_white_list(self, domain: str) -> bool | None:
        """Is `domain` listed? None when there is no list that can be read."""
        domains = self._domains()
        return None if domains is None else not spellings(domain).isdisjoint(domains)

    @property
    def unreadable(self) -> bool:
        """Is there a list that cannot be read: damaged, or closed to this user?"""
        return self._domains() is None and self._path.exists()

    def domain(self, name: str) -> TrustDomain | None:
        """What the list says of a domain: operator, contact, support."""
        domains = self._domains() or {}
        return next((domains[spelling] for spelling in spellings(name) if spelling in domains), None)

    def _domains(self) -> dict[str, TrustDomain] | None:
        try:
            status = self._path.stat()
            identity = (status.st_ino, status.st_mtime_ns)
            if self._read is None or self._read.identity != identity:
                self._read = _Read(identity, parse(self._path.read_bytes()))
        except (OSError, UsageError):
            return None
        return self._read.domains
