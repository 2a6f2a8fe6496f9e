"""No sentence of ours stays French on a screen with `--lang en`; what others wrote stays as they wrote it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from mss_tui.model.people import MailboxType
from mss_tui.services.templates import templates
from mss_tui.tui.application import MssApp
from tests.language.french import french_in
from tests.support.desk import ENTRIES, FakeDesk, make_desk
from tests.support.screen import NARROW, WIDE, screen_text, write

FOLDERS = ("Délégués",)
LETTERS = ("non lu",)
"""The reply of an absence is for others, in French."""


def english_desk() -> FakeDesk:
    fake = make_desk(second=True, kind=MailboxType.ORG, undo_seconds=10)
    fake.desk = replace(fake.desk, profile=replace(fake.desk.profile, lang="en"))
    return fake


def written_by_others(fake: FakeDesk) -> tuple[str, ...]:
    """Subjects and names of the mailbox and the annuaire."""
    rows = [row for folder in fake.mail.rows_in.values() for row in folder]
    known = {text for row in rows for text in (row.subject, row.sender.name, row.sender.label)}
    known |= {text for entry in ENTRIES for text in (entry.structure, entry.speciality, entry.profession)}
    known |= {template.title for template in templates(None)}
    return tuple(filter(None, known)) + FOLDERS + LETTERS


@asynccontextmanager
async def walking(fake: FakeDesk, size: tuple[int, int]) -> AsyncIterator[Pilot[int]]:
    place = fake.desk.places[0]
    opening = asyncio.ensure_future(place.box.open("INBOX", 50))
    app = MssApp(fake.desk, place=place, opening=opening)
    async with app.run_test(size=size) as pilot:
        await still(pilot)
        assert "Inbox" in screen_text(pilot.app)
        yield pilot


async def still(pilot: Pilot[int]) -> str:
    """The screen once nothing moves on it any more."""
    before = ""
    for _ in range(100):
        await pilot.pause(0.02)
        now = screen_text(pilot.app)
        if now == before and now.strip():
            return now
        before = now
    raise AssertionError(f"it never stood still:\n{before}")


WALKS: dict[str, tuple[str, set[str]]] = {
    "a message": ("enter h h v v J K o i escape p escape x escape exclamation_mark", {"PeopleScreen", "WhyScreen"}),
    "acts": ("t z d escape c escape s z T M escape Y escape u asterisk space space m m P escape a e", {"AskText"}),
    "lists": ("slash escape F escape S escape G escape C escape B escape b tab tab g z", {"AskText", "AskChoice"}),
    "screens": (
        "3 tab escape 4 escape 5 slash escape escape 6 escape 7 l escape escape 8 o escape s escape escape 9",
        {"AnnuaireScreen", "StatusScreen", "JournalScreen", "OutboxScreen", "HandoverScreen", "AbsenceScreen"},
    ),
    "more screens": (
        "9 escape I escape q escape f1 pagedown pagedown escape ctrl+p escape ctrl+k",
        {"CleanupScreen", "HelpScreen", "RegistersScreen", "AskChoice"},
    ),
    "a draft": (
        "n ctrl+g i escape ctrl+x ctrl+o escape ctrl+e escape ctrl+n escape ctrl+u ctrl+d escape ctrl+t escape f1",
        {"ComposerScreen", "HelpScreen"},
    ),
    "an answer": ("r ctrl+g ctrl+b ctrl+s escape ctrl+q", {"ComposerScreen"}),
    "a forward": ("f ctrl+g ctrl+x escape escape", {"ComposerScreen"}),
    "the lock": ("ctrl+l", {"PeopleScreen"}),
}  # fmt: skip


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", WALKS)
async def test_no_sentence_of_ours_is_french(name: str, size: tuple[int, int]) -> None:
    keys, wanted = WALKS[name]
    fake = english_desk()
    others = written_by_others(fake)
    met: set[str] = set()
    async with walking(fake, size) as pilot:
        for key in ("", *keys.split()):
            if key:
                await pilot.press(key)
            text = await still(pilot)
            met.add(type(pilot.app.screen).__name__)
            assert french_in(text, others) == [], f"after {key!r} of {keys!r}:\n{text}"
    assert wanted <= met


async def test_a_message_is_written_checked_and_sent_in_english() -> None:
    fake = english_desk()
    others = written_by_others(fake)
    async with walking(fake, NARROW) as pilot:
        await pilot.press("n")
        await still(pilot)
        await write(pilot, "anne.lefebvre@chu-lyon.mssante.fr, jean@gmail.com")
        for text in ("", "", "coucou", "Bonjour, voir la pièce jointe. Urgent !"):
            await pilot.press("tab")
            await write(pilot, text)
        shown = [await still(pilot)]
        for key in ("ctrl+g", "down", "down", "i", "escape", "ctrl+x"):
            await pilot.press(key)
            shown.append(await still(pilot))
    assert any("outside" in text or "trust" in text for text in shown), shown[-1]
    for text in shown:
        assert french_in(text, (*others, "pièce jointe", "Urgent")) == [], text


def test_french_is_seen_where_there_is_some() -> None:
    assert french_in("Le serveur refuse : x. Envoyer aux autres ?") != []
    assert french_in("The server refuses x. Send to the others?") == []
    assert french_in("Lettre de liaison", ("Lettre de liaison",)) == []
