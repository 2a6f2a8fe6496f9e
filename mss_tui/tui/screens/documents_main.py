"""Documents seen from the main screen: their lines and warnings in an opened message, their own screen on `x`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mss_tui.model.message import Reading, Row
from mss_tui.phrase import say
from mss_tui.services.desk import Place
from mss_tui.tui.paint import Tone

if TYPE_CHECKING:
    from mss_tui.tui.screens.main_opening import MainOpening
    from mss_tui.tui.screens.main_reading import MainReading


async def read_documents(screen: MainReading, place: Place, reading: Reading) -> None:
    """Open small archives of a message on screen without being asked: what they say presses may be read at once."""
    from mss_tui.tui.screens.documents_lines import list_lines

    documents = screen.mss.desk.documents
    received = await documents.open(place.reader, reading, unasked=True)
    message = screen.view.message
    if not received or message is None or message.reading.row.ref != reading.row.ref:
        return
    verdicts = place.checker.incoming(reading, documents.facts(reading.row.ref))
    lines = tuple(list_lines(received, screen.mss.words))
    screen.view.learned(replace(message, verdicts=verdicts, documents=lines))
    if screen.shown is not None:
        screen.shown.forget_verdicts()
        screen.redraw(reading.row.ref)


async def open_documents(screen: MainReading, place: Place, row: Row) -> None:
    """The screen of documents of a message."""
    from mss_tui.tui.screens.documents import DocumentsScreen

    message = screen.view.message
    if message is not None and message.reading.row.ref == row.ref:
        reading = message.reading
    else:
        reading = await place.reader.open(row, screen.mss.desk.actor, mark=False)
    documents = screen.mss.desk.documents
    if not documents.pieces(reading):
        screen.mss.say(say("Ce message n'a pas de document XDM ni CDA."), Tone.WARN)
        return
    screen.mss.say(say("Ouverture des documents… (Échap annule)"))
    received = await documents.open(place.reader, reading)
    screen.mss.quiet()
    if not any(each.archive.documents for each in received):
        screen.mss.say(say("Cette archive ne décrit aucun document."), Tone.WARN)
        return
    if screen.shown is not None:
        screen.shown.forget_verdicts()
        screen.redraw(row.ref)
    screen.mss.push_screen(DocumentsScreen(place, reading, received))


async def open_elsewhere(screen: MainOpening, place: Place, row: Row) -> None:
    """Show a message of any mailbox, in its folder."""
    folder = await place.box.find(row.ref.folder)
    await screen.open_there(place, folder)
    await screen.open_row(place, row)
