"""The inbox from the copy of this machine: until the server answers, when it does not, and when nobody asks it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from mss_tui.adapters.cache.copy import path_of
from mss_tui.adapters.cache.encoding import FolderCopy
from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.places import Places
from mss_tui.errors import AuthRefused, CannotConnect
from mss_tui.model.folder import Folder, Opened, Role
from mss_tui.model.message import Part
from mss_tui.model.people import Account, Endpoint, Profile
from mss_tui.phrase import Phrase, say
from mss_tui.ports.mail import Fetched, Kept, Line, LineChanged
from mss_tui.ports.secrets import Secret
from mss_tui.services.desk import Desk
from mss_tui.services.folder_view import FolderView
from mss_tui.tui.application import MssApp
from mss_tui.wiring import build
from mss_tui.wiring_cache import Copies
from mss_tui.wiring_means import Means
from tests.support.copies import GivenKey
from tests.support.desk import PERSON, FakeDesk, account, make_desk, sample_rows
from tests.support.fake_mail import NOW
from tests.support.screen import NARROW, screen_text, until

BEFORE = NOW - timedelta(days=1)
AS_OF = "copie du 19/11 02:41"


def keep(fake: FakeDesk) -> None:
    """This machine saw the inbox yesterday: without what came since, and with one that is gone."""
    rows = sample_rows()
    gone = replace(rows[2], ref=replace(rows[2].ref, uid=50), subject=rows[3].subject)
    opened = Opened("garde", "INBOX", 7, 60, 6, 2, (*rows[1:], gone))
    fake.mail.copies["INBOX"] = Kept(opened, BEFORE)


@asynccontextmanager
async def starting(desk: Desk, **options: bool) -> AsyncIterator[Pilot[int]]:
    """The application begins, its copy at hand."""
    box = desk.places[0].box
    app = MssApp(desk, place=desk.places[0], opening=asyncio.ensure_future(box.open("INBOX", 50)), **options)
    app.main.kept = asyncio.ensure_future(box.kept("INBOX", 50))
    async with app.run_test(size=NARROW) as pilot:
        yield pilot


async def test_the_copy_is_on_screen_until_the_server_answers_and_the_bar_stays_on_its_message() -> None:
    fake = make_desk()
    keep(fake)
    fake.mail.gate.clear()
    async with starting(fake.desk) as pilot:
        await until(pilot, AS_OF)
        assert "CR biologie" not in screen_text(pilot.app)
        assert fake.facts.of("garde").folders == (), "nothing is noted of what only this machine says"
        await pilot.press("down")
        row = pilot.app.main.row_here()  # type: ignore[attr-defined]
        fake.mail.gate.set()
        await until(pilot, "CR biologie")
        assert AS_OF not in screen_text(pilot.app)
        assert pilot.app.main.row_here().ref == row.ref  # type: ignore[attr-defined]
        assert fake.facts.of("garde").folders != ()


async def test_when_the_server_does_not_answer_the_copy_stays_and_is_read_again_once_it_does() -> None:
    fake = make_desk()
    keep(fake)
    fake.mail.failure = CannotConnect(say("Le serveur ne répond pas."))
    async with starting(fake.desk) as pilot:
        fake.mail.queue.put_nowait(LineChanged(Line.OFFLINE))
        await until(pilot, "Le serveur ne répond pas.")
        await until(pilot, f"hors ligne, {AS_OF}")
        fake.mail.queue.put_nowait(LineChanged(Line.ONLINE, say("TLS 1.3")))
        await until(pilot, "CR biologie")
        assert AS_OF not in screen_text(pilot.app)


async def test_a_folder_opened_meanwhile_is_not_taken_away() -> None:
    fake = make_desk()
    keep(fake)
    fake.mail.gate.clear()
    async with starting(fake.desk) as pilot:
        await until(pilot, AS_OF)
        app = pilot.app
        assert isinstance(app, MssApp)
        archives = Opened("garde", "Archives", 8, 1, 0, 0, ())
        app.main._show_folder(app.main.place, Folder("Archives", ("Archives",), Role.ARCHIVE), FolderView(archives))
        fake.mail.gate.set()
        await until(pilot, lambda: app.main.opening.done() and app.main.checked is not None)
        assert app.main.base is not None
        assert app.main.base.view.folder == "Archives"


class Nobody:
    """No secret is asked for."""

    async def of(self, account: Account) -> Secret:
        raise AuthRefused(say("on a demandé un secret"))

    def forget(self, account: Account) -> None:
        raise AssertionError


class Without:
    """A desk without a line, whose accounts lead to a server that counts who comes."""

    def __init__(self, desk: Desk, copies: Copies, visits: list[object], told: list[str]) -> None:
        self.desk = desk
        self.copies = copies
        self.visits = visits
        self.told = told


@pytest.fixture
async def without(tmp_path: Path) -> AsyncIterator[Without]:
    visits: list[object] = []
    server = await asyncio.start_server(lambda reader, writer: visits.append(writer), "127.0.0.1", 0)
    here = Endpoint("127.0.0.1", server.sockets[0].getsockname()[1])
    one = replace(account(), imap=here, smtp=here, sieve=here, ca=None)
    told: list[str] = []

    def tell(phrase: Phrase) -> None:
        told.append(phrase.render())

    clock = SetClock(NOW)
    copies = Copies(tmp_path / "copies", GivenKey(), clock, tell, mend=False)
    places = Places(tmp_path / "config.toml", tmp_path, tmp_path / "state", ())
    desk = build(
        Profile("garde", PERSON, (one,)),
        Means(places, Nobody(), clock, tell, by_person=True, copies=copies, offline=True),
    )
    try:
        yield Without(desk, copies, visits, told)
    finally:
        await desk.close()
        await copies.close()
        server.close()
        await server.wait_closed()


async def fill(without: Without) -> None:
    """What a start with a line left."""
    rows = tuple(replace(row, ref=replace(row.ref, account="garde")) for row in sample_rows())
    copy = without.copies.of(without.desk.places[0].account)
    await copy.keep_folder(FolderCopy("INBOX", 7, 61, 6, 2, 9, 6, True, BEFORE, rows), None)
    await copy.keep_folders(
        (Folder("INBOX", ("Réception",), Role.INBOX), Folder("Drafts", ("Brouillons",), Role.DRAFTS))
    )
    text = b"Chere consoeur, je vous adresse M. VIAL."
    header = b"From: anne.lefebvre@chu-lyon.mssante.fr\r\nSubject: Lettre de liaison\r\n\r\n"
    await copy.keep_message(Fetched(rows[1], header, Part("1", "text/plain", len(text)), text))
    await copy.close()


async def test_without_a_line_the_copy_is_shown_and_nobody_is_called(without: Without) -> None:
    await fill(without)
    async with starting(without.desk, read_only=True) as pilot:
        await until(pilot, "Hors ligne : copie du 19/11/2026 02:41. Rien n'est relevé ni envoyé.")
        assert f"hors ligne, {AS_OF}" in screen_text(pilot.app)
        assert "Lettre de liaison - sortie VIAL Paul" in screen_text(pilot.app)
        await pilot.press("down", "enter")
        await until(pilot, "je vous adresse M. VIAL.")
        await pilot.press("escape", "down", "enter")
        await until(pilot, "ce message n'est pas dans la copie de ce poste")
        await pilot.press("escape", "t")
        await until(pilot, "Lecture seule")
        await pilot.press("r")
    assert without.visits == []
    assert without.told == []
    assert without.desk.facts.of("garde").read is None, "what is seen of a copy is no reading of the mailbox"
    assert without.desk.facts.of("garde").connected is None


async def test_without_a_line_and_without_a_copy_it_is_said(without: Without) -> None:
    async with starting(without.desk, read_only=True) as pilot:
        await until(pilot, "Hors ligne : ce poste n'a pas de copie de ce dossier.")
    assert without.visits == []
    assert without.desk.status()[0].remembered.connected is None


async def test_a_copy_that_does_not_open_is_said_and_left(without: Without, tmp_path: Path) -> None:
    await fill(without)
    path = path_of(tmp_path / "copies", without.desk.places[0].account)
    path.write_bytes(path.read_bytes()[:6_000])
    async with starting(without.desk, read_only=True) as pilot:
        await until(pilot, "Hors ligne : ce poste n'a pas de copie de ce dossier.")
    assert "ne s'ouvre pas" in without.told[0]
    assert len(path.read_bytes()) == 6_000


async def test_a_message_written_without_a_line_stays_on_screen(without: Without) -> None:
    await fill(without)
    async with starting(without.desk, read_only=True) as pilot:
        await until(pilot, AS_OF)
        await pilot.press("n")
        await until(pilot, "Objet")
        await pilot.press(*"b@pont.mssante.fr", "ctrl+s")
        await until(pilot, "rien n'est demandé à aucun serveur")
        await until(pilot, "brouillon gardé sur cette machine, chiffré")
        assert "en mémoire seulement" not in screen_text(pilot.app)
        assert "b@pont.mssante.fr" in screen_text(pilot.app)
    assert without.visits == []


async def test_a_message_left_without_a_line_is_offered_at_the_next_start_until_it_is_dropped(without: Without) -> None:
    await fill(without)
    sealed = without.desk.places[0].sealed
    assert sealed is not None
    async with starting(without.desk, read_only=True) as pilot:
        await until(pilot, AS_OF)
        await pilot.press("n")
        await until(pilot, "Objet")
        await pilot.press(*"b@pont.mssante.fr", "escape")
        await until(pilot, "Quitter ce message ?")
        await pilot.press("enter")
        await until(pilot, "Brouillon gardé sur cette machine, chiffré : il sera proposé")
    assert [found.draft.to for found in await sealed.all()] == [("b@pont.mssante.fr",)]
    for downs in range(2):  # looked at and kept, then dropped
        async with starting(without.desk, read_only=True) as pilot:
            await until(pilot, "1 brouillon(s) gardé(s) sur cette")
            await pilot.press("enter")
            await until(pilot, "Objet")
            assert "b@pont.mssante.fr" in screen_text(pilot.app)
            await until(pilot, "brouillon gardé sur cette machine, chiffré")
            await pilot.press("escape")
            await until(pilot, "Abandonner ce qui est écrit")
            await pilot.press(*(["down"] * downs), "enter")
            await until(pilot, lambda: not pilot.app.writing.screens)  # type: ignore[attr-defined]
    assert await sealed.all() == ()
    assert not sealed.held()
    assert without.visits == []
