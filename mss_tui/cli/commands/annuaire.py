"""`annuaire search|verify|show|update|stats`."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

from mss_tui.adapters.clock import SystemClock
from mss_tui.adapters.tls import context_for
from mss_tui.cli import shape
from mss_tui.cli.context import Context
from mss_tui.config.load import load_directory
from mss_tui.errors import ExitCode, NotFound, UsageError
from mss_tui.model.address import parse_address
from mss_tui.model.directory import DirectoryEntry, Publication, Tier, Verification
from mss_tui.phrase import Phrase, say
from mss_tui.ports.directory import Filters, UpdateStage, UpdateStep
from mss_tui.services.annuaire import Annuaire, age_phrase, publication_phrase
from mss_tui.text import clean, fit
from mss_tui.wiring_annuaire import LaterUpdate

_STAGES: dict[UpdateStage, Phrase] = {
    UpdateStage.DOWNLOAD: say("téléchargement"),
    UpdateStage.READ: say("lecture"),
    UpdateStage.INDEX: say("index"),
    UpdateStage.TRUST: say("liste de l'espace de confiance"),
}

_TIERS: dict[Tier, Phrase] = {
    Tier.EXACT: say("Exact"),
    Tier.PREFIX: say("Commence ainsi"),
    Tier.PHONETIC: say("Se prononce ainsi"),
    Tier.NEAR: say("Proche"),
}


async def run(context: Context) -> int:
    """Ask the annuaire, or bring it up to date."""
    if context.options.action == "update":
        await _update(context)
        return ExitCode.DONE
    asked = {"search": _search, "verify": _verify, "show": _show, "stats": _stats}
    async with context.desk(by_person=False) as desk:
        await asked[context.options.action](context, desk.annuaire)
    return ExitCode.DONE


async def _search(context: Context, annuaire: Annuaire) -> None:
    o = context.options
    found = await annuaire.search(" ".join(o.words), Filters(o.profession, o.speciality, o.place, o.type), o.limit)
    if context.json:
        results = [_entry(entry) for entry in found.entries]
        context.output.document({"results": results, "age_days": found.age_days, "truncated": found.truncated})
        return
    _lines(context, found.entries, tiers=True)
    context.narration.say(age_phrase(found.age_days))
    if found.truncated:
        context.narration.say(say("il y en a d'autres : précisez, ou --limit."))


def _entry(entry: DirectoryEntry) -> dict[str, Any]:
    return {
        "address": entry.address,
        "type": entry.type,
        "family": entry.family,
        "given": entry.given,
        "title": entry.title,
        "rpps": entry.rpps,
        "profession": entry.profession,
        "speciality": entry.speciality,
        "structure": entry.structure,
        "service": entry.service,
        "finess": entry.finess,
        "street": entry.street,
        "town": entry.town,
        "postal_code": entry.postal_code,
        "tier": entry.tier.value,
    }


def _lines(context: Context, entries: tuple[DirectoryEntry, ...], *, tiers: bool = False) -> None:
    tier = None
    for entry in entries:
        if tiers and entry.tier is not tier:
            tier = entry.tier
            context.output.text(context.t(_TIERS[tier]))
        what = " ".join(filter(None, (entry.speciality or entry.profession, entry.structure)))
        where = f"{entry.postal_code} {entry.town}".strip()
        tail = f"…{entry.rpps[-4:]}" if entry.rpps else ""
        parts = (fit(clean(entry.who), 30), fit(clean(what), 40), fit(clean(where), 24), entry.type)
        context.output.text("  ".join((*parts, entry.address, tail)).rstrip())


async def _verify(context: Context, annuaire: Annuaire) -> None:
    addresses = [str(parse_address(address)) for address in context.options.addresses]
    found = [await annuaire.verify(address, again=True) for address in addresses]
    if context.json:
        context.output.document({"results": [_verification(one) for one in found]})
        return
    for one in found:
        context.output.text(context.t(say("{label} : {value}", label=one.address, value=publication_phrase(one))))
        _lines(context, tuple(filter(None, (one.entry, *one.homonyms))))


def _verification(one: Verification) -> dict[str, Any]:
    return {
        "address": one.address,
        "state": one.state.value,
        "source": one.source,
        "checked_at": shape.moment(one.checked_at),
        "formerly_published": one.formerly_published,
        "entry": _entry(one.entry) if one.entry else None,
        "homonyms": [_entry(entry) for entry in one.homonyms],
    }


async def _show(context: Context, annuaire: Annuaire) -> None:
    address = str(parse_address(context.options.address))
    found = await annuaire.verify(address, again=True)
    if found.entry is None:
        raise NotFound(
            say("{address} : {state}.", address=address, state=publication_phrase(found)),
            remedy=say("Cherchez par le nom : « mss-tui annuaire search ».")
            if found.state is Publication.NOT_PUBLISHED
            else say("Chargez l'annuaire : « mss-tui annuaire update »."),
        )
    boxes = await annuaire.details(found.entry)
    if context.json:
        context.output.document(_verification(found) | {"results": [_entry(entry) for entry in boxes]})
        return
    shown = [(name, value) for name, value in _entry(found.entry).items() if value and name != "tier"]
    context.output.text("\n".join(f"{name:12} {value}" for name, value in shown))
    _lines(context, tuple(entry for entry in boxes if entry.address != found.entry.address))


async def _update(context: Context) -> None:
    """No mailbox is opened, and none need be configured: a host's index has a service of its own."""
    with suppress(UsageError):
        _ = context.loaded  # the language of the profile, where there is one
    source = load_directory(context.sources)
    index = source.index or context.usual.indexes[-1]
    updates = LaterUpdate(index, SystemClock(), context_for(source.ca), context.options.offline)
    stages: list[UpdateStage] = []

    def watch(step: UpdateStep) -> None:
        if sys.stderr.isatty() and step.stage not in stages:
            context.narration.say(say("{stage}…", stage=_STAGES[step.stage]))
            stages.append(step.stage)

    updated = await updates.update(context.options.extraction, watch)
    if context.json:
        context.output.document(
            {
                "mailboxes": updated.mailboxes,
                "made": shape.moment(updated.made),
                "gone": updated.gone,
                "domains": updated.domains,
            }
        )
    else:
        context.output.text(context.t(say("{n} boîtes, {gone} disparue(s).", n=updated.mailboxes, gone=updated.gone)))
    if updated.trust_error is not None:
        context.narration.say(
            say("La liste de l'espace de confiance n'est pas chargée : {why}", why=updated.trust_error)
        )


async def _stats(context: Context, annuaire: Annuaire) -> None:
    size = (await annuaire.search("", limit=1)).size
    age = await annuaire.age_days()
    if context.json:
        context.output.document({"mailboxes": size, "age_days": age})
    else:
        context.output.text(context.t(say("{n} boîtes, {age}", n=size, age=age_phrase(age))))
