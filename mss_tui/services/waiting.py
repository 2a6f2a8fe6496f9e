"""A message of the outbox as it is listed, and when it has waited so long that a person decides first."""

from __future__ import annotations

from datetime import datetime, timedelta

from mss_tui.errors import ConfirmationNeeded
from mss_tui.model.message import MessageRef
from mss_tui.model.paris import PARIS
from mss_tui.model.sending import SendState
from mss_tui.phrase import say
from mss_tui.ports.store import OutboxRecord
from mss_tui.record import dataclass
from mss_tui.services.shelf import ref_of

LATE = timedelta(hours=12)
"""After its hour, no program having run: what it says may no longer be true, and nobody expects it any more."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message of the outbox. `elsewhere`: another program is at work on it now. `codes`: SMTP, by recipient.

    `late`: its hour is long past, it leaves only when somebody says so.
    """

    key: str
    message_id: str
    state: SendState
    at: datetime
    due: datetime | None
    recipients: int
    codes: tuple[int, ...]
    copied: bool
    elsewhere: bool
    draft: MessageRef | None
    late: bool = False


def waiting_of(record: OutboxRecord, now: datetime, *, elsewhere: bool) -> Waiting:
    """A record as it is listed at `now` (aware)."""
    return Waiting(
        key=record.key,
        message_id=record.message_id,
        state=record.state,
        at=record.at,
        due=record.due,
        recipients=len(record.answers),
        codes=record.answers,
        copied=record.copied,
        elsewhere=elsewhere,
        draft=ref_of(record),
        late=record.state is SendState.QUEUED and record.due is not None and now - record.due > LATE,
    )


class TooLate(ConfirmationNeeded):
    """The hour of a message is long past: nothing leaves by itself."""

    def __init__(self, due: datetime) -> None:
        when = f"{due.astimezone(PARIS):%d/%m/%Y %H:%M}"
        super().__init__(
            say("Un message devait partir le {when} : il n'est pas parti.", when=when),
            meaning=say("Plus de {n} heures ont passé : il peut ne plus être juste.", n=LATE // timedelta(hours=1)),
            remedy=say("Relisez-le avant de l'envoyer."),
        )
