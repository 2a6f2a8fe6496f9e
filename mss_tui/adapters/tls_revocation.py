"""Revocation lists (CRL, RFC 5280 §5) that the profile keeps on this machine: read, dated, given to TLS (ECO.1.1.5–7).

Lists are not fetched here: a job of the site does that (docs/guide/sur-un-serveur-partage.md). Where there are none,
whom the certificate names is asked (`tls_online`).
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mss_tui.model.paris import PARIS
from mss_tui.phrase import Phrase, say

if TYPE_CHECKING:
    from cryptography.x509 import CertificateRevocationList

MAX_OCTETS = 50_000_000
_PEM = b"-----BEGIN X509 CRL-----"


def keep_lists(context: ssl.SSLContext, path: Path, now: datetime, *, strict: bool) -> Phrase:
    """Give the lists at `path` to `context`, which then checks the whole chain; what the status line says of them.

    Without a usable list a strict profile refuses every server, and one that is not strict goes on without.
    """
    lists, readable = _read(path)
    late = [crl for crl in lists if crl.next_update_utc is not None and crl.next_update_utc < now]
    usable = bool(lists) and readable and not late
    if lists:
        from cryptography.hazmat.primitives.serialization import Encoding

        with in_memory(b"".join(crl.public_bytes(Encoding.PEM) for crl in lists)) as name:
            context.load_verify_locations(cafile=name)
    if usable or strict:
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN
    if usable:
        return say("révocation au {day}", day=_day(min(crl.last_update_utc for crl in lists)))
    if late:
        why = say("liste périmée le {day}", day=_day(min(crl.next_update_utc for crl in late if crl.next_update_utc)))
    else:
        why = say("liste illisible") if lists or path.exists() else say("liste absente")
    return why if strict else say("révocation non vérifiée : {why}", why=why)


def _read(path: Path) -> tuple[list[CertificateRevocationList], bool]:
    """The lists of a file or of a directory's files, and whether everything there could be read."""
    from cryptography import x509

    found: list[CertificateRevocationList] = []
    readable = True
    try:
        files = sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path]
    except OSError:
        return [], False
    for file in files:
        try:
            with file.open("rb") as stream:
                data = stream.read(MAX_OCTETS + 1)
            if _PEM in data:
                found += [x509.load_pem_x509_crl(_PEM + block) for block in data.split(_PEM)[1:]]
            else:
                found.append(x509.load_der_x509_crl(data))
        except (OSError, ValueError):
            readable = False
    return found, readable


@contextmanager
def in_memory(data: bytes) -> Iterator[str]:
    """A name under which OpenSSL can read `data`, which is on no disk and gone afterwards (Linux)."""
    descriptor = os.memfd_create("mss-tui", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(data)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.ftruncate(descriptor, 0)
        os.close(descriptor)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(PARIS):%d/%m}"
