"""The other screens: annuaire, state, journal, help, palette, whom to call."""

from __future__ import annotations

import re
import threading

import pytest

from mss_tui.errors import DeadlinePassed
from mss_tui.model.folder import Folder, Role
from mss_tui.model.people import Call
from mss_tui.phrase import say
from mss_tui.tui.widgets.field import Field
from tests.support.desk import make_desk
from tests.support.screen import NARROW, WIDE, golden, running, screen_text, until, write

LEFEBVRE = "anne.lefebvre@chu-lyon.mssante.fr"


@pytest.mark.parametrize(("size", "name"), [(NARROW, "annuaire-80x24"), (WIDE, "annuaire-120x40")])
async def test_the_annuaire_shows_tiers_homonyms_and_its_age(size: tuple[int, int], name: str) -> None:
    async with running(make_desk(), size) as pilot:
        await pilot.press("3")
        await until(pilot, "Chercher")
        await write(pilot, "lefebvre anne")
        await until(pilot, "3 trouvés")
        await pilot.press("down", "v")
        await until(pilot, "vérifiée le 20/11")
        golden(pilot.app, name)


async def test_a_late_answer_never_overwrites() -> None:
    fake = make_desk()
    fake.index.hold["lefe"] = threading.Event()
    async with running(fake) as pilot:
        await pilot.press("3")
        await until(pilot, "Chercher")
        await write(pilot, "lefe")
        await until(pilot, lambda: fake.index.searches == ["lefe"])
        await write(pilot, "zzz")
        fake.index.hold["lefe"].set()
        await until(pilot, lambda: fake.index.searches == ["lefe", "lefezzz"])
        await until(pilot, "Rien de tel")
        assert "LEFEBVRE" not in screen_text(pilot.app)


async def test_entree_begins_a_message_when_no_field_asked() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("3")
        await until(pilot, "Chercher")
        await write(pilot, "lefebvre")
        await until(pilot, "3 trouvés")
        await pilot.press("down", "enter")
        await until(pilot, "Objet")
        assert LEFEBVRE in pilot.app.screen.query_one("#to", Field).value


async def test_a_patient_is_written_to_by_ins_and_no_annuaire_is_said_to_list_them() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("3")
        await until(pilot, "aucun annuaire ne liste les patients")
        await pilot.press("down", "p")
        await until(pilot, "INS du patient")
        await write(pilot, "2 79 03 51 215 189 89")
        await pilot.press("enter")
        await until(pilot, "Traits d'identité du patient")
        await write(pilot, "DUPOND, Léa, 15/03/1979")
        await pilot.press("enter")
        await until(pilot, "clé juste")
        await pilot.press("down", "enter")
        await until(pilot, "Objet")
        assert pilot.app.screen.query_one("#to", Field).value == "Léa DUPOND <279035121518989@patient.mssante.fr>"


async def test_an_annuaire_that_does_not_answer_is_one_sentence() -> None:
    fake = make_desk()
    fake.index.failure = DeadlinePassed(say("L'annuaire ne répond pas."))
    async with running(fake) as pilot:
        await pilot.press("3")
        await until(pilot, "Chercher")
        await write(pilot, "lefebvre")
        await until(pilot, "L'annuaire ne répond pas.")


@pytest.mark.parametrize(("size", "name"), [(NARROW, "status-80x24"), (WIDE, "status-120x40")])
async def test_the_state_of_each_mailbox_with_figures_and_their_origin(size: tuple[int, int], name: str) -> None:
    async with running(make_desk(second=True), size) as pilot:
        await pilot.press("4")
        await until(pilot, "État des boîtes")
        golden(pilot.app, name)


async def test_the_journal_shows_the_last_act_first() -> None:
    async with running(make_desk(), WIDE) as pilot:
        await pilot.press("t")
        await until(pilot, "traité(s)")
        await pilot.press("5")
        await until(pilot, "Journal :")
        first = screen_text(pilot.app).split("\n")[1]
        assert first.startswith(" 20/11/2026 02:41  fait     handling.done  garde@hopital.mssante.fr  Jean MARTIN")


@pytest.mark.parametrize(
    ("keys", "words"), [(("f1",), "Marquer traité"), (("n", "f1"), "Envoyer, après les trois réflexes")]
)
async def test_help_is_about_the_pane_that_has_the_keys(keys: tuple[str, ...], words: str) -> None:
    async with running(make_desk()) as pilot:
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await until(pilot, words)
        await pilot.press("end")
        await until(pilot, "pour information")


