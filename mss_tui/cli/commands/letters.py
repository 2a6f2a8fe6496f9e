"""Messages from a file or standard input, for `read --file`, `check` and `send`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from mss_tui.adapters.clock import SystemClock
from mss_tui.cli.context import Context
from mss_tui.config.load import FILE_NAME
from mss_tui.config.policies import load_policy
from mss_tui.errors import UsageError
from mss_tui.mime.row import row_of
from mss_tui.model.draft import Draft
from mss_tui.model.message import Reading
from mss_tui.model.people import Call
from mss_tui.model.policy import Policy
from mss_tui.model.verdict import Verdict
from mss_tui.phrase import say
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.checking import received
from mss_tui.services.desk import Desk, Place
from mss_tui.services.letters import MAX_OCTETS, read_octets
from mss_tui.wiring import letters

GENERIC = "generique"


async def read_letter(context: Context) -> tuple[Reading, tuple[Verdict, ...], Policy]:
    """The message of --file, and what the rules say of it; without any configuration, those of no operator."""
    data = await octets_of(str(context.options.file))
    policy, calls = _policy(context)
    async with letters(SystemClock(), context.lang) as reader:
        reading = await reader.reading(data)
    return reading, received(reading, policy, calls, catalogue()), policy


def _policy(context: Context) -> tuple[Policy, tuple[Call, ...]]:
    sources = context.sources
    if not (sources.named or sources.user.exists() or (sources.site / FILE_NAME).exists()):
        return load_policy(GENERIC), ()
    profile = context.loaded.profile
    return profile.accounts[0].policy, profile.calls


async def draft_of_letter(context: Context, desk: Desk, file: str) -> tuple[Place, Draft]:
    """The message of a file as a draft, and the mailbox it leaves from: --account, else the one of its sender."""
    data = await octets_of(file)
    sender = row_of(data, SystemClock().now()).sender.address.lower()
    own = [place for place in desk.places if place.account.address.lower() == sender]
    place = own[0] if own and not context.options.account else desk.place()
    async with letters(SystemClock(), context.lang) as reader:
        return place, await reader.draft(data, place.account)


async def octets_of(file: str) -> bytes:
    """The octets of a file, or of standard input for "-".

    Raises:
        UsageError: there are none, or too many.
    """
    if file != "-":
        return await read_octets(Path(file))
    data = await standard_input()
    if not data.strip():
        raise UsageError(say("L'entrée standard ne donne pas de message."))
    return data


async def standard_input() -> bytes:
    """All of standard input.

    Raises:
        UsageError: it is a terminal, or longer than any message.
    """
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(
            say("Il n'y a pas de message."),
            remedy=say("Donnez --to, --subject et --body, un fichier .eml, ou un message sur l'entrée standard."),
        )
    data: bytes = await asyncio.to_thread(sys.stdin.buffer.read, MAX_OCTETS + 1)
    if len(data) > MAX_OCTETS:
        raise UsageError(say("L'entrée standard dépasse {mo} Mo.", mo=MAX_OCTETS // 1_000_000))
    return data
