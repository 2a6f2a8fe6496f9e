"""The pieces of a message: a list with sizes and doubts, and each one read here; none is ever run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from mss_tui.mime.kinds import preview_job
from mss_tui.mime.view import View
from mss_tui.model.message import Attachment
from mss_tui.phrase import Phrase, say
from mss_tui.services.pieces import Pieces, Shown
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.message_lines import attachment_line
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.base import MssScreen
from mss_tui.tui.screens.pieces_saving import agreed, save_pieces
from mss_tui.tui.widgets.lines import paragraph
from mss_tui.tui.widgets.picture import DocumentText
from mss_tui.tui.widgets.rows import Row, Rows
from mss_tui.tui.widgets.title import Title
from mss_tui.tui.wording import Words, octets


class PieceList(Rows):
    """The pieces, one a row: "!" stands before what deserves mistrust."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MOVES)]

    def __init__(self, pieces: Pieces, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._pieces = pieces

    def count(self) -> int:
        """How many."""
        return len(self._pieces.reading.attachments)

    def row(self, position: int, width: int) -> Row:
        """Number, name, type, size."""
        piece = self._pieces.reading.attachments[position]
        doubtful = bool(self._pieces.doubts(piece))
        return f" {'!' if doubtful else ' '} {attachment_line(position + 1, piece, self.desk_app.words)}", (
            Tone.WARN if doubtful else Tone.PLAIN
        )


class PiecesScreen(MssScreen):
    """The pieces of one message."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.PIECES)]

    def __init__(self, pieces: Pieces, title: str) -> None:
        super().__init__()
        self.pieces = pieces
        self._title = title
        self.open: Attachment | None = None
        self._agreed: set[str] = set()
        self._page = -1

    def body(self) -> Iterable[Widget]:
        """Heading, then the list or the piece that is read."""
        yield Title(id="piece-title")
        yield PieceList(self.pieces, id="pieces")
        yield DocumentText(id="piece")

    def on_mount(self) -> None:
        """The list."""
        self._show_list()
        self.mss.work(self, "learn", self._learn())

    async def _learn(self) -> None:
        before = self.pieces.reading
        if await self.pieces.learn() != before:
            self.list.changed()

    def key_hints(self) -> tuple[Scope, ...]:
        """The keys of pieces."""
        return (Scope.PIECES,)

    @property
    def list(self) -> PieceList:
        """The list."""
        return self.query_one("#pieces", PieceList)

    @property
    def text(self) -> DocumentText:
        """The piece that is read."""
        return self.query_one("#piece", DocumentText)

    def _show_list(self) -> None:
        self.open = None
        self.list.display, self.text.display = True, False
        count = self.list.count()
        self.query_one("#piece-title", Title).put(self._title, self.mss.words(say("{n} pièce(s)", n=count)))
        self.give_keys("pieces")

    def _here(self) -> Attachment | None:
        if self.open is not None:
            return self.open
        found = self.pieces.reading.attachments
        return found[self.list.cursor] if self.list.cursor < len(found) else None

    # reading

    @on(PieceList.Chosen)
    def _chosen(self) -> None:
        self.action_read()

    def action_read(self) -> None:
        """Read the piece under the bar."""
        piece = self._here()
        if piece is not None and self.open is None:
            self.mss.work(self, "piece", self._read(piece))

    def action_other(self, by: int) -> None:
        """The next or the previous piece."""
        there = self.list.cursor + by
        if not 0 <= there < self.list.count():
            self.mss.say(say("Pas d'autre pièce dans ce message."))
            return
        reading = self.open is not None
        self.list.go(there)
        if reading:
            self.mss.work(self, "piece", self._read(self.pieces.reading.attachments[there]))

    async def _read(self, piece: Attachment) -> None:
        await self.pieces.examine((piece,))
        if piece.section not in self._agreed:
            if not await agreed(self, self.pieces, piece, say("La lire ici quand même, sans rien exécuter ?")):
                return
            self._agreed.add(piece.section)
        self.mss.say(say("Lecture de la pièce… (Échap arrête)"))

        def watch(come: int) -> None:
            told = say("{come} reçus sur environ {size} (Échap arrête)", come=octets(come), size=octets(piece.size))
            self.mss.say(told)

        size = self.size
        shown = await self.pieces.show(piece, size.width - 2, max(size.height - 4, 1), watch)
        self.mss.quiet()
        self._show(piece, shown)

    def _show(self, piece: Attachment, shown: Shown) -> None:
        self.open, self._page = piece, -1
        self.list.display, self.text.display = False, True
        number = self.pieces.reading.attachments.index(piece) + 1 if piece in self.pieces.reading.attachments else 0
        counted = f"{number or '-'}/{self.list.count()}"
        doubts, words = self.pieces.doubts(piece), self.mss.words
        self.query_one("#piece-title", Title).put(f"{counted} · {piece.name or '-'}", words(octets(piece.size)))
        self.text.show(lambda width: piece_lines(doubts, shown.view, words, width))
        picture = None if self.mss.low_bandwidth else shown.picture
        self.text.show_picture(picture)
        if shown.picture is not None and picture is None:
            self.mss.say(say("Aperçu coupé sur une ligne lente : e enregistre le fichier."))
        self.give_keys("piece")

    def action_preview(self) -> None:
        """The next page of a PDF as a picture, then its words again."""
        if self.open is not None:
            self.mss.work(self, "piece", self._preview(self.open))

    async def _preview(self, piece: Attachment) -> None:
        if preview_job(piece) != "pdf":
            self.mss.say(say("Seules les pages d'un PDF se voient en images."))
            return
        if self.mss.low_bandwidth:
            self.mss.say(say("Aperçu coupé sur une ligne lente : e enregistre le fichier."))
            return
        size = self.text.size
        self._page += 1
        picture = await self.pieces.page(piece, size.width - 2, size.height, self._page)
        self.text.show_picture(picture)
        if picture is None:
            self._page = -1
            self.mss.quiet()
        else:
            self.mss.say(say("Page {n}. v : la suivante   Échap : le texte", n=self._page + 1))

    # saving

    def action_save(self) -> None:
        """Enregistrer the piece."""
        piece = self._here()
        if piece is not None:
            self.mss.work(self, "piece", save_pieces(self, self.pieces, [piece]))

    def action_save_all(self) -> None:
        """Enregistrer all of them."""
        self.mss.work(self, "piece", save_pieces(self, self.pieces, self.pieces.reading.attachments))

    def action_back(self) -> None:
        """Échap: give up, else the words, else the list, else the message."""
        busy = [w for w in self.workers if w.node is self and w.group == "piece" and w.is_running]
        for worker in busy:
            worker.cancel()
        if busy:
            self.mss.say(say("Annulé."))
        elif self.open is not None and self.text.picture is not None and self._page >= 0:
            self._page = -1
            self.text.show_picture(None)
            self.mss.quiet()
        elif self.open is not None:
            self.mss.quiet()
            self._show_list()
        else:
            self.dismiss(None)


def piece_lines(doubts: Sequence[Phrase], view: View, words: Words, width: int) -> list[Line]:
    """What speaks against a piece, its words, what was left out of them."""
    lines: list[Line] = []
    for doubt in doubts:
        lines += paragraph(f"! {words(doubt)}", width, Tone.WARN, indent="  ")
    if doubts:
        lines.append(())
    lines += [line for part in view.text.split("\n") for line in paragraph(part, width)] if view.text else []
    for note in view.notes:
        lines += paragraph(f"i {words(note)}", width, indent="  ")
    return lines
