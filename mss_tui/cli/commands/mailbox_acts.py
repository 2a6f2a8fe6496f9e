"""What the commands on messages of a mailbox share: references, refusal in read-only, what was done."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from mss_tui.adapters.store_json import JsonFile
from mss_tui.cli.commands.refs import place_and_folder, ref_of
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, UsageError
from mss_tui.model.message import Row
from mss_tui.phrase import say
from mss_tui.services.desk import Desk, Place
from mss_tui.services.handling import Done
from mss_tui.services.undo_file import encoded

MAX_REFS = 10_000
UNDO = "annuler.json"


def writable(context: Context) -> None:
    """Is anything to be changed?

    Raises:
        UsageError: the profile or an option says no.
    """
    if context.loaded.profile.read_only:
        raise UsageError(
            say("Ce profil est en lecture seule : rien n'a été changé."),
            remedy=say("Retirez --read-only ou read_only."),
        )


async def rows_named(context: Context, desk: Desk, refs: Sequence[str]) -> tuple[Place, tuple[Row, ...]]:
    """The messages that references name, all of which are there, in one flight."""
    place, folder = await place_and_folder(context, desk)
    words = [word for ref in refs for word in (_lines() if ref == "-" else [ref])]
    wanted = list(dict.fromkeys(ref_of(word, place.account.id, folder.name) for word in words))
    if not wanted:
        raise UsageError(say("Aucun message n'est nommé."), remedy=say("Donnez une référence, comme 1700000000:42."))
    found = {row.ref: row for row in await place.box.mail.rows_of(folder.name, [ref.uid for ref in wanted])}
    for ref in wanted:
        if ref not in found:
            await place.reader.row(ref)  # says that it is gone
    return place, tuple(found[ref] for ref in wanted if ref in found)


def _lines() -> list[str]:
    return [
        line.strip()
        for line in sys.stdin.buffer.read(MAX_REFS * 24).decode("ascii", "replace").splitlines()
        if line.strip()
    ]


def undo_record(context: Context) -> JsonFile[dict[str, Any]]:
    """Where the last act of the command line is kept."""
    return JsonFile(context.places.state / UNDO, context.narration.say, dict, dict)


def told(context: Context, place: Place, rows: Sequence[Row], done: Done, **more: Any) -> int:
    """Say what was done, and keep its undo."""
    if done.undo is not None:
        undo = encoded(place.account.id, done.undo)
        undo_record(context).change(lambda _: undo)
    else:
        undo_record(context).change(lambda _: {})
    if context.json:
        flags = {ref: sorted(words) for ref, words in done.flags}
        context.output.document(
            {
                "said": context.t(done.said),
                "messages": [
                    {"ref": row.ref.short, "flags": flags.get(row.ref), "gone": row.ref in done.gone} for row in rows
                ],
                "undo": done.undo is not None,
                **more,
            }
        )
    else:
        context.output.text(context.t(done.said))
    return ExitCode.DONE
