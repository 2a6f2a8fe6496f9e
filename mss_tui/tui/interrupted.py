"""A program that ends without being left (the line was cut, the window closed, a fault of ours): what was being written
is kept on the server, and the next start offers it again, with the folder and the message that stood on screen.

Where the mailbox cannot be reached either, what was not saved before is lost with the program: nothing that a patient
could be known by is written to this machine (design.md, Outbox).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import field
from datetime import timedelta
from typing import TYPE_CHECKING

from mss_tui.errors import MssError
from mss_tui.model.draft import Draft
from mss_tui.model.mailbox import Interrupted
from mss_tui.model.message import MessageRef
from mss_tui.phrase import say
from mss_tui.ports.store import SealedDrafts
from mss_tui.record import dataclass
from mss_tui.services.drafts import keep as keep_draft
from mss_tui.services.drafts import reopened
from mss_tui.services.sealing import seal, store_sealed, unseal
from mss_tui.text import clean
from mss_tui.tui.screens.ask import AskChoice, Choice
from mss_tui.tui.wording import full_moment

if TYPE_CHECKING:
    from mss_tui.services.desk import Desk, Place
    from mss_tui.tui.application import MssApp

SECONDS = 8.0
"""How long a program that ends stays to save what was being written."""
SEALING = 3.0
"""And to seal what the server did not take."""
OLD = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class OnScreen:
    """What stood on screen, and what was being written, each with its mailbox.

    `drafts` were nowhere else; `stored` were, as they stood on screen.
    """

    place: Place
    folder: str
    message: tuple[int, int] | None
    drafts: tuple[tuple[Place, Draft], ...]
    stored: tuple[tuple[Place, MessageRef], ...] = ()
    tried: dict[str, list[str]] = field(default_factory=dict)


def seen(app: MssApp) -> OnScreen:
    """What stands on screen now; to be asked while it still does."""
    main = app.main
    message = main.view.message
    ref = message.reading.row.ref if message is not None else None
    drafts: list[tuple[Place, Draft]] = []
    stored: list[tuple[Place, MessageRef]] = []
    tried: dict[str, list[str]] = {}
    for screen in app.writing.screens:
        with suppress(Exception):  # a screen that cannot say what it holds must not lose the others
            if screen.on_its_way is None and screen.unsaved:
                drafts.append((screen.place, screen.draft()))
                tried[screen.start.key] = screen.tried
            elif screen.on_its_way is None and screen.saved.saved_as is not None:
                stored.append((screen.place, screen.saved.saved_as))
    folder = main.shown.view.folder if main.shown is not None else main.folder.name
    place = main.place if ref is None else main.place_of(ref)
    return OnScreen(place, folder, (ref.uidvalidity, ref.uid) if ref else None, tuple(drafts), tuple(stored), tried)


async def keep(desk: Desk, left: OnScreen) -> None:
    """Save the drafts, and note what to offer at the next start; never fails."""
    kept, safe = list(left.stored), set[str]()
    with suppress(TimeoutError):
        async with asyncio.timeout(SECONDS):
            for place, written in left.drafts:
                tried = left.tried.setdefault(written.key, [])
                with suppress(MssError):
                    ref = (await keep_draft(place.sender, written, desk.clock.now(), tried=tried)).draft.saved_as
                    kept += [(place, ref)] if ref is not None else []
                    safe.add(written.key)
    with suppress(TimeoutError):
        async with asyncio.timeout(SEALING):
            for place, written in left.drafts:
                if written.key in safe:
                    await unseal(place.sealed, written)
                else:
                    await seal(place.sealed, written, left.tried.get(written.key, ()))
    for place in desk.places:
        refs = [(ref.folder, ref.uidvalidity, ref.uid) for where, ref in kept if where is place]
        here = place is left.place
        if refs or here:
            folder, message = (left.folder, left.message) if here else ("INBOX", None)
            last = refs.pop() if refs else None
            found = Interrupted(desk.clock.now(), folder, message, last, tuple(refs))
            with suppress(MssError):
                desk.facts.update(place.account.id, interrupted=found)


async def offer(app: MssApp) -> None:
    """After a start: what stood on screen when the last program ended without being left. Asked once."""
    for place in app.desk.places:
        if place.sealed is not None and place.sealed.held():
            await _offer_sealed(app, place, place.sealed)
        if place.box.offline:
            continue
        found = app.desk.facts.of(place.account.id).interrupted
        if found is None:
            continue
        app.desk.facts.update(place.account.id, interrupted=None)
        if app.desk.clock.now() - found.at < OLD and (found.draft or found.message or found.folder != "INBOX"):
            await _offer(app, place, found)


async def _offer_sealed(app: MssApp, place: Place, vault: SealedDrafts) -> None:
    """Drafts that were on this machine alone: on the server first, where there is one, then on screen if wanted."""
    if place.box.offline or app.desk.profile.read_only:
        found, stored = await vault.all(), 0
    else:
        found, stored = await store_sealed(place.sender, vault, app.desk.clock.now())
    if not found:
        return
    words, address, n = app.words, clean(place.account.address), len(found)
    question = say("{address} : {n} brouillon(s) gardé(s) sur cette machine, chiffré(s)", address=address, n=n)
    if stored == n:
        question = say("{address} : {n} brouillon(s) de cette machine, à présent dans Brouillons", address=address, n=n)
    take_up = say("Reprendre le brouillon") if n == 1 else say("Reprendre les {n} brouillons", n=n)
    choices = [Choice(words(take_up), "draft"), Choice(words(say("Plus tard")), "")]
    choice = await app.push_screen_wait(AskChoice(question, choices, filtered=False))
    if choice is not None and choice.key:
        for sealed in found:
            app.writing.take_up(place, sealed)


async def _offer(app: MssApp, place: Place, found: Interrupted) -> None:
    words = app.words
    folder = say("Rouvrir le dossier {folder}", folder=clean(found.folder, 60))
    drafts = [MessageRef(place.account.id, *ref) for ref in (*found.others, found.draft) if ref is not None]
    take_up = say("Reprendre le brouillon, qui est enregistré")
    if len(drafts) > 1:
        take_up = say("Reprendre les {n} brouillons, qui sont enregistrés", n=len(drafts))
    choices = [
        *([Choice(words(take_up), "draft")] if drafts else []),
        *([Choice(words(say("Rouvrir le message qui était à l'écran")), "message")] if found.message else []),
        *([Choice(words(folder), "folder")] if found.folder != "INBOX" else []),
        Choice(words(say("Rien : la réception")), ""),
    ]
    question = say("mss-tui s'est interrompu le {when}", when=full_moment(found.at))
    choice = await app.push_screen_wait(AskChoice(question, choices, filtered=False))
    match choice.key if choice is not None else "":
        case "draft":
            for ref in drafts:
                await _take_up(app, place, ref)
        case "message" if found.message is not None:
            row = await place.reader.row(MessageRef(place.account.id, found.folder, *found.message))
            await app.main.open_there(place, await place.box.find(found.folder))
            await app.main.open_row(place, row)
        case "folder":
            await app.main.open_there(place, await place.box.find(found.folder))


async def _take_up(app: MssApp, place: Place, ref: MessageRef) -> None:
    """One that is gone meanwhile is said; the others are taken up all the same."""
    try:
        reading = await place.reader.open(await place.reader.row(ref), app.desk.actor, mark=False)
    except MssError as error:
        app.fail(error)
    else:
        app.main.write_message(place, reopened(reading, place.account))
