"""`status`: the life of each mailbox, from the facts file alone; nothing connects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mss_tui.cli import shape
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, MssError
from mss_tui.model.mailbox import Life
from mss_tui.model.sending import SendState
from mss_tui.model.verdict import State
from mss_tui.phrase import say
from mss_tui.services.desk import Desk
from mss_tui.services.outbox import Waiting
from mss_tui.services.status import AccountStatus

OK, WARNING, CRITICAL, NOT_KNOWN = range(4)
_WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
_TROUBLE = (SendState.UNKNOWN, SendState.REFUSED, SendState.PARTLY_REFUSED)
_WAITING = (SendState.QUEUED, SendState.SENDING, SendState.UNKNOWN)


async def run(context: Context) -> int:
    """Print it. With --nagios the exit code is 0, 1, 2 or 3, whatever happens."""
    if not context.options.nagios:
        async with context.desk(by_person=False) as desk:
            return _told(context, desk)
    try:
        async with context.desk(by_person=False) as desk:
            return _nagios(context, desk.status(), _outbox(desk))
    except MssError as error:
        context.output.text(f"MSS {_WORDS[NOT_KNOWN]} - {error.render(context.translate)}")
        return NOT_KNOWN


def _outbox(desk: Desk) -> list[Waiting]:
    return [waiting for place in desk.places for waiting in place.outbox.list()]


def _told(context: Context, desk: Desk) -> int:
    statuses, outbox = desk.status(), _outbox(desk)
    queued = sum(waiting.state in _WAITING for waiting in outbox)
    if context.json:
        accounts = [_account(context, status) for status in statuses]
        context.output.document({"accounts": accounts, "queued": queued})
    else:
        for status in statuses:
            context.output.text(_lines(context, status))
        if queued:
            context.output.text(context.t(say("Boîte d'envoi : {n} message(s) en attente.", n=queued)))
    trouble = any(waiting.state in _TROUBLE for waiting in outbox)
    return ExitCode.ATTENTION if trouble or any(s.attention or s.critical for s in statuses) else ExitCode.DONE


def _account(context: Context, status: AccountStatus) -> dict[str, Any]:
    life, known = status.life, status.remembered
    quota = status.quota
    return {
        "address": status.account.address,
        "type": status.account.type.value,
        "state": life.state.value,
        "read_days": life.read_days,
        "connected_days": life.connected_days,
        "unpublish_in_days": life.unpublish_in_days,
        "delete_in_days": life.delete_in_days,
        "quota": quota and {"used": quota.used, "limit": quota.limit, "source": quota.source},
        "overdue": known.overdue,
        "expiring": known.expiring,
        "absence": None,
        "directory": known.directory.value,
        "policy": status.account.policy.id,
        "verdicts": shape.verdicts(status.verdicts, context.translate),
    }


def _lines(context: Context, status: AccountStatus) -> str:
    life = status.life
    facts = [
        say("lue il y a {n} jour(s)", n=n) if (n := life.read_days) is not None else None,
        say("connexion il y a {n} jour(s)", n=n) if (n := life.connected_days) is not None else None,
        say("dépubliée dans {n} jour(s)", n=n) if (n := life.unpublish_in_days) is not None else None,
        say("supprimée dans {n} jour(s)", n=n) if (n := life.delete_in_days) is not None else None,
        say("{n} en retard", n=n) if (n := status.remembered.overdue) is not None else None,
        say("{n} bientôt effacé(s)", n=n) if (n := status.remembered.expiring) is not None else None,
    ]
    known = ", ".join(context.t(phrase) for phrase in facts if phrase is not None)
    lines = [f"{status.account.address} ({status.account.type}) : {life.state}", f"    {known}" if known else ""]
    for verdict in status.verdicts:
        told = shape.verdict(verdict, context.translate)
        lines.append(f"    {'!' if verdict.state is State.VIOLATED else '?'} {told['message']} {told['remedy']}")
    return "\n".join(line for line in lines if line)


def _nagios(context: Context, statuses: Sequence[AccountStatus], outbox: Sequence[Waiting]) -> int:
    """One line and its code: Nagios plug-in guidelines."""
    trouble = any(waiting.state in _TROUBLE for waiting in outbox)
    if any(status.critical for status in statuses):
        level = CRITICAL
    elif trouble or any(status.attention for status in statuses):
        level = WARNING
    elif any(status.life.state is Life.UNKNOWN for status in statuses):
        level = NOT_KNOWN
    else:
        level = OK
    told = ", ".join(f"{status.account.address} {status.life.state}" for status in statuses)
    overdue = sum(status.remembered.overdue or 0 for status in statuses)
    queued = sum(waiting.state in _WAITING for waiting in outbox)
    context.output.text(f"MSS {_WORDS[level]} - {told} | overdue={overdue} queued={queued}")
    return level
