"""La relève de garde on screen: what waits, what is critical, who has what; left with a word, taken by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from mss_tui.phrase import Phrase, say
from mss_tui.services.desk import Place
from mss_tui.services.handover import Handover, Handovers, Item
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.ask import AskText, AskYesNo
from mss_tui.tui.screens.page import PageScreen, PageText
from mss_tui.tui.widgets.lines import paragraph
from mss_tui.tui.wording import full_moment


class HandoverScreen(PageScreen):
    """The handover of one mailbox."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.HANDOVER)]

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place
        self._found: Handover | None = None

    def heading(self) -> Phrase:
        """Whose."""
        return say("Relève de garde · {mailbox}", mailbox=self._place.account.address)

    def key_hints(self) -> tuple[Scope, ...]:
        """What can be done here."""
        return (Scope.HANDOVER, Scope.PAGE)

    def on_mount(self) -> None:
        """Ask the server."""
        self.mss.work(self, "handover", self._read())

    @property
    def _handovers(self) -> Handovers:
        return Handovers(self._place.box, self.mss.desk.journal, self.mss.desk.clock)

    async def _read(self) -> None:
        critical = [self._place.box.entry(row) for row in await self.mss.desk.critical(self._place)]
        self._found = await self._handovers.show(critical)
        self.query_one(PageText).show(self.lines)

    def lines(self, width: int) -> Sequence[Line]:
        """The word that was left, then the messages."""
        words = self.mss.words
        if self._found is None:
            return paragraph(words(say("Lecture de la boîte…")), width)
        lines: list[Line] = []
        left = self._found.left
        if left is not None:
            told = words(say("Laissée par {who} le {at}.", who=left.by, at=full_moment(left.at)))
            lines += paragraph(told, width, Tone.STRONG)
            lines += paragraph(f"« {left.note} »", width) if left.note else []
            if left.accepted_at is not None:
                taken = say("Prise par {who} le {at}.", who=left.accepted_by, at=full_moment(left.accepted_at))
                lines += paragraph(words(taken), width)
            lines.append(())
        for item in self._found.items:
            lines += self._item(item, width)
        if not self._found.items:
            lines += paragraph(words(say("Rien n'attend.")), width, Tone.GOOD)
        if not self._found.shared:
            told = words(say("Ce serveur ne garde pas de mot partagé : la relève n'est notée que sur ce poste."))
            lines += [(), *paragraph(told, width, Tone.FAINT)]
        return lines

    def _item(self, item: Item, width: int) -> list[Line]:
        words, row = self.mss.words, item.entry.row
        state = say("CRITIQUE") if item.critical else say("RETARD") if item.entry.overdue else say("à traiter")
        due = full_moment(item.entry.due) if item.entry.due else ""
        held = words(say("pris : {who}", who=item.taken_by)) if item.taken_by else ""
        head = "  ".join(part for part in (words(state), due, row.sender.label, held) if part)
        tone = Tone.BAD if item.critical else Tone.WARN if item.entry.overdue else Tone.PLAIN
        return [*paragraph(head, width, tone), *paragraph(f"    {row.title}", width, indent="    ")]

    def action_leave_word(self) -> None:
        """Laisser la relève."""
        self.mss.work(self, "handover", self._leave())

    async def _leave(self) -> None:
        question = say("Un mot pour la suite (sans nom de patient) :")
        note = await self.mss.push_screen_wait(AskText(question, help_line=say("Entrée laisse la relève")))
        if note is not None:
            await self._handovers.leave(note, self.mss.desk.actor)
            await self._read()

    def action_accept(self) -> None:
        """Prendre la relève."""
        self.mss.work(self, "handover", self._accept())

    async def _accept(self) -> None:
        name = self.mss.desk.actor.person.name
        if await self.mss.push_screen_wait(AskYesNo(say("Prendre la relève au nom de {name} ?", name=name))):
            await self._handovers.accept(self.mss.desk.actor)
            await self._read()
