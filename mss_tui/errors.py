"""Errors of mss-tui: what failed, what it means for the user, what to do.

    MssError
    ├── UsageError                     2   the call is wrong (an option, an address, a file that is not there)
    │   ├── ConfigError                2   the configuration is wrong
    │   └── NotFound                   2   no such folder, message, part, profile
    ├── RefusedByRule                 10   a block: the message cannot leave
    ├── ConfirmationNeeded            11   a confirm was not given
    ├── PartlyRefused                 12   some recipients or some messages were refused
    ├── OutcomeUnknown                13   the message may have left
    ├── CannotConnect                 20
    │   ├── TlsRefused                20   certificate, protocol version, name
    │   ├── ConnectionLost            20   it was there and is gone
    │   ├── HostileServer             20   it broke the protocol or a limit
    │   └── ServerRefused             20   it understood and said no
    │       └── KeywordsRefused       20   the folder takes no new keyword
    ├── AuthRefused                   21
    ├── DeadlinePassed                22
    └── InternalError                 70

Adapters raise only these (`asyncio.CancelledError` passes through); services and front ends catch `MssError`.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

from mss_tui.phrase import Phrase, Translate, say


class ExitCode(IntEnum):
    """Exit codes of the command line contract (docs/reference/ligne-de-commande.md)."""

    DONE = 0
    USAGE = 2
    RULE_BLOCKS = 10
    NOT_CONFIRMED = 11
    PARTIAL = 12
    UNKNOWN = 13
    CANNOT_CONNECT = 20
    AUTH_REFUSED = 21
    DEADLINE = 22
    ATTENTION = 30
    INTERNAL = 70
    HUNG_UP = 129
    INTERRUPTED = 130
    ENDED = 143


class MssError(Exception):
    """Base of every error that may cross a layer.

    Args:
        what: what failed, one sentence.
        meaning: what it means for the user ("le brouillon est gardé").
        remedy: what to do now.
        detail: the other side's own words, already sanitised; shown after the sentences, never instead of them.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL

    def __init__(
        self, what: Phrase, *, meaning: Phrase | None = None, remedy: Phrase | None = None, detail: str = ""
    ) -> None:
        super().__init__(what.template)
        self.what = what
        self.meaning = meaning
        self.remedy = remedy
        self.detail = detail

    def render(self, translate: Translate = str) -> str:
        """One line: what, what it means, what to do, and the other side's words in guillemets."""
        parts = [p.render(translate) for p in (self.what, self.meaning, self.remedy) if p is not None]
        if self.detail:
            parts.append(f"« {self.detail} »")
        return " ".join(parts)

    def __str__(self) -> str:
        return self.render()


class UsageError(MssError):
    """The call is wrong."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """The configuration is wrong; the sentence names file, key and nearest spelling."""


class NotFound(UsageError):
    """What was named is not there."""


class RefusedByRule(MssError):
    """A rule blocks."""

    exit_code = ExitCode.RULE_BLOCKS


class ConfirmationNeeded(MssError):
    """A rule asks for a confirmation that was not given."""

    exit_code = ExitCode.NOT_CONFIRMED


class PartlyRefused(MssError):
    """Done for some, refused for others."""

    exit_code = ExitCode.PARTIAL


class OutcomeUnknown(MssError):
    """The connection ended between the last byte and the answer (RFC 1047), or our own answer could not be written."""

    exit_code = ExitCode.UNKNOWN


class CannotConnect(MssError):
    """No connection."""

    exit_code = ExitCode.CANNOT_CONNECT


class TlsRefused(CannotConnect):
    """The certificate, its name or the protocol version is not acceptable; nothing was sent."""


class ConnectionLost(CannotConnect):
    """The connection was there and is gone."""


class HostileServer(CannotConnect):
    """The server broke the protocol or one of our limits; the connection was closed."""


class ServerRefused(CannotConnect):
    """The server understood and said no."""


class KeywordsRefused(ServerRefused):
    """The folder takes no keyword that is not there yet."""


class AuthRefused(MssError):
    """The credentials were refused; tried once, never again by itself."""

    exit_code = ExitCode.AUTH_REFUSED


class DeadlinePassed(MssError):
    """An absolute deadline passed."""

    exit_code = ExitCode.DEADLINE


class InternalError(MssError):
    """Our own fault."""

    exit_code = ExitCode.INTERNAL

    @classmethod
    def of(cls, error: BaseException) -> InternalError:
        """The sentence for an exception nobody expected: its type, never its text (it may hold patient data)."""
        return cls(
            say("mss-tui s'est trompé ({kind}).", kind=type(error).__name__),
            remedy=say("Recommencez ; si cela se répète, signalez-le avec l'heure exacte."),
        )
