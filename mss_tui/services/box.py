"""One BAL at work: its folders, its rows with what the rules say of them, and the facts that are remembered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mss_tui.errors import NotFound
from mss_tui.model.address import Kind, kind_of
from mss_tui.model.facts import DocumentFact, IncomingFacts, RowFacts
from mss_tui.model.folder import Folder, Quota, Role
from mss_tui.model.mailbox import Remembered
from mss_tui.model.message import DELETED, KEYWORD, Handling, MessageRef, Row
from mss_tui.model.paris import day, plus_months
from mss_tui.model.people import Account
from mss_tui.model.verdict import Verdict
from mss_tui.phrase import say
from mss_tui.ports.clock import Clock
from mss_tui.ports.mail import Event, Found, MailStore, Query, SortKey
from mss_tui.ports.store import FactsFile
from mss_tui.record import dataclass
from mss_tui.rules.catalogue import Catalogue
from mss_tui.rules.engine import check_incoming, check_row
from mss_tui.rules.lifecycle import row_deadlines
from mss_tui.services.folder_view import FolderView
from mss_tui.services.local_marks import changed, marked
from mss_tui.text import clean

MAX_COUNTED = 500
MAX_EXPIRING = 20_000
MAX_WAITING = 500


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A row with what the list shows beside it. `due` and `expires` are aware; `verdicts` are those that show."""

    row: Row
    kind: Kind
    due: datetime | None
    expires: datetime | None
    overdue: bool
    verdicts: tuple[Verdict, ...]

    @property
    def waits(self) -> bool:
        """Is it somebody's to handle: neither handled, nor automatic, nor deleted?"""
        row = self.row
        return row.handling is Handling.TO_DO and not row.automatic and DELETED not in row.flags


