"""The main screen: the inboxes of all mailboxes in one list. Each message is handled in its own mailbox."""

from __future__ import annotations

from collections.abc import Callable

from mss_tui.errors import MssError
from mss_tui.phrase import Phrase, say
from mss_tui.services.desk import Place
from mss_tui.services.folder_view import FolderView
from mss_tui.services.unified import Order, UnifiedView, each, inboxes, newest
from mss_tui.tui.screens.main_opening import PAGE_AHEAD, InPart, MainOpening
from mss_tui.tui.shown import Shown
from mss_tui.tui.widgets.folders import INBOX


class MainTogether(MainOpening):
    """All inboxes at once; a mailbox that cannot be asked is named, and comes in when it can."""

    def action_together(self) -> None:
        """Every inbox in one list."""
        if len(self.mss.desk.places) < 2:
            self.mss.say(say("Ce profil n'a qu'une boîte."))
            return
        self.mss.say(say("Ouverture de toutes les boîtes… (Échap annule)"))
        self.mss.work(self, "open-folder", self.open_all())

    async def open_all(self, base: Shown | None = None) -> None:
        """Open every inbox; the list is there with the first answer, and each other one joins it (or `base`)."""
        places = self.mss.desk.places
        base = base or Shown(places, UnifiedView())
        async for box, part, error in inboxes([p.box for p in places], PAGE_AHEAD, read_only=self.mss.read_only):
            if error is not None:
                base.absent[box.account.id] = error
            elif part is not None and base is self.base:
                self._join(base, part)
            elif part is not None:
                self._take(base, part)
                self.folder = INBOX
                self.show_base(base)
        self.mss.quiet()
        if base is self.base:
            self.show_titles()
        for error in base.absent.values():
            self.mss.fail(error)

    async def refresh_list(self) -> None:
        """Read every inbox again."""
        base = self.base
        if base is None or not base.unified:
            await super().refresh_list()
            return
        if self.leave_search():
            self.mss.say(say("Relecture… (Échap annule)"))
        await self.open_all(base)
        for place in self.mss.desk.places:
            if place.account.id not in base.absent:
                await self.count(place)
        self.folder_pane.put(self.mss.desk.places, dict(self.folders))
        self.show_titles()

    def _take(self, base: Shown, part: FolderView) -> None:
        base.absent.pop(part.account, None)
        if isinstance(base.view, UnifiedView):
            base.view.join(part)

    def _join(self, base: Shown, part: FolderView) -> None:
        """Another inbox is here; the bar stays on its message."""
        here, old = (self.row_here(), self.messages.cursor) if self.shown is base else (None, 0)
        self._take(base, part)
        if self.shown is base:
            self.keep_cursor_on(here.ref if here else None, old)
            self.show_titles()

    def rejoin(self, place: Place) -> None:
        """Open one of the inboxes again: its mailbox answers once more, or its view cannot be trusted."""
        if self.base is not None and self.base.unified:
            self.mss.work(self, f"rejoin-{place.account.id}", self._rejoin(self.base, place))

    async def _rejoin(self, base: Shown, place: Place) -> None:
        part = await place.box.open(INBOX.name, PAGE_AHEAD, read_only=self.mss.read_only, shown=False)
        if base is self.base:
            self._join(base, part)

    async def list_of(
        self, base: Shown, make: InPart, order: Order = newest
    ) -> tuple[FolderView | UnifiedView, Phrase]:
        """A list of each mailbox, and one of them all; who made each of them, or why it is not there."""
        view, words = base.view, self.mss.words
        if not isinstance(view, UnifiedView):
            return await super().list_of(base, make, order)
        found: list[FolderView] = []
        said: dict[str, str] = dict.fromkeys(base.places, words(say("pas là")))
        asked = [base.places[account].box for account in view.parts]
        async for box, made, error in each(asked, lambda box: make(box, view.parts[box.account.id])):
            said[box.account.id] = _why(words, made, error)
            if made is not None:
                found.append(made[0])
        ways = set(said.values())
        if len(ways) == 1 and len(found) == len(said):
            who = say("{by}, {n} boîtes", by=ways.pop(), n=len(said))
        else:
            who = say("{each}", each=", ".join(f"{account} : {how}" for account, how in said.items()))
        ordered = sorted(found, key=lambda part: list(base.places).index(part.account))
        return UnifiedView(ordered, order), who


def _why(words: Callable[[Phrase], str], made: tuple[FolderView, Phrase] | None, error: MssError | None) -> str:
    if made is not None:
        return words(made[1])
    return words(error.what) if error is not None else ""
