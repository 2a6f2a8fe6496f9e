"""Every key of the help screen does what the help says: the table of acts is walked, and none may be left out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from mss_tui.ports.psc import Attempt, Channel
from mss_tui.ports.secrets import Secret
from mss_tui.tui.act import Scope
from mss_tui.tui.actions import ACTIONS, bindings, of
from mss_tui.tui.application import MssApp
from mss_tui.tui.screens.main import MainScreen
from tests.support.desk import FakeDesk, make_desk
from tests.support.fake_mail import NOW
from tests.support.screen import NARROW, WIDE, running, screen_text, until, write

OPEN: dict[Scope, tuple[tuple[str, ...], str]] = {
    Scope.APP: ((), "Réception · "),
    Scope.SCREENS: ((), "Réception · "),
    Scope.MOVES: ((), "Réception · "),
    Scope.MAIN: ((), "Réception · "),
    Scope.MAIL: ((), "Réception · "),
    Scope.LIST: ((), "Réception · "),
    Scope.COMPOSER: (("n",), "Objet"),
    Scope.ANNUAIRE: (("3",), "Chercher"),
    Scope.RESULTS: (("3",), "Chercher"),
    Scope.OUTBOX: (("6",), "Boîte d'envoi"),
    Scope.PAGE: (("4",), "État des boîtes"),
    Scope.HANDOVER: (("7",), "Relève"),
    Scope.ABSENCE: (("8",), "bsence"),
    Scope.JOURNAL: (("5",), "Journal"),
    Scope.ARTICLES: (("0",), "Aide"),
    Scope.DIALOG: (("q",), "Qui appeler"),
}
"""Keys that lead to where acts of a scope are possible, and what is on screen then."""

ELSEWHERE: dict[Scope, tuple[str, ...]] = {
    Scope.WALKER: ("tui/test_composer.py", "tui/test_remedies.py"),
    Scope.REFLEXES: ("tui/test_composer.py", "tui/test_reflexes.py"),
    Scope.TIMELINE: ("tui/test_receipts.py",),
    Scope.DOCUMENTS: ("tui/test_documents.py", "tui/test_documents_giving.py", "tui/test_documents_form.py"),
    Scope.FORM: ("tui/test_documents_form.py", "tui/test_xdm_composing.py", "tui/test_every_key.py"),
    Scope.PIECES: ("tui/test_pieces.py",),
    Scope.SUSPECT: ("tui/test_suspect.py", "tui/test_awkward_messages.py", "tui/test_every_key.py"),
    Scope.PSC: ("lock/test_screen.py", "tui/test_every_key.py"),
    Scope.REGISTERS: ("tui/test_registers.py", "tui/test_composer_patient.py"),
}
"""Screens that need more than keys to be reached: the files in which their keys are pressed."""


LEFEBVRE = "anne.lefebvre@chu-lyon.mssante.fr"


@asynccontextmanager
async def at(scope: Scope) -> AsyncIterator[Pilot[int]]:
    keys, words = OPEN[scope]
    async with running(make_desk(undo_seconds=10)) as pilot:
        if keys:
            await pilot.press(*keys)
        await until(pilot, words)
        if scope is Scope.RESULTS:
            await write(pilot, "lefebvre")
            await until(pilot, "3 trouvés")
            await pilot.press("down")
            await until(pilot, lambda: pilot.app.focused is not None and pilot.app.focused.id == "results")
        yield pilot


@pytest.mark.parametrize("scope", OPEN, ids=str)
async def test_each_key_reaches_its_act_and_the_act_is_there(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    async with at(scope) as pilot:
        done: list[str] = []
        ours = {binding.action for each in Scope for binding in bindings(each)}
        others = MssApp.run_action

        async def record(self: MssApp, action: str, default_namespace: Any = None, *more: Any) -> bool:
            if action not in ours:
                return await others(self, action, default_namespace, *more)
            target, _, name = action.partition("(")[0].rpartition(".")
            place = {"app": self, "screen": self.screen}.get(target, default_namespace)
            assert hasattr(place, f"action_{name}"), f"{action} is nobody's"
            done.append(action)
            return True

        monkeypatch.setattr(MssApp, "run_action", record)
        wanted = {binding.id: binding.action for binding in bindings(scope)}
        for action in of(scope):
            for key in action.keys.split(","):
                done.clear()
                await pilot.press(key)
                await until(pilot, lambda: bool(done))
                assert done == [wanted[action.id]], (action.id, key)


def test_no_act_is_without_a_test() -> None:
    here = Path(__file__).parent.parent
    for action in ACTIONS:
        if action.scope in OPEN:
            continue
        texts = [(here / name).read_text("utf-8") for name in ELSEWHERE[action.scope]]
        pressed = [key for key in action.keys.split(",") if any(f'"{key}"' in text for text in texts)]
        assert pressed, f"{action.id}: no test presses {action.keys}"


# what those do that no other test presses


def shown(pilot: Pilot[int]) -> list[int]:
    """UIDs of the list."""
    assert isinstance(pilot.app, MssApp)
    assert pilot.app.main.shown is not None
    return [row.ref.uid for row in pilot.app.main.shown.view.known()]


SIZES = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])


@SIZES
async def test_filter_narrows_the_list_and_escape_widens_it(size: tuple[int, int]) -> None:
    async with running(make_desk(), size) as pilot:
        await pilot.press("F")
        await until(pilot, "Ne montrer que")
        await write(pilot, "traites")
        await pilot.press("enter")
        await until(pilot, "Recherche « traite » dans Réception (serveur)")
        await pilot.press("escape")
        await until(pilot, "6 messages")
        assert "Recherche" not in screen_text(pilot.app)


async def test_a_search_kept_in_the_profile_stands_first() -> None:
    fake = make_desk()
    profile = replace(fake.desk.profile, searches=(("Du laboratoire", "biosud"),))
    fake.desk = replace(fake.desk, profile=profile)
    async with running(fake) as pilot:
        await pilot.press("F")
        await until(pilot, "Du laboratoire")
        await pilot.press("enter")
        await until(pilot, "Recherche « biosud »")
        assert shown(pilot) == [60]


@SIZES
async def test_sort_puts_the_list_in_another_order_and_says_who_did(size: tuple[int, int]) -> None:
    async with running(make_desk(), size) as pilot:
        await pilot.press("S")
        await until(pilot, "Trier par")
        await pilot.press("enter")
        await until(pilot, "Tri : Expéditeur dans Réception (serveur)")
        assert shown(pilot) == [59, 55, 60, 57, 56, 58]
        await pilot.press("escape")
        await until(pilot, lambda: shown(pilot) == [60, 59, 58, 57, 56, 55])


def conversing() -> FakeDesk:
    fake = make_desk()
    rows = fake.mail.rows_in["INBOX"]
    rows[1] = replace(rows[1], in_reply_to=rows[3].message_id)
    return fake


@SIZES
async def test_conversation_shows_what_answers_what_from_the_beginning(size: tuple[int, int]) -> None:
    async with running(conversing(), size) as pilot:
        await pilot.press("down", "C")
        await until(pilot, "Conversation dans Réception (serveur)")
        assert shown(pilot) == [57, 59]
        assert "BIOSUD" not in screen_text(pilot.app)
        await pilot.press("escape")
        await until(pilot, "BIOSUD")


@SIZES
async def test_folders_are_made_from_the_list(size: tuple[int, int]) -> None:
    fake = make_desk()
    async with running(fake, size) as pilot:
        await pilot.press("G")
        await until(pilot, "Créer un dossier")
        await pilot.press("enter")
        await until(pilot, "Nom du dossier")
        await write(pilot, "Suivi/Plaies")
        await pilot.press("enter")
        await until(pilot, lambda: ("create_folder", ("Suivi", "Plaies")) in fake.mail.calls)
        await pilot.press("b")
        await until(pilot, "Plaies")


async def test_emptying_the_corbeille_is_asked_about_first() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("s")
        await until(pilot, "corbeille (z annule)")
        for answer, left in (("n", [60]), ("o", [])):
            await pilot.press("G")
            await until(pilot, "Vider la corbeille")
            await pilot.press("up")
            await pilot.press("end", "enter")
            await until(pilot, "Rien ne pourra rendre")
            await pilot.press(answer)
            await until(pilot, lambda left=left: [r.ref.uid for r in fake.mail.rows_in["Trash"]] == left)  # type: ignore[misc]


@SIZES
async def test_copy_asks_where_and_leaves_the_message_where_it_is(size: tuple[int, int]) -> None:
    fake = make_desk()
    async with running(fake, size) as pilot:
        await pilot.press("space", "space", "Y")
        await until(pilot, "Copier où ?")
        await write(pilot, "archi")
        await pilot.press("enter")
        await until(pilot, "2 copié(s)")
        refs = tuple(row.ref for row in fake.mail.rows_in["INBOX"][:2])
        assert ("copy", (refs, "Archives")) in fake.mail.calls
        assert shown(pilot) == [60, 59, 58, 57, 56, 55]


async def test_read_and_unread_with_one_key() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        for words, seen in (("1 lu(s)", True), ("1 non lu(s)", False)):
            await pilot.press("u")
            await until(pilot, words)
            assert fake.mail.rows_in["INBOX"][0].seen is seen


async def test_the_list_is_one_key_away_from_a_message_at_80_columns() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("down", "enter")
        await until(pilot, "Bien confraternellement")
        await pilot.press("1")
        await until(pilot, "BIOSUD")
        screen = pilot.app.screen
        assert isinstance(screen, MainScreen)
        assert screen.has_keys("list")
        await pilot.press("enter")
        await until(pilot, "Bien confraternellement")
        await pilot.press("4")
        await until(pilot, "État des boîtes")
        await pilot.press("1")
        await until(pilot, "BIOSUD")
        assert screen.row_here() is not None
        assert screen.row_here().ref.uid == 59, "the bar stays on the message"  # type: ignore[union-attr]


async def test_panes_go_round_both_ways() -> None:
    async with running(make_desk(), WIDE) as pilot:
        for key, name in (("tab", "folders"), ("tab", "list"), ("shift+tab", "folders"), ("shift+tab", "list")):
            await pilot.press(key)
            await until(pilot, lambda name=name: pilot.app.screen.has_keys(name))  # type: ignore[misc,attr-defined]


async def test_a_page_down_and_up_is_where_it_was() -> None:
    async with running(make_desk(total=1_000)) as pilot:
        before = screen_text(pilot.app)
        await pilot.press("pagedown")
        await until(pilot, lambda: screen_text(pilot.app) != before)
        await pilot.press("pageup")
        await until(pilot, lambda: screen_text(pilot.app) == before)


async def test_the_question_mark_shows_the_keys() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("question_mark")
        await until(pilot, "Marquer traité")
        await pilot.press("escape")
        await until(pilot, "Réception · ")


async def test_a_favourite_stands_first_next_time() -> None:
    async with at(Scope.RESULTS) as pilot:
        await pilot.press("plus")
        annuaire = pilot.app.desk.annuaire  # type: ignore[attr-defined]
        await until(pilot, lambda: annuaire.known.favourites() == (LEFEBVRE,))


async def test_the_report_on_a_suspicious_message_is_saved_where_one_says(tmp_path: Path) -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("end", "exclamation_mark")
        await until(pilot, "Signaler un message suspect")
        await pilot.press("e")
        await until(pilot, "Dans quel dossier")
        await pilot.press("ctrl+u")
        await write(pilot, str(tmp_path))
        await pilot.press("enter")
        await until(pilot, lambda: len(list(tmp_path.iterdir())) == 1)
        assert "jean@gmail.com" in next(tmp_path.iterdir()).read_text("utf-8")


async def test_the_form_of_a_document_is_left_without_making_any() -> None:
    async with running(make_desk(), WIDE) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        composer = pilot.app.screen
        await pilot.press("ctrl+f")
        await until(pilot, lambda: pilot.app.screen is not composer)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is composer)
        assert composer.draft().attachments == ()  # type: ignore[attr-defined]


class Asked:
    """A relay whose professional never confirms."""

    ends_at = None
    preferred = Channel.MOBILE

    def __init__(self) -> None:
        self.channels: list[Channel] = []

    def ask_with(self, ask: object) -> None:
        pass

    async def begin(self, channel: Channel) -> Attempt:
        self.channels.append(channel)
        return Attempt("42", channel, NOW + timedelta(minutes=2), Secret("x"), 1.0)

    async def wait(self, attempt: Attempt) -> None:
        await asyncio.Event().wait()

    def touch(self) -> None:
        pass


async def test_pro_sante_connect_by_mobile_by_card_again_or_not_at_all() -> None:
    session = Asked()
    async with running(make_desk(), psc=session) as pilot:
        await pilot.press("ctrl+y")
        for key, words in (("m", "l'application e-CPS"), ("c", "CPS-Gestion"), ("r", "CPS-Gestion")):
            await until(pilot, "Pro Santé Connect")
            await pilot.press(key)
            await until(pilot, words)
        await until(pilot, lambda: session.channels == [Channel.MOBILE, Channel.CARD, Channel.CARD])
        await pilot.press("escape")
        await until(pilot, "BIOSUD")
