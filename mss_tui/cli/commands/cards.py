"""`carte arrivee|depart`, `depart`, `support`: people who come and go, and whom to ask."""

from __future__ import annotations

from mss_tui.adapters.clock import SystemClock
from mss_tui.adapters.store_facts import JsonFactsFile
from mss_tui.adapters.store_outbox import FileOutboxRecords
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode
from mss_tui.phrase import say
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.departure import card, checklist
from mss_tui.services.help import hours
from mss_tui.services.status import profile_status


async def run(context: Context) -> int:
    """Print it; nothing connects."""
    match context.options.command:
        case "carte":
            return _card(context)
        case "support":
            return _support(context)
        case _:
            return _departure(context)


def _card(context: Context) -> int:
    o = context.options
    text = card(o.action, context.loaded.profile, SystemClock(), name=o.nom, on=o.le)
    if context.json:
        context.output.document({"card": o.action, "text": text})
    else:
        context.output.text(text)
    return ExitCode.DONE


def _departure(context: Context) -> int:
    facts = JsonFactsFile(context.places.facts, context.narration.say)
    records = FileOutboxRecords(context.places.outbox, context.narration.say)
    profile = context.loaded.profile
    status = profile_status(profile, facts, records, catalogue(), SystemClock())
    steps = checklist(profile, status.accounts)
    if context.json:
        context.output.document(
            {
                "departure": profile.departure and profile.departure.isoformat(),
                "steps": [{"what": context.t(s.what), "done": s.done, "how": context.t(s.how)} for s in steps],
            }
        )
    else:
        for step in steps:
            mark = "?" if step.done is None else "x" if step.done else " "
            context.output.text(f"[{mark}] {context.t(step.what)}")
            if not step.done:
                context.output.text(f"      {context.t(step.how)}")
    return ExitCode.DONE if all(step.done for step in steps) else ExitCode.ATTENTION


def _support(context: Context) -> int:
    now = SystemClock().now()
    found = []
    for policy in {account.policy.id: account.policy for account in context.loaded.profile.accounts}.values():
        support, known = policy.support, hours(policy.support, now)
        found.append(
            {
                "operator": policy.name,
                "name": support.name or None,
                "phone": support.phone or None,
                "portal": support.portal or None,
                "address": support.address or None,
                "hours": known and context.t(known),
                "source": support.source or None,
            }
        )
    if context.json:
        context.output.document({"supports": found})
        return ExitCode.DONE
    for one in found:
        words = [one["name"], one["phone"], one["hours"], one["portal"], one["address"]]
        told = " · ".join(word for word in words if word) or context.t(say("support non renseigné"))
        context.output.text(context.t(say("{label} : {value}", label=str(one["operator"]), value=told)))
    return ExitCode.DONE
