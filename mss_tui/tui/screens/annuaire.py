"""The annuaire: a field, results in tiers, what is known of the one under the bar. Late answers never overwrite."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from mss_tui.model.directory import DirectoryEntry, Publication, SearchResult, Tier, Verification
from mss_tui.phrase import Phrase, say
from mss_tui.services import composing
from mss_tui.services.annuaire import STALE_DAYS, publication_phrase
from mss_tui.services.desk import Place
from mss_tui.tui import recipients
from mss_tui.tui.actions import Scope, bindings
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.screens.ask import folded
from mss_tui.tui.screens.base import MssScreen
from mss_tui.tui.screens.patient import ask_patient, note_qualified
from mss_tui.tui.widgets.field import Field
from mss_tui.tui.widgets.lines import Lines, labelled, paragraph
from mss_tui.tui.widgets.notes import Label
from mss_tui.tui.widgets.rows import Row, Rows
from mss_tui.tui.widgets.title import Title
from mss_tui.tui.wording import day, full_moment

Put = Callable[[Verification, str, str], None]
MOST = 60
PAUSE = 0.12

TIER: dict[Tier, Phrase] = {
    Tier.EXACT: say("Exact"),
    Tier.PREFIX: say("Commence ainsi"),
    Tier.PHONETIC: say("Se prononce ainsi"),
    Tier.NEAR: say("Proche"),
}


class Results(Rows):
    """Entries below the heading of their tier."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MOVES, Scope.RESULTS)]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.listed: list[DirectoryEntry | Tier] = []
        self._names: dict[str, int] = {}

    def put(self, entries: Iterable[DirectoryEntry]) -> None:
        """Other results."""
        self.listed = []
        self._names = {}
        tier: Tier | None = None
        for entry in entries:
            if entry.tier is not tier:
                tier = entry.tier
                self.listed.append(tier)
            self.listed.append(entry)
            self._names[_name(entry)] = self._names.get(_name(entry), 0) + 1
        self.reset()

    def count(self) -> int:
        """Lines."""
        return len(self.listed)

    def heading(self, position: int) -> bool:
        """Tiers are headings."""
        return isinstance(self.listed[position], Tier)

    @property
    def here(self) -> DirectoryEntry | None:
        """The entry under the bar."""
        line = self.listed[self.cursor] if self.cursor < len(self.listed) else None
        return None if isinstance(line, Tier) else line

    def row(self, position: int, width: int) -> Row:
        """Who, what, where, which address; homonyms are marked."""
        line = self.listed[position]
        words, fit = self.desk_app.words, self.desk_app.paint.fit
        if isinstance(line, Tier):
            return f"  {words(TIER[line])}", Tone.STRONG
        what = line.speciality or line.profession
        tail = f"…{line.rpps[-4:]}" if line.rpps else ""
        homonym = words(say("homonyme")) if self._names[_name(line)] > 1 else ""
        if width >= 100:
            where = f"{line.structure} {line.town} {line.postal_code[:2]}".strip()
            text = f"{fit(line.who, 22)} {fit(what, 16)} {fit(where, 20)} {line.type} {fit(line.address, width - 82)}"
            return f" {text} {fit(tail, 5)} {homonym}", Tone.PLAIN
        where = f"{line.town} {line.postal_code[:2]}".strip()
        text = f"{fit(line.who, 19)} {fit(what, 12)} {fit(where, 12)} {fit(line.address, width - 55)}"
        return f" {text} {'H' if homonym else ' '} {fit(tail, 5)}", Tone.PLAIN


def _name(entry: DirectoryEntry) -> str:
    return folded(f"{entry.family} {entry.given}") if entry.family else entry.address


