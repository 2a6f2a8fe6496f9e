"""`inbox --all`: the inboxes of every mailbox of the profile, in one list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mss_tui.cli import shape
from mss_tui.cli.commands.reading import listed_line
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, MssError, UsageError
from mss_tui.model.message import Row
from mss_tui.model.paris import day
from mss_tui.phrase import say
from mss_tui.ports.mail import SortKey
from mss_tui.services.box import Box
from mss_tui.services.desk import Desk, Place
from mss_tui.services.folder_view import FolderView
from mss_tui.services.looking import query_of
from mss_tui.services.unified import INBOX, UnifiedView, each, need, newest, order_of, short_names
from mss_tui.text import clean, fit

_CELLS = 12


async def run(context: Context, desk: Desk) -> int:
    """Print every inbox as one list; a mailbox that does not answer is named, and hides none of the others."""
    o = context.options
    if o.conversation:
        raise UsageError(say("« --conversation » se cherche dans une boîte : donnez --account plutôt que --all."))
    order = order_of(SortKey(o.sort), descending=o.descending) if o.sort else newest
    view = UnifiedView(order=order)
    told: dict[str, dict[str, Any]] = {place.account.id: {} for place in desk.places}
    errors: list[MssError] = []
    async for box, found, error in each([place.box for place in desk.places], lambda box: _one(context, desk, box)):
        if found is not None:
            part, told[box.account.id] = found
            view.join(part)
        elif error is not None:
            errors.append(error)
            told[box.account.id] = {"account": box.account.address, "error": error.render(context.translate)}
    if len(errors) == len(desk.places):
        raise errors[0]
    _, late = await need(view, {place.account.id: place.box for place in desk.places}, o.limit)
    errors += late
    for error in errors:
        context.narration.error(error)
    _print(context, desk, view.known()[: o.limit], list(told.values()))
    return ExitCode.PARTIAL if errors else ExitCode.DONE


async def _one(context: Context, desk: Desk, box: Box) -> tuple[FolderView, dict[str, Any]]:
    """The part of one mailbox, and what is said of it."""
    o = context.options
    opened = part = await box.open(INBOX, o.limit, read_only=context.loaded.profile.read_only, shown=False)
    on_server: bool | None = None
    if o.sort:
        part, on_server = await box.sort(opened, SortKey(o.sort), descending=o.descending)
    elif o.search or o.unseen:
        query = query_of(o.search, day(desk.clock.now()))
        found, rows = await box.search(opened, replace(query, unseen=o.unseen or query.unseen))
        part, on_server = FolderView.listed(opened, found.uids, rows, asked=found.uids[: len(rows)]), found.on_server
    told: dict[str, Any] = {
        "account": box.account.address,
        "folder": opened.folder,
        "uidvalidity": opened.uidvalidity,
        "total": len(part),
        "unseen": opened.unseen,
    }
    told |= {} if on_server is None else {"on_server": on_server}
    return part, told | ({} if opened.as_of is None else {"offline": True, "as_of": shape.moment(opened.as_of)})


def _print(context: Context, desk: Desk, rows: tuple[Row, ...], told: list[dict[str, Any]]) -> None:
    places: dict[str, Place] = {place.account.id: place for place in desk.places}
    entries = [(places[row.ref.account], places[row.ref.account].box.entry(row)) for row in rows]
    if context.json:
        messages = [
            {"account": place.account.address} | shape.entry(entry, place.account.policy) for place, entry in entries
        ]
        total = sum(account.get("total", 0) for account in told)
        context.output.document({"accounts": told, "total": total, "messages": messages})
        return
    names = short_names(tuple(places), _CELLS)
    for place, entry in entries:
        context.output.text(f"{fit(clean(names[place.account.id]), _CELLS)} {listed_line(entry)}")
