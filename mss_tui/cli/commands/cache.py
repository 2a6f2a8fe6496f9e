"""`cache show|clear`: the encrypted copies of mail on this machine. No patient data is shown, and nothing connects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mss_tui.cli import shape
from mss_tui.cli.commands.reading import when
from mss_tui.cli.context import Context
from mss_tui.errors import ConfirmationNeeded, ExitCode
from mss_tui.phrase import say
from mss_tui.text import clean
from mss_tui.wiring_cache import Held, clear, left


async def run(context: Context) -> int:
    """Show what is kept, or delete it."""
    if context.options.action == "clear":
        return _clear(context)
    profile = context.loaded.profile
    copies = context.copies(mend=False)
    held = left(context.places.copies(profile.name), profile.accounts)
    if copies is not None:
        held = await copies.held(profile.accounts)
        await copies.close()
    if context.json:
        document = {"encrypted": profile.caching.encrypted, "accounts": [_document(found) for found in held]}
        context.output.document(document)
        return ExitCode.DONE
    if copies is None:
        context.output.text(context.t(say("Pas de copie chiffrée : les messages restent en mémoire.")))
        held = tuple(found for found in held if found.octets)
    for found in held:
        context.output.text(context.t(say("{account} : {octets} octets", account=found.account, octets=found.octets)))
        if found.drafts != 0:
            known = say("    {n} brouillon(s) qui ne sont pas sur le serveur", n=found.drafts or 0)
            unknown = say("    des brouillons qui ne sont pas sur le serveur")
            context.output.text(context.t(unknown if found.drafts is None else known))
        for name, rows, read, at in found.folders or ():
            line = say(
                "    {folder} : {rows} lignes, {read} messages lus, copie du {at}",
                folder=clean(name),
                rows=rows,
                read=read,
                at=when(datetime.fromisoformat(at)),
            )
            context.output.text(context.t(line))
    return ExitCode.DONE


def _clear(context: Context) -> int:
    """Whatever the profile says now: copies of before go too, and need no key.

    Raises:
        ConfirmationNeeded: a draft that is nowhere else would go with them.
    """
    place, accounts = context.places.copies(context.loaded.profile.name), context.loaded.profile.accounts
    held = [found.account for found in left(place, accounts) if found.drafts != 0]
    if held and not context.options.drafts:
        raise ConfirmationNeeded(
            say(
                "La copie de {accounts} tient des brouillons qui ne sont pas sur le serveur.", accounts=", ".join(held)
            ),
            meaning=say("Rien n'a été effacé."),
            remedy=say("« mss-tui » les enregistre et les propose ; « cache clear --drafts » les efface aussi."),
        )
    octets = clear(place, accounts)
    if context.json:
        context.output.document({"cleared": [{"account": name, "octets": size} for name, size in octets.items()]})
        return ExitCode.DONE
    for name, size in octets.items():
        told = say("{account} : copie effacée ({octets} octets).", account=name, octets=size)
        context.output.text(context.t(told if size else say("{account} : pas de copie.", account=name)))
    return ExitCode.DONE


def _document(found: Held) -> dict[str, Any]:
    folders = found.folders and [
        {"folder": clean(name), "messages": rows, "read": read, "as_of": shape.moment(datetime.fromisoformat(at))}
        for name, rows, read, at in found.folders
    ]
    return {
        "account": found.account,
        "octets": found.octets,
        "drafts": found.drafts,
        "folders": None if folders is None else list(folders),
    }
