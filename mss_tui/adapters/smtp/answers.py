"""What a submission server says, and what it means: answers taken apart, library errors made ours."""

from __future__ import annotations

import re
import socket
import ssl

import aiosmtplib

from mss_tui.adapters.tls import tls_error
from mss_tui.errors import (
    CannotConnect,
    ConnectionLost,
    DeadlinePassed,
    HostileServer,
    MssError,
    ServerRefused,
    TlsRefused,
)
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.text import DisplayText, clean

NOTHING_LEFT = say("Rien n'est parti ; le brouillon est gardé.")
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|\Z)")
_XTEXT_AS_IS = frozenset(range(33, 127)) - frozenset(b"+=")


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply: its code, its enhanced code (RFC 3463) where there is one, its words, sanitised, on one line."""

    code: int
    enhanced: str
    text: DisplayText

    @property
    def line(self) -> DisplayText:
        """Codes and words together."""
        return DisplayText(" ".join(filter(None, (str(self.code), self.enhanced, self.text))))


def answer(code: int, message: str) -> Answer:
    """The reply that aiosmtplib read.

    Raises:
        HostileServer: no such reply exists (RFC 5321 §4.2).
    """
    if not 200 <= code <= 599:
        raise hostile(clean(message, 200))
    enhanced = ""
    words: list[str] = []
    for line in message.split("\n"):
        match = _ENHANCED.match(line)
        if match:
            enhanced = enhanced or match[1]
            line = line[match.end() :]
        words.append(line)
    return Answer(code, enhanced, clean(" ".join(words), 500))


def xtext(text: str) -> str:
    """`text` as a value of an ESMTP parameter (RFC 3461 §4).

    Raises:
        UnicodeEncodeError: it is not ASCII.
    """
    return "".join(chr(octet) if octet in _XTEXT_AS_IS else f"+{octet:02X}" for octet in text.encode("ascii"))


def hostile(detail: DisplayText = DisplayText("")) -> HostileServer:
    """The server broke the protocol."""
    return HostileServer(
        say("Le serveur d'envoi ne respecte pas le protocole SMTP : la connexion a été fermée."),
        meaning=NOTHING_LEFT,
        remedy=say("Prévenez votre opérateur si cela se répète."),
        detail=detail,
    )


def refused(what: Phrase, said: Answer) -> MssError:
    """The server said no before anything left."""
    later = say("Réessayez dans quelques minutes.") if said.code < 500 else say("Appelez votre opérateur.")
    return ServerRefused(what, meaning=NOTHING_LEFT, remedy=later, detail=said.line)


def without_tls(host: str) -> TlsRefused:
    """The server offers no STARTTLS, or someone on the way took the offer out."""
    return TlsRefused(
        say("{host} n'offre pas STARTTLS : la connexion serait en clair.", host=clean(host)),
        meaning=say("Ni le mot de passe ni le message ne lui ont été envoyés."),
        remedy=say("Ne réessayez pas depuis ce réseau avant d'en avoir parlé à votre opérateur."),
    )


def ours(error: Exception, host: str) -> MssError:
    """The error of ours for what the library or the network raised, before anything left."""
    cause = error.__cause__
    if isinstance(error, ssl.SSLError):
        return tls_error(error, host)
    if isinstance(error, aiosmtplib.SMTPConnectError) and isinstance(cause, ssl.SSLError):
        return tls_error(cause, host)
    if isinstance(error, TimeoutError):
        return DeadlinePassed(
            say("Le serveur d'envoi {host} ne répond pas.", host=clean(host)),
            meaning=NOTHING_LEFT,
            remedy=say("Vérifiez le réseau, puis recommencez."),
        )
    if isinstance(error, aiosmtplib.SMTPResponseException):
        if not 200 <= error.code <= 599:
            return hostile(clean(error.message, 200))
        return refused(say("Le serveur d'envoi a refusé la connexion."), answer(error.code, error.message))
    if isinstance(error, aiosmtplib.SMTPConnectError) and isinstance(cause, OSError):
        reason = say("nom inconnu") if isinstance(cause, socket.gaierror) else say("pas de réponse à cette adresse")
        return CannotConnect(
            say("Connexion à {host} impossible : {reason}.", host=clean(host), reason=reason.template),
            meaning=NOTHING_LEFT,
            remedy=say("Vérifiez le réseau et le nom du serveur d'envoi, puis recommencez."),
        )
    if isinstance(error, OSError):
        return ConnectionLost(
            say("La connexion au serveur d'envoi {host} a été coupée.", host=clean(host)),
            meaning=NOTHING_LEFT,
            remedy=say("Recommencez quand la ligne est revenue."),
        )
    return hostile()
