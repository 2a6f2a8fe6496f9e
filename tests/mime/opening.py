"""How a mail is listed and opened in the tests: what the list reads in process, what the worker makes of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

from mss_tui.adapters.worker import ProcessWorker
from mss_tui.errors import DeadlinePassed, MssError
from mss_tui.mime.choose import attachments
from mss_tui.mime.header import decode_words, parse_date, parse_mailboxes, split_header
from mss_tui.mime.kinds import preview_job
from mss_tui.mime.letter import Letter, Octets
from mss_tui.mime.preview import Preview
from mss_tui.mime.view import View, shown_headers

PEOPLE = ("from", "to", "cc", "reply-to", "sender")
SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of a mail. `strings` is all that a screen would show of it."""

    strings: tuple[str, ...]
    text: str = ""
    notes: int = 0
    attachments: int = 0
    deadline: bool = False
    failed: bool = False
    milliseconds: float = 0.0


def listed(data: bytes) -> Iterator[str]:
    """What the list shows, read in process."""
    for name, value in split_header(data):
        if name in PEOPLE:
            for person in parse_mailboxes(value):
                yield person.name
                yield person.address
        elif name == "date":
            moment = parse_date(value)
            yield moment.isoformat() if moment else ""
        else:
            yield decode_words(value)
    for field in shown_headers(data):
        yield field.name
        yield field.value


async def opened(worker: ProcessWorker, data: bytes) -> Opened:
    """The mail listed, read, and each of its pieces shown, each within its deadline."""
    strings = list(listed(data))
    start = perf_counter()
    try:
        letter = await worker.run("letter", Letter, data, seconds=SECONDS)
    except MssError as error:
        return Opened((*strings, str(error)), deadline=isinstance(error, DeadlinePassed), failed=True)
    took = 1000 * (perf_counter() - start)
    strings += letter.view.text.split("\n")
    pieces = attachments(letter.structure)
    failed = False
    for piece in pieces:
        strings += [piece.name, piece.type]
        try:
            octets = await worker.run("section", Octets, data, {"section": piece.section}, seconds=SECONDS)
            job = preview_job(piece)
            if job == "image":
                await worker.run(job, Preview, octets.data, seconds=SECONDS)
            elif job:
                strings += (await worker.run(job, View, octets.data, seconds=SECONDS)).text.split("\n")
        except MssError as error:
            failed = True
            strings.append(str(error))
    strings += map(str, letter.view.notes)
    return Opened(tuple(strings), letter.view.text, len(letter.view.notes), len(pieces), False, failed, took)