class Box:
    """What a front end asks of one mailbox.

    Args:
        by_person: a person is there to read; a machine's visit does not count as reading (memo 1).
    """

    def __init__(
        self,
        account: Account,
        mail: MailStore,
        facts: FactsFile,
        catalogue: Catalogue,
        clock: Clock,
        *,
        by_person: bool,
    ) -> None:
        self.account = account
        self.mail = mail
        self._facts = facts
        self._catalogue = catalogue
        self._clock = clock
        self._by_person = by_person
        self._folders: tuple[Folder, ...] = ()
        self._inbox: tuple[FolderView, int] | None = None
        self.offline = False
        """Nothing connects: what is kept on this machine is all there is, and seeing it is no reading."""
        self.remembered: Remembered = facts.of(account.id)
        self.documents_of: Callable[[Row], tuple[DocumentFact, ...] | None] = lambda _row: None
        """What was read of a message's documents since the program began."""

    async def connect(self) -> None:
        """Connect and authenticate; what is remembered of the mailbox is brought up to date."""
        await self.mail.connect()
        self._remember(**self._connected())

    def _connected(self) -> dict[str, object]:
        now = self._clock.now()
        if self.remembered.connected is None or now - self.remembered.connected > timedelta(minutes=1):
            return {"connected": now, "refused": None, "baseline": self.remembered.baseline or now}
        return {}

    def _remember(self, **changes: object) -> None:
        if changes:
            self.remembered = self._facts.update(self.account.id, **changes)

    async def folders(self, *, counts: bool = False) -> tuple[Folder, ...]:
        """Every folder of the mailbox."""
        self._folders = await self.mail.folders(counts=counts)
        return self._folders

    async def folder_of(self, role: Role) -> Folder | None:
        """The folder of a role: the profile's word first, then the server's."""
        if not self._folders:
            await self.folders()
        named = self.account.folders.get(role.value)
        if named:
            return next((f for f in self._folders if f.name == named), None)
        return next((f for f in self._folders if f.role is role), None)

    async def find(self, name: str) -> Folder:
        """The folder a person means by `name`: its full name, or its last level, whatever the case.

        Raises:
            NotFound: there is none, or several.
        """
        if name.upper() == "INBOX":
            return Folder("INBOX", ("Réception",), Role.INBOX)
        if not self._folders:
            await self.folders()
        exact = [f for f in self._folders if f.name == name]
        near = exact or [f for f in self._folders if f.path and f.path[-1].casefold() == name.casefold()]
        if len(near) == 1:
            return near[0]
        known = ", ".join("/".join(f.path) for f in self._folders[:12])
        raise NotFound(
            say("Pas de dossier « {name} » dans {account}.", name=clean(name), account=clean(self.account.address)),
            remedy=say("Dossiers : {known}.", known=clean(known)),
        )

    async def open(
        self, folder: str = "INBOX", rows: int = 50, *, read_only: bool = False, shown: bool = True
    ) -> FolderView:
        """Open a folder with its newest rows; a person who opens the inbox has read it (cycle.lecture-quotidienne).

        Args:
            shown: the rows are put on screen at once; else `was_shown` says when they were.
        """
        if self.offline:
            kept = await self.kept(folder, rows)
            return FolderView(await self.mail.open(folder, rows)) if kept is None else kept
        opened = await self.mail.open(folder, rows, read_only=read_only)
        view = FolderView(opened)
        inbox = folder.upper() == "INBOX"
        if inbox:
            self._inbox = view, rows
        # in one write: each is synced, and the rows wait for it
        self._remember(**self._connected(), **self._window(view, rows), **(self._read() if inbox and shown else {}))
        return view

    def was_shown(self) -> None:
        """The inbox is on screen: a person who is there has read it."""
        self._remember(**self._read())

    def _read(self) -> dict[str, object]:
        return {"read": self._clock.now()} if self._by_person and not self.offline else {}

    async def kept(self, folder: str = "INBOX", rows: int = 50) -> FolderView | None:
        """A folder as this machine saw it last; nobody is asked, and nothing is noted. None where nothing is kept."""
        kept = await self.mail.kept(folder, rows)
        return None if kept is None else FolderView(kept.opened, kept.at)

    def _window(self, view: FolderView, rows: int) -> dict[str, object]:
        others = tuple(f for f in self.remembered.folders if f[0] != view.folder)
        mine = (view.folder, view.uidvalidity, view.uidnext, view.total, view.lowest(rows))
        return {} if mine in self.remembered.folders else {"folders": (*others, mine)}

    async def recount(self) -> None:
        """Count what is overdue and what is about to be erased in the inbox, and remember it.

        The server finds the old messages, the rules decide; beyond `MAX_COUNTED` of them the count is "at least".
        """
        now = self._clock.now()
        policy = self.account.policy
        hours, months = policy.handling_hours.value, policy.retention_months.value
        overdue = expiring = None
        if hours is not None:
            handled = (DELETED, *KEYWORD.values())
            old = Query(before=day(now - timedelta(hours=hours)) + timedelta(days=1), without=handled)
            overdue = sum(entry.overdue for entry in await self._old(old))
        if months is not None:
            soon = timedelta(days=policy.retention_warning_days.value or 0)
            ending = Query(before=plus_months(day(now + soon), -months) + timedelta(days=1))
            entries = await self._old(ending)
            expiring = sum(e.expires is not None and e.expires - now <= soon for e in entries)
        self._remember(overdue=overdue, expiring=expiring, counted=now)

    async def overdue_now(self) -> tuple[ListEntry, ...]:
        """The messages of the inbox that are overdue, the newest `MAX_COUNTED` of them, asked of the server."""
        hours = self.account.policy.handling_hours.value
        if hours is None:
            return ()
        before = day(self._clock.now() - timedelta(hours=hours)) + timedelta(days=1)
        entries = await self._old(Query(before=before, without=(DELETED, *KEYWORD.values())))
        return tuple(entry for entry in entries if entry.overdue)

    async def waiting(self) -> tuple[ListEntry, ...]:
        """The messages of the inbox that wait to be handled, the most urgent first; at most `MAX_WAITING`."""
        found = await self.mail.search("INBOX", Query(without=(DELETED, *KEYWORD.values())))
        rows = await self.mail.rows_of("INBOX", found.uids[:MAX_WAITING])
        entries = [entry for entry in map(self.entry, rows) if entry.waits]
        return tuple(sorted(entries, key=lambda entry: entry.due or entry.row.received))

    async def expiring_within(self, days: int) -> tuple[ListEntry, ...]:
        """The messages of the inbox that the operator erases within `days`, soonest first (charte §4)."""
        months = self.account.policy.retention_months.value
        if months is None:
            return ()
        now = self._clock.now()
        soon = timedelta(days=days)
        query = Query(before=plus_months(day(now + soon), -months) + timedelta(days=1))
        entries = [e for e in await self._old(query, MAX_EXPIRING) if e.expires is not None and e.expires - now <= soon]
        return tuple(sorted(entries, key=lambda entry: entry.row.received))

    async def _old(self, query: Query, most: int = MAX_COUNTED) -> list[ListEntry]:
        found = await self.mail.search("INBOX", query)
        return [self.entry(row) for row in await self.mail.rows_of("INBOX", found.uids[:most])]

    async def need(self, view: FolderView, first: int, last: int) -> bool:
        """Fetch what `view` misses between two positions; True when something came."""
        span = view.missing(first, last)
        if span is None:
            return False
        if view.uids is not None:
            asked = view.uids[span[0] : span[1]]
            view.put_listed(asked, await self.mail.rows_of(view.folder, asked))
        else:
            view.put(span[0], await self.mail.rows(view.folder, *span))
        return True

    async def listed(self, view: FolderView, uids: Sequence[int]) -> FolderView:
        """Messages of a folder in an order of their own, the first hundred with their rows."""
        return FolderView.listed(view, uids, await self.mail.rows_of(view.folder, uids[:100]), asked=uids[:100])

    @staticmethod
    def search_here(view: FolderView, query: Query) -> FolderView:
        """What is found among the rows that are here: at once, and without a line. `text` is not looked for."""
        matches = query.matcher()
        rows = [row for row in view.known() if matches(row)]
        uids = [row.ref.uid for row in rows]
        return FolderView.listed(view, uids, rows, asked=uids)

    async def sort(self, view: FolderView, key: SortKey, *, descending: bool) -> tuple[FolderView, bool]:
        """The folder in another order, and whether the server sorted all of it; else only its newest rows are here."""
        found = await self.mail.sort(view.folder, key, descending=descending)
        return await self.listed(view, found.uids), found.on_server

    async def conversation(self, view: FolderView, row: Row) -> tuple[FolderView, bool]:
        """The messages of `row`'s conversation in this folder, from its beginning, and whether the server joined it."""
        found = await self.mail.threads(view.folder)
        uids = next((thread for thread in found.threads if row.ref.uid in thread), (row.ref.uid,))
        return await self.listed(view, uids), found.on_server

    async def search(self, view: FolderView, query: Query) -> tuple[Found, Sequence[Row]]:
        """Search a folder on the server; the newest hundred rows come with the answer."""
        found = await self.mail.search(view.folder, query)
        return found, await self.mail.rows_of(view.folder, found.uids[:100])

    async def quota(self) -> Quota | None:
        """The server's quota, else the policy's volume with nothing known of its use."""
        quota = await self.mail.quota()
        if quota is not None:
            self._remember(quota=quota)
        return quota

    def entry(self, row: Row, *, own: bool = False) -> ListEntry:
        """What the rules say of a row."""
        now = self._clock.now()
        row = marked(row, self.remembered.marks) if self.remembered.marks else row
        policy = self.account.policy
        kind = kind_of(row.sender.address, policy.extra_domains)
        own = own or row.sender.address.casefold() == self.account.address.casefold()
        facts = RowFacts(row, policy, now, self.remembered.baseline, own)
        due, expires = row_deadlines(facts)
        known = self.documents_of(row)
        verdicts = check_row(facts, self._catalogue) + check_incoming(
            IncomingFacts(row, kind, policy, documents=known), self._catalogue
        )
        return ListEntry(
            row=row,
            kind=kind,
            due=due,
            expires=expires,
            overdue=due is not None and now >= due,
            verdicts=tuple(v for v in verdicts if v.shows),
        )

    def mark_here(self, refs: Collection[MessageRef], add: Collection[str], remove: Collection[str]) -> None:
        """Note TDCS states on this machine, or take them away."""
        marks = changed(self.remembered.marks, refs, add, remove)
        if marks != self.remembered.marks:
            self._remember(marks=marks)

    def events(self) -> AsyncIterator[Event]:
        """What happens in the folder opened last."""
        return self.mail.events()

    async def close(self) -> None:
        """Log out; where the first page of the inbox ends by now is remembered: the next start asks from there."""
        if self._inbox is not None:
            self._remember(**self._window(*self._inbox))
        await self.mail.close()

    def with_flags(self, row: Row, flags: frozenset[str]) -> Row:
        """`row` with other flags, for the screen to show before the server answers."""
        return replace(row, flags=flags)
