"""Certificates of the demo operator, made anew each time it starts."""

from __future__ import annotations

import ssl
from pathlib import Path

from mss_tui.errors import UsageError
from mss_tui.phrase import say


def needs_extra(name: str) -> UsageError:
    """The sentence for a package of the extra `demo` that is not installed."""
    return UsageError(
        say("La démonstration a besoin de {name}, qui n'est pas installé.", name=name),
        remedy=say("Installez-le avec : pip install 'mss-tui[demo]'."),
    )


def make(ca: Path) -> ssl.SSLContext:
    """A server context for 127.0.0.1 and localhost; the authority's certificate is written to `ca`.

    The server's key passes through a file only while the context is made (`trustme` has no other way).

    Raises:
        UsageError: the extra `demo` is not installed.
    """
    try:
        import trustme
    except ImportError as error:
        raise needs_extra("trustme") from error
    authority = trustme.CA(organization_name="mss-tui demo", organization_unit_name="Autorité de démonstration")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.tempfile(str(ca.parent)) as path:
        context.load_cert_chain(path)
    authority.cert_pem.write_to_path(str(ca))
    return context
