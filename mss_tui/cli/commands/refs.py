"""Which message, in which folder of which mailbox."""

from __future__ import annotations

import re

from mss_tui.cli.context import Context
from mss_tui.errors import UsageError
from mss_tui.model.folder import Folder
from mss_tui.model.message import MessageRef
from mss_tui.phrase import say
from mss_tui.services.desk import Desk, Place
from mss_tui.text import clean

_REF = re.compile(r"([0-9]{1,10}):([0-9]{1,10})\Z")


async def place_and_folder(context: Context, desk: Desk) -> tuple[Place, Folder]:
    """The mailbox of --account (the profile's first), and the folder of --folder (the profile's)."""
    place = desk.place()
    return place, await place.box.find(context.loaded.profile.folder)


def ref_of(text: str, account: str, folder: str) -> MessageRef:
    """The message that `text` names in a folder.

    Raises:
        UsageError: it has not the form of a reference.
    """
    found = _REF.match(text)
    if found is None:
        raise UsageError(
            say("« {ref} » n'est pas une référence de message.", ref=clean(text, 80)),
            remedy=say("Prenez celle que « mss-tui inbox » montre, comme 1700000000:42."),
        )
    return MessageRef(account, folder, int(found[1]), int(found[2]))
