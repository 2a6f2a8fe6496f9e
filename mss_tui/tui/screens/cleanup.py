"""What may be cleared first when the mailbox fills up: a list to read; nothing is deleted from here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mss_tui.model.message import Row
from mss_tui.phrase import Phrase, say
from mss_tui.services.desk import Place
from mss_tui.services.keeping import Clearing, clearing
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.page import PageScreen, PageText
from mss_tui.tui.widgets.lines import paragraph
from mss_tui.tui.wording import full_moment, octets


class CleanupScreen(PageScreen):
    """The largest, the oldest handled, the duplicates of a folder."""

    def __init__(self, place: Place, folder: str) -> None:
        super().__init__()
        self._place = place
        self._folder = folder
        self._found: Clearing | None = None

    def heading(self) -> Phrase:
        """Which mailbox."""
        return say("Ménage · {mailbox} (rien n'est effacé d'ici)", mailbox=self._place.account.address)

    def on_mount(self) -> None:
        """Look through the folder."""
        self.mss.work(self, "cleanup", self._read())

    async def _read(self) -> None:
        self._found = await clearing(self._place.box, self._folder)
        self.query_one(PageText).show(self.lines)

    def lines(self, width: int) -> Sequence[Line]:
        """Three lists."""
        words = self.mss.words
        if self._found is None:
            return paragraph(words(say("Lecture du dossier…")), width)
        found = self._found
        total = say(
            "{n} messages regardés ; {octets} en tout dans ces listes.", n=found.looked, octets=octets(found.octets)
        )
        lines = [*paragraph(words(total), width), ()]
        lines += self._list(say("Les plus gros"), found.largest, width)
        lines += self._list(say("Les plus anciens, déjà traités"), found.oldest_handled, width)
        copies = [row for group in found.duplicates for row in group]
        lines += self._list(say("En double, octet pour octet (gardez le premier)"), copies, width)
        return lines

    def _list(self, title: Phrase, rows: Iterable[Row], width: int) -> list[Line]:
        lines = paragraph(self.mss.words(title), width, Tone.HEAD)
        for row in rows:
            size = self.mss.words(octets(row.size))
            text = f"  {size:>9}  {full_moment(row.received)}  {row.sender.label}  {row.title}"
            lines += paragraph(text, width, indent="             ")
        return [*lines, ()]
