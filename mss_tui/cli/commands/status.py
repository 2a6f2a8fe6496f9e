"""`status`: the life of each mailbox, from the facts file alone; nothing connects."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from mss_tui.adapters.clock import SystemClock
from mss_tui.adapters.store_facts import JsonFactsFile
from mss_tui.adapters.store_outbox import FileOutboxRecords
from mss_tui.cli import shape
from mss_tui.cli.commands.supervision import NOT_KNOWN, WORDS, Late, nagios, overdue, write_textfile
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, MssError
from mss_tui.model.mailbox import Absence
from mss_tui.model.verdict import State
from mss_tui.phrase import say
from mss_tui.ports.store import Journal
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.people_acts import SHARED
from mss_tui.services.status import AccountStatus, ProfileStatus, profile_status


def run(context: Context) -> int | Awaitable[int]:
    """Print it. With --nagios the exit code is 0, 1, 2 or 3, whatever happens."""
    return _refreshed(context) if context.options.refresh else _shown(context, {})


async def _refreshed(context: Context) -> int:
    """Bring the facts up to date first."""
    try:
        late: Late = {}
        async with context.desk(by_person=False) as desk:
            for place in desk.places:
                await desk.refresh(place)
                if context.options.overdue:
                    late[place.account.address] = await place.box.overdue_now()
    except MssError as error:
        return _not_known(context, error)
    return _shown(context, late)


def _shown(context: Context, late: Late) -> int:
    o = context.options
    try:
        status = _status(context)
        if o.prometheus is not None:
            write_textfile(status, SystemClock(), o.prometheus)
        if o.nagios:
            return nagios(context, status)
        if o.overdue:
            return overdue(context, status, late)
        return ExitCode.DONE if o.prometheus is not None and not context.json else _told(context, status)
    except MssError as error:
        return _not_known(context, error)


def _not_known(context: Context, error: MssError) -> int:
    if not context.options.nagios:
        raise error
    context.output.text(f"MSS {WORDS[NOT_KNOWN]} - {error.render(context.translate)}")
    return NOT_KNOWN


def _status(context: Context) -> ProfileStatus:
    """Without the desk, which is slower to make than all the rest (150 ms in all)."""
    tell, places = context.narration.say, context.places
    facts = JsonFactsFile(places.facts, tell)
    records = FileOutboxRecords(places.outbox, tell)
    clock = SystemClock()
    return profile_status(context.loaded.profile, facts, records, catalogue(), clock, _journal(context))


def _journal(context: Context) -> Journal | None:
    """The journal, where a mailbox is shared: nothing else asks it, and it is slow to import."""
    if not any(account.type in SHARED for account in context.loaded.profile.accounts):
        return None
    from mss_tui.adapters.store_journal import JsonlJournal

    return JsonlJournal(context.places.journal, SystemClock(), context.narration.say)


def _told(context: Context, status: ProfileStatus) -> int:
    if context.json:
        accounts = [_account(context, account) for account in status.accounts]
        context.output.document({"accounts": accounts, "queued": status.queued})
    else:
        for account in status.accounts:
            context.output.text(_lines(context, account))
        if status.queued:
            context.output.text(context.t(say("Boîte d'envoi : {n} message(s) en attente.", n=status.queued)))
    return ExitCode.ATTENTION if status.attention else ExitCode.DONE


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
        "absence": known.absence and _absence(known.absence),
        "directory": known.directory.value,
        "policy": status.account.policy.id,
        "verdicts": shape.verdicts(status.verdicts, context.translate),
    }


def _absence(absence: Absence) -> dict[str, Any]:
    days = {"from": absence.start, "until": absence.end}
    return {"on": absence.on, **{name: day and day.isoformat() for name, day in days.items()}}


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