class AnnuaireScreen(MssScreen):
    """Look for someone.

    Args:
        put: takes what is chosen, whether it goes to "to" or "cc", and how it is written there; without it, a
            message is begun.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.ANNUAIRE)]

    def __init__(self, place: Place, *, words: str = "", put: Put | None = None) -> None:
        super().__init__()
        self.place = place
        self._words = words
        self._put = put
        self._verified: dict[str, Verification] = {}

    def body(self) -> Iterable[Widget]:
        """Field, results, detail."""
        with Horizontal(classes="row"):
            yield Label(say("Chercher"), cells=10)
            yield Field(self._words, id="words", placeholder=self.mss.words(say("nom prénom profession ville…")))
        yield Title("", quiet=True, id="about")
        yield Results(id="results")
        yield Lines(id="detail")

    def on_mount(self) -> None:
        """Search at once for what was asked."""
        self.query_one("#detail", Lines).can_focus = False
        self.query_one("#words", Field).cursor_position = len(self._words)
        if self._words:
            self._search_soon(0)
        else:
            self._nothing_yet()

    def key_hints(self) -> tuple[Scope, ...]:
        """Acts on results."""
        return (Scope.RESULTS, Scope.ANNUAIRE)

    @property
    def results(self) -> Results:
        """The list."""
        return self.query_one("#results", Results)

    # searching

    @on(Input.Changed, "#words")
    def _typed(self) -> None:
        self._search_soon(PAUSE)

    def _search_soon(self, pause: float) -> None:
        self.mss.work(self, "search", self._search(self.query_one("#words", Field).value, pause))

    async def _search(self, words: str, pause: float) -> None:
        await asyncio.sleep(pause)
        if len(words.strip()) < 2:
            self.results.put(())
            self._nothing_yet()
            return
        result = await self.mss.desk.annuaire.search(words, limit=MOST)
        if words == self.query_one("#words", Field).value:
            self._show(result)

    def _nothing_yet(self) -> None:
        self.query_one("#about", Title).put(say("Professionnels et structures ; aucun annuaire ne liste les patients."))
        self._detail()

    def _show(self, result: SearchResult) -> None:
        self.results.put(result.entries)
        words = self.mss.words
        count = words(say("{n} boîtes", n=f"{result.size:,}".replace(",", " ")))
        if result.age_days is None:
            age = words(say("extraction de date inconnue"))
        else:
            made = self.mss.desk.clock.now() - timedelta(days=result.age_days)
            old = result.age_days > STALE_DAYS
            fresh = say("extraction du {day}", day=day(made))
            age = words(say("extraction du {day} : trop ancienne", day=day(made)) if old else fresh)
        if not result.entries:
            left = words(say("Rien de tel. Patient : ↓ puis p, par INS (aucun annuaire n'en liste)."))
        elif result.truncated:
            left = words(say("Les {n} premiers : précisez.", n=len(result.entries)))
        else:
            left = words(say("{n} trouvés", n=len(result.entries)))
        self.query_one("#about", Title).put(left, f"{count} · {age}")
        self._detail()

    # results

    def action_results(self) -> None:
        """Down: from the field to the results."""
        self.give_keys("results")

    @on(Input.Submitted, "#words")
    def _submitted(self) -> None:
        self.give_keys("results")

    def action_field(self) -> None:
        """Back to the field."""
        self.give_keys("words")

    def action_back(self) -> None:
        """Échap: from the results to the field, from the field out."""
        if self.has_keys("words") or not self.query_one("#words", Field).value:
            self.dismiss(None)
        else:
            self.action_field()

    @on(Rows.Moved)
    def _detail(self) -> None:
        entry = self.results.here
        self.query_one("#detail", Lines).show(lambda width: [] if entry is None else self._entry_lines(entry, width))

    def _entry_lines(self, entry: DirectoryEntry, width: int) -> list[Line]:
        words = self.mss.words
        lines: list[Line] = [((f"{entry.title} {entry.who}".strip(), Tone.STRONG),)]
        lines += paragraph(
            f"{entry.address}   {entry.type}{words(say(' (type déduit)')) if entry.type_inferred else ''}", width
        )
        what = " · ".join(part for part in (entry.profession, entry.speciality) if part)
        if entry.rpps:
            what += f"   RPPS {entry.rpps}"
        where = " · ".join(
            p for p in (entry.structure, entry.service, entry.street, f"{entry.postal_code} {entry.town}") if p
        )
        if entry.finess:
            where += f"   FINESS {entry.finess}"
        for text in (what, where):
            lines += paragraph(text, width) if text.strip() else []
        known = self._verified.get(entry.address)
        if known is not None:
            tone = Tone.GOOD if known.state is Publication.PUBLISHED else Tone.WARN
            said = say(
                "{state}, vérifiée le {when} ({source})",
                state=publication_phrase(known),
                when=full_moment(known.checked_at),
                source=recipients.source(known),
            )
            lines += paragraph(words(said), width, tone)
            for other in known.homonyms:
                lines += labelled(words(say("aussi")), recipients.identity(other), width, Tone.WARN)
        return lines

    def action_detail(self) -> None:
        """A taller or a shorter detail."""
        self.toggle_class("detailed")

    def action_verify(self) -> None:
        """Verify the address now."""
        entry = self.results.here
        if entry is not None:
            self.mss.work(self, "verify", self._verify_here(entry))

    async def _verify_here(self, entry: DirectoryEntry) -> None:
        await self._verify(entry, again=True)

    async def _verify(self, entry: DirectoryEntry, *, again: bool = False) -> Verification:
        self.mss.say(say("Vérification…"))
        verification = await self.mss.desk.annuaire.verify(entry.address, again=again)
        self._verified[entry.address] = verification
        self.mss.quiet()
        self._detail()
        return verification

    def action_put(self, where: str) -> None:
        """Put the address into the field that asked, or begin a message to it."""
        entry = self.results.here
        if entry is not None:
            self.mss.work(self, "verify", self._choose(entry, where))

    async def _choose(self, entry: DirectoryEntry, where: str) -> None:
        verification = self._verified.get(entry.address) or await self._verify(entry)
        # the other people of this name were in view: they are not asked about again
        self._chosen(replace(verification, entry=entry, homonyms=()), where)

    def _chosen(self, verification: Verification, where: str, named: str = "") -> None:
        self.dismiss(None)
        if self._put is not None:
            self._put(verification, where, named or verification.address)
            return
        entry = verification.entry
        to = recipients.of_entry(entry) if entry is not None else named or verification.address
        self.place.checker.chosen(verification)
        self.mss.main.write_message(self.place, composing.new_draft(self.place.account, to=(to,)))

    def action_favourite(self) -> None:
        """Add to the favourites, or take away."""
        entry, known = self.results.here, self.mss.desk.annuaire.known
        if entry is None:
            return
        if known is None:
            self.mss.say(say("Ce profil ne garde pas de favoris."))
            return
        favourite = entry.address not in known.favourites()
        known.set_favourite(entry.address, favourite)
        said = say("Favori : {who}", who=entry.who) if favourite else say("N'est plus favori : {who}", who=entry.who)
        self.mss.say(said, Tone.GOOD)

    def action_patient(self) -> None:
        """Write to a patient by INS."""
        self.mss.work(self, "ask", self._patient())

    async def _patient(self) -> None:
        asked = await ask_patient(self.mss)
        if asked is not None:
            note_qualified(self.mss.desk, asked, self.place.account.address)
            self.place.checker.sent()
            now = self.mss.desk.clock.now()
            self._chosen(Verification(asked.ins.address, Publication.UNKNOWN, "INS", now), "to", asked.recipient)
