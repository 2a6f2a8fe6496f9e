"""The main screen: other orders, filters and conversations of a folder, and acts on folders and on many messages."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

from mss_tui.model.message import Row
from mss_tui.model.people import Actor
from mss_tui.phrase import Phrase, say
from mss_tui.ports.mail import SortKey
from mss_tui.services.box import Box
from mss_tui.services.desk import Place
from mss_tui.services.folder_view import FolderView
from mss_tui.services.handling import Done
from mss_tui.services.unified import by, order_of
from mss_tui.tui.paint import Tone
from mss_tui.tui.screens.ask import AskChoice, AskText, AskYesNo, Choice
from mss_tui.tui.screens.main import MainScreen
from mss_tui.tui.shown import Shown

SORTS: tuple[tuple[SortKey, bool, Phrase], ...] = (
    (SortKey.SENDER, False, say("Expéditeur")),
    (SortKey.SUBJECT, False, say("Objet")),
    (SortKey.DATE, True, say("Date d'envoi")),
    (SortKey.ARRIVAL, False, say("Les plus anciens d'abord")),
    (SortKey.SIZE, True, say("Les plus grands d'abord")),
)


class ListScreen(MainScreen):
    """The inbox screen, with every list that can be made of a folder."""

    # lists

    def action_filter(self) -> None:
        """Narrow the list: a usual filter, or a search kept in the profile."""
        self.mss.work(self, "ask", self._filter())

    async def _filter(self) -> None:
        from mss_tui.services.looking import FILTERS

        words = self.mss.words
        kept = [Choice(name, typed) for name, typed in self.mss.desk.profile.searches]
        usual = [Choice(words(said), typed) for typed, said in FILTERS]
        choice = await self.mss.push_screen_wait(AskChoice(say("Ne montrer que"), [*kept, *usual]))
        if choice is not None:
            self.search_for(choice.key)

    def action_sort(self) -> None:
        """Another order, by the server where it can; Échap gives the order of arrival back."""
        self.mss.work(self, "ask", self._ask_sort())

    async def _ask_sort(self) -> None:
        choices = [Choice(self.mss.words(said), key.value) for key, _, said in SORTS]
        choice = await self.mss.push_screen_wait(AskChoice(say("Trier par"), choices, filtered=False))
        if choice is not None and self.base is not None:
            key, descending, said = next(sort for sort in SORTS if sort[0].value == choice.key)
            self.mss.say(say("Tri… (Échap annule)"))
            self.mss.work(self, "open-folder", self._sort(self.base, key, descending, said))

    async def _sort(self, base: Shown, key: SortKey, descending: bool, said: Phrase) -> None:
        async def one(box: Box, part: FolderView) -> tuple[FolderView, Phrase]:
            view, on_server = await box.sort(part, key, descending=descending)
            return view, by(on_server)

        view, who = await self.list_of(base, one, order_of(key, descending=descending))
        self.show_list(base, view, say("Tri : {by}", by=said), who)

    def action_conversation(self) -> None:
        """The messages that answer one another, from the first."""
        row = self.row_here()
        if row is not None and self.base is not None:
            self.mss.say(say("Conversation… (Échap annule)"))
            self.mss.work(self, "open-folder", self._conversation(self.base, row))

    async def _conversation(self, base: Shown, row: Row) -> None:
        part = base.view.part(row.ref.account)
        if part is not None:
            view, on_server = await base.place_of(row.ref).box.conversation(part, row)
            self.show_list(base, view, say("Conversation"), by(on_server))

    # many messages

    def action_copy_to(self) -> None:
        """Copier: where is asked."""
        self.mss.work(self, "ask", self._copy_to(self.rows_meant()))

    async def _copy_to(self, rows: Sequence[Row]) -> None:
        where = await self.ask_folders(say("Copier où ?"), rows)
        actor = self.mss.desk.actor

        def act(place: Place, its: Sequence[Row]) -> Awaitable[Done]:
            folder = where[place.account.id]
            return self.in_batches(its, lambda batch: place.acts.copy(batch, folder, actor))

        self._act([row for row in rows if row.ref.account in where], act)

    # folders

    def action_folders(self) -> None:
        """Make, rename, delete, subscribe to folders; empty the Corbeille."""
        self.mss.work(self, "ask", self._folders())

    async def _folders(self) -> None:
        words = self.mss.words
        if self.mss.read_only:
            self.mss.say(say("Lecture seule : aucun dossier n'est changé."), Tone.WARN)
            return
        place: Place | None = self.place
        if self.base is not None and self.base.unified:
            place = await self.ask_mailbox(say("Les dossiers de quelle boîte ?"))
        if place is None:
            return
        choices = [
            Choice(words(say("Créer un dossier")), "create"),
            Choice(words(say("Renommer un dossier")), "rename"),
            Choice(words(say("Supprimer un dossier vide")), "delete"),
            Choice(words(say("S'abonner, se désabonner")), "subscribe"),
            Choice(words(say("Vider la corbeille")), "empty"),
        ]
        choice = await self.mss.push_screen_wait(AskChoice(say("Dossiers"), choices, filtered=False))
        said = await self._folder_act(place, choice.key, self.mss.desk.actor) if choice is not None else None
        if said is not None:
            await self.count(place)
            self.folder_pane.put(self.mss.desk.places, dict(self.folders))
            self.mss.say(say("{what}.", what=said), Tone.GOOD)

    async def _folder_act(self, place: Place, act: str, actor: Actor) -> Phrase | None:
        from mss_tui.services.folder_acts import FolderActs

        acts = FolderActs(place.box, self.mss.desk.journal)
        if act == "create":
            name = await self.mss.push_screen_wait(AskText(say("Nom du dossier (« / » sépare les niveaux)")))
            return await acts.create(name, actor) if name else None
        if act == "empty":
            question = say("Vider la corbeille ? Rien ne pourra rendre ce qu'elle contient.")
            sure = await self.mss.push_screen_wait(AskYesNo(question))
            return await acts.empty_trash(actor, self.progress) if sure else None
        folder = await self.ask_folder(place, say("Quel dossier ?"))
        if folder is None:
            return None
        if act == "rename":
            name = await self.mss.push_screen_wait(AskText(say("Nouveau nom")))
            return await acts.rename(folder, name, actor) if name else None
        if act == "delete":
            question = say("Supprimer le dossier « {name} » ?", name=self.folder_pane.folder_name(folder))
            sure = await self.mss.push_screen_wait(AskYesNo(question))
            return await acts.delete(folder, actor) if sure else None
        return await acts.subscribe(folder, not folder.subscribed, actor)