async def test_the_palette_finds_acts_by_their_french_names_and_does_them() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, "Palette")
        await write(pilot, "deleguer")
        await until(pilot, "Déléguer : Marquer délégué")
        await pilot.press("enter")
        await until(pilot, "Déléguer à qui")


async def test_the_palette_shows_every_key_at_80_columns() -> None:
    async with running(make_desk(), (80, 24)) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, "Entrée choisir")
        lines = screen_text(pilot.app).splitlines()
        rows = [line.split("│")[1].rstrip() for line in lines if " : " in line]
        assert any("…   (" in row for row in rows)
        assert all(row.endswith(")") for row in rows)


async def test_the_search_box_says_all_its_keys_at_80_columns() -> None:
    async with running(make_desk(), (80, 24)) as pilot:
        await pilot.press("slash")
        await until(pilot, "Entrée chercher")
        assert "renoncer" in screen_text(pilot.app)


async def test_whom_to_call_is_one_key_away() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("q")
        await until(pilot, "Labo BIOSUD  04 00 00 00 00")
        assert "114" in screen_text(pilot.app)
        await pilot.press("escape")
        await until(pilot, "Réception · garde@")


async def test_a_number_that_the_profile_names_is_not_offered_twice() -> None:
    fake = make_desk()
    object.__setattr__(fake.desk.profile, "calls", (Call("Régulation du SAMU", "1 5"),))
    async with running(fake) as pilot:
        await pilot.press("q")
        await until(pilot, "Régulation du SAMU  1 5")
        assert "SAMU  15" not in screen_text(pilot.app)
        assert "114" in screen_text(pilot.app)


async def test_a_filter_that_leaves_nothing_says_so() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("F")
        await until(pilot, "Ne montrer que")
        await write(pilot, "zzz")
        await until(pilot, "Rien de tel.")
        await pilot.press("enter")
        assert "Ne montrer que" in screen_text(pilot.app)


async def test_escape_goes_from_the_headers_to_the_message_then_to_the_list() -> None:
    async with running(make_desk(), NARROW) as pilot:
        await pilot.press("enter")
        await until(pilot, " Écrit ")
        await pilot.press("h")
        await until(pilot, lambda: " Écrit " not in screen_text(pilot.app))
        await pilot.press("escape")
        await until(pilot, " Écrit ")
        await pilot.press("escape")
        await until(pilot, "Réception · garde@")


async def test_every_draft_waits_in_the_folder_pane_read_or_not() -> None:
    fake = make_desk()
    drafts = Folder("Drafts", ("Brouillons",), Role.DRAFTS, total=2, unseen=0)
    fake.mail.known_folders = (Folder("INBOX", ("Réception",), Role.INBOX), drafts)
    async with running(fake, WIDE) as pilot:
        await until(pilot, lambda: re.search(r"Brouillons +2 ", screen_text(pilot.app)) is not None)


async def test_digits_are_typed_where_text_is_typed() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        await pilot.press("tab", "tab", "tab")
        await pilot.press("1", "3", "q", "s")
        assert pilot.app.screen.query_one("#subject", Field).value == "13qs"


@pytest.mark.parametrize("character", ["é", "è", "ç", "à", "ù", "@", "#", "{", "[", "|", "`", "€", "²"])
async def test_azerty_characters_are_typed_in_fields_and_text(character: str) -> None:
    from textual import events

    async with running(make_desk()) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        for name in ("subject", "body"):
            pilot.app.screen.set_focus(pilot.app.screen.query_one(f"#{name}"))
            pilot.app.post_message(events.Key(character, character))
            await pilot.pause()
        draft = pilot.app.screen.draft()  # type: ignore[attr-defined]
        assert (draft.subject, draft.body) == (character, character)


@pytest.mark.parametrize("theme", ["ansi", "mono", "dark", "light"])
async def test_every_theme_shows_the_same_words(theme: str) -> None:
    async with running(make_desk(), theme=theme) as pilot:
        golden_text = screen_text(pilot.app)
        assert "RETARD" in golden_text
        assert "6 messages · 4 à traiter · 1 en retard" in golden_text


async def test_without_utf8_every_mark_is_ascii_and_letters_stay() -> None:
    async with running(make_desk(), WIDE, ascii_marks=True) as pilot:
        await pilot.press("d")
        await until(pilot, "Déléguer à qui")
        text = screen_text(pilot.app)
        assert "Léo DUPOND" in text
        assert all(ord(c) < 0x250 for c in text), sorted({c for c in text if ord(c) >= 0x250})
