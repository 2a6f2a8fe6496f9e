"""Mozilla's autoconfig, as operators publish it: https://autoconfig.<domain>/mail/config-v1.1.xml, read with suspicion.

The connection goes to the address that was looked at, under the name that the certificate must bear: a second answer
of the DNS changes nothing. No redirect, 64 kB, ten seconds.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from mss_tui.adapters.outside import exchange
from mss_tui.documents.fault import DocumentFault
from mss_tui.documents.xml import local, one_line, parse
from mss_tui.errors import HostileServer, NotFound
from mss_tui.model.people import AuthMethod, Endpoint, Security
from mss_tui.phrase import say
from mss_tui.record import dataclass
from mss_tui.text import clean

SECONDS = 10.0
MAX_OCTETS = 64 * 1024
_SECURITY = {"SSL": Security.TLS, "STARTTLS": Security.STARTTLS}
_METHODS = {
    "oauth2": AuthMethod.PSC,
    "password-cleartext": AuthMethod.PASSWORD,
    "password-encrypted": AuthMethod.PASSWORD,
    "tls-client-cert": AuthMethod.CERTIFICATE,
}


@dataclass(frozen=True, slots=True)
class Published:
    """What the file says of one server; `method` is None where it names none that we know."""

    endpoint: Endpoint
    method: AuthMethod | None
    user: str


async def fetch(domain: str, address: str, port: int, context: ssl.SSLContext) -> bytes:
    """The file of `domain`, from `address`.

    Raises:
        NotFound: there is none.
        TlsRefused: it is not who it should be.
        CannotConnect: no answer.
        HostileServer: a redirect, or too much.
    """
    host = f"autoconfig.{domain}"
    url = f"https://{host}{'' if port == 443 else f':{port}'}/mail/config-v1.1.xml"
    status, data = await exchange(url, address, limit=MAX_OCTETS, seconds=SECONDS, context=context)
    if status != 200:
        raise NotFound(say("{host} ne publie pas de configuration.", host=host))
    return data


def read(data: bytes, address: str) -> dict[str, Published]:
    """The first usable server of each service ("imap", "smtp") for the mailbox `address`.

    Raises:
        HostileServer: it is no such file.
    """
    domain = address.rpartition("@")[2]
    try:
        root = parse(data)
    except DocumentFault as error:
        raise HostileServer(
            say("La configuration publiée pour {domain} est illisible.", domain=clean(domain))
        ) from error
    found: dict[str, Published] = {}
    for element in root.iter():
        kind = {"incomingServer": "imap", "outgoingServer": "smtp"}.get(local(element), "")
        if kind and kind not in found and element.get("type") == kind:
            fields = [(local(child), str(one_line(child))) for child in element]
            server = _server(fields, address)
            if server is not None:
                found[kind] = server
    return found


def _server(fields: list[tuple[str, str]], address: str) -> Published | None:
    """A server that is encrypted and whose every value makes sense; None for another."""
    values = dict(reversed(fields))
    name, _, domain = address.rpartition("@")

    def filled(text: str) -> str:
        for mark, value in (("%EMAILADDRESS%", address), ("%EMAILLOCALPART%", name), ("%EMAILDOMAIN%", domain)):
            text = text.replace(mark, value)
        return text

    port, security = values.get("port", ""), _SECURITY.get(values.get("socketType", "").upper())
    host = filled(values.get("hostname", "")).lower()
    if security is None or not host or not port.isascii() or not port.isdigit() or not 0 < int(port[:6]) < 65536:
        return None
    user = filled(values.get("username", ""))
    return Published(Endpoint(host, int(port), security), next(_methods(fields), None), "" if user == address else user)


def _methods(fields: list[tuple[str, str]]) -> Iterator[AuthMethod]:
    for name, text in fields:
        if name == "authentication" and text.lower() in _METHODS:
            yield _METHODS[text.lower()]
