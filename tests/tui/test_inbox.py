"""The inbox: what is seen, what keys do, what the server hears of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.errors import ConnectionLost
from mss_tui.model.message import FLAGGED, SEEN, Attachment
from mss_tui.model.people import Lock
from mss_tui.phrase import say
from mss_tui.ports.mail import Arrived, Changed, Line, LineChanged, Removed
from mss_tui.services.guard import Guard
from mss_tui.text import clean
from tests.support.desk import Body, make_desk, row, sample_rows
from tests.support.screen import NARROW, WIDE, golden, in_folder, running, screen_text, until, write


@pytest.mark.parametrize(("size", "name"), [(NARROW, "inbox-80x24"), (WIDE, "inbox-120x40")])
async def test_the_inbox_reads_at_a_glance(size: tuple[int, int], name: str) -> None:
    async with running(make_desk(second=True), size) as pilot:
        golden(pilot.app, name)


@pytest.mark.parametrize(("size", "name"), [(NARROW, "message-80x24"), (WIDE, "message-120x40")])
async def test_a_message_shows_its_real_sender_the_rules_and_the_pieces(size: tuple[int, int], name: str) -> None:
    fake = make_desk()
    fake.reader.bodies[59] = Body(
        "Chère consœur,\n\nje vous adresse la lettre de liaison de M. VIAL.\n\n> Merci\n> de\n> me\n> l'envoyer",
        (Attachment("2", clean("lettre.pdf"), "application/pdf", 1_200_000),),
        quoted_from=4,
    )
    async with running(fake, size) as pilot:
        await pilot.press("down", "enter")
        await until(pilot, "Chère consœur")
        golden(pilot.app, name)


async def test_opening_marks_read_and_prefetches_the_next() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("enter")
        await until(pilot, "Bien confraternellement")
        assert SEEN in fake.mail.rows_in["INBOX"][0].flags
        assert 59 in fake.reader.prefetched
        await pilot.press("J")
        await until(pilot, "anne.lefebvre@chu-lyon")
        await pilot.press("escape")
        await pilot.pause()
        assert "\n    A D 20/11" in screen_text(pilot.app)


async def test_reading_only_marks_and_moves_nothing() -> None:
    fake = make_desk()
    async with running(fake, read_only=True) as pilot:
        await pilot.press("enter")
        await until(pilot, "Bien confraternellement")
        await pilot.press("escape", "s", "t")
        await until(pilot, "Lecture seule")
        assert SEEN not in fake.mail.rows_in["INBOX"][0].flags
        assert not [call for call in fake.mail.calls if call[0] in ("flag", "move")]


async def test_traiter_and_its_undo_are_on_the_server() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("down", "t")
        await until(pilot, "1 traité(s) (z annule).")
        assert "$MssTraite" in fake.mail.rows_in["INBOX"][1].flags
        await pilot.press("z")
        await until(pilot, "Annulé.")
        assert "$MssTraite" not in fake.mail.rows_in["INBOX"][1].flags


async def test_supprimer_goes_to_the_corbeille_and_comes_back() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("s")
        await until(pilot, "1 à la corbeille (z annule).")
        assert (in_folder(fake), in_folder(fake, "Trash")) == ([59, 58, 57, 56, 55], [60])
        await pilot.press("z")
        await until(pilot, "remis en place")
        assert in_folder(fake) == [60, 59, 58, 57, 56, 55]
        await until(pilot, "Labo BIOSUD")


async def test_two_deletions_in_a_row_delete_two_messages_and_no_third() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        fake.mail.gate.clear()
        await pilot.press("s", "down", "s")
        fake.mail.gate.set()
        await until(pilot, lambda: in_folder(fake, "Trash") == [60, 59])
        assert in_folder(fake) == [58, 57, 56, 55]


async def test_an_act_counts_for_every_selected_message() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("space", "space", "asterisk")
        await until(pilot, "2 suivi(s)")
        assert [FLAGGED in r.flags for r in fake.mail.rows_in["INBOX"][:3]] == [True, True, False]


async def test_classer_asks_where_and_deleguer_asks_to_whom() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("d")
        await until(pilot, "Déléguer à qui")
        await write(pilot, "IDE de nuit")
        await pilot.press("enter")
        await until(pilot, "1 délégué(s)")
        assert fake.journal.lines[-1].details["to"] == "IDE de nuit"
        await pilot.press("c")
        await until(pilot, "Classer où")
        await write(pilot, "archi")
        await pilot.press("enter")
        await until(pilot, "1 classé(s)")
        assert in_folder(fake, "Archives") == [60]


async def test_new_mail_comes_without_a_key_and_the_bar_stays_on_its_message() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("down")
        new = row(61, "SAMU <samu@chu.mssante.fr>", "Transfert", hours=0.1)
        fake.mail.rows_in["INBOX"].insert(0, new)
        fake.mail.queue.put_nowait(Arrived("INBOX", (new,), 7))
        await until(pilot, "Transfert")
        assert "1 nouveau(x) message(s) : garde" in screen_text(pilot.app)
        await pilot.press("s")
        await until(pilot, "corbeille")
        assert in_folder(fake, "Trash") == [59]


async def test_what_a_colleague_does_is_seen() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        fake.mail.queue.put_nowait(Changed("INBOX", ((58, frozenset({SEEN, "$MssDelegue"})),)))
        await until(pilot, "délégué")
        fake.mail.queue.put_nowait(Removed("INBOX", frozenset({60}), 5))
        await until(pilot, "5 messages")
        assert "BIOSUD" not in screen_text(pilot.app)


async def test_a_cut_line_is_one_french_sentence_and_a_state() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        lost = ConnectionLost(say("La ligne s'est coupée."), remedy=say("g relit le dossier."))
        fake.mail.queue.put_nowait(LineChanged(Line.OFFLINE, error=lost))
        await until(pilot, "hors ligne")
        assert "La ligne s'est coupée. g relit le dossier." in screen_text(pilot.app)


async def test_a_failed_act_changes_nothing_and_says_so() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        fake.mail.failure = ConnectionLost(say("La ligne s'est coupée."))
        await pilot.press("s")
        await until(pilot, "La ligne s'est coupée.")
        assert in_folder(fake) == [60, 59, 58, 57, 56, 55]
        assert "6 messages" in screen_text(pilot.app)


async def test_an_unexpected_fault_is_one_sentence_without_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = make_desk()

    async def broken(*_: object) -> None:
        raise ValueError("DUPOND Léo, né le 26/11/1948")

    monkeypatch.setattr(fake.mail, "move", broken)
    async with running(fake) as pilot:
        await pilot.press("s")
        await until(pilot, "mss-tui s'est trompé (ValueError).")
        assert "DUPOND Léo, né" not in screen_text(pilot.app)


async def test_the_server_searches_and_escape_comes_back() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("slash")
        await until(pilot, "Chercher dans ce dossier")
        await write(pilot, "liaison")
        await pilot.press("enter")
        await until(pilot, "1 message(s), serveur")
        assert "Recherche « liaison » dans Réception (serveur)" in screen_text(pilot.app)
        assert "BIOSUD" not in screen_text(pilot.app)
        await pilot.press("escape")
        await until(pilot, "BIOSUD")


async def test_escape_gives_up_waiting() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        fake.mail.gate.clear()
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("escape")
        await until(pilot, "Annulé.")
        fake.mail.gate.set()
        await pilot.press("enter")
        await until(pilot, "Bien confraternellement")


async def test_folders_open_from_their_pane_and_a_draft_from_brouillons(tmp_path: Path) -> None:
    fake = make_desk()
    draft = row(7, "Dr Jean MARTIN <garde@hopital.mssante.fr>", "Demande d'avis")
    fake.mail.rows_in["Drafts"] = [replace(draft, ref=replace(draft.ref, folder="Drafts"))]
    async with running(fake) as pilot:
        await pilot.press("b", "down", "down", "down", "enter")
        await until(pilot, "Brouillons · garde@")
        await pilot.press("enter")
        await until(pilot, "Objet  Demande d'avis")


async def test_rows_out_of_view_are_fetched_when_they_come_into_view() -> None:
    fake = make_desk(total=100_000)
    async with running(fake) as pilot:
        await pilot.press("end")
        await until(pilot, "NOM1 ")
        assert [call[1] for call in fake.mail.calls if call[0] == "rows"][-1] == (99_858, 100_000)
        await pilot.press("home")
        await until(pilot, "n° 99999")


async def test_all_headers_and_the_raw_view_are_one_key_away() -> None:
    fake = make_desk()
    fake.reader.bodies[60] = Body(headers=(("X-Mailer", "Labo"),))
    async with running(fake) as pilot:
        await pilot.press("enter")
        await until(pilot, "Bien confraternellement")
        await pilot.press("h")
        await until(pilot, "X-Mailer: Labo")
        await pilot.press("v")
        await until(pilot, "corps brut")
        await pilot.press("v")
        await until(pilot, "Bien confraternellement")


async def test_a_piece_is_saved_where_the_user_says(tmp_path: Path) -> None:
    fake = make_desk()
    fake.reader.bodies[60] = Body(attachments=(Attachment("2", clean("cr.pdf"), "application/pdf", 9_000),))
    async with running(fake) as pilot:
        await pilot.press("e")
        await until(pilot, "1 cr.pdf  application/pdf  9 ko")
        await pilot.press("enter")
        await until(pilot, "Dans quel dossier")
        await pilot.press("ctrl+u")
        await write(pilot, str(tmp_path))
        await pilot.press("enter")
        await until(pilot, "Enregistré :")
        assert fake.reader.saved == [("2", tmp_path / "cr.pdf")]


async def test_the_screen_can_be_hidden_and_comes_back() -> None:
    fake = make_desk()
    async with running(fake, guard=Guard(Lock(unlock="key"), fake.clock)) as pilot:
        await pilot.press("ctrl+l")
        await until(pilot, "Écran masqué")
        assert "BIOSUD" not in screen_text(pilot.app)
        await pilot.press("s")
        await pilot.press("enter")
        await until(pilot, "BIOSUD")
        assert "corbeille" not in screen_text(pilot.app)


async def test_delays_that_ran_out_show_at_the_next_key_after_a_pause() -> None:
    fake = make_desk((replace(sample_rows()[5], flags=frozenset({SEEN})),))
    async with running(fake) as pilot:
        assert "avant 21/11 00:41" in screen_text(pilot.app)
        fake.clock.set(fake.clock.now() + (fake.clock.now() - sample_rows()[5].received))
        pilot.app.main.wake()  # type: ignore[attr-defined]
        await until(pilot, "RETARD")


@pytest.mark.parametrize(
    ("columns", "title"),
    [(80, " Réception · garde@hopital.mssante.fr "), (66, " Réception · garde@…  "), (54, " Réception  ")],
)
async def test_where_the_address_has_no_room_the_figures_stay(columns: int, title: str) -> None:
    async with running(make_desk(), (columns, 24)) as pilot:
        head = screen_text(pilot.app).splitlines()[0]
        assert head.startswith(title)
        assert head.endswith("6 messages · 4 à traiter · 1 en retard")


async def test_one_message_is_not_several() -> None:
    async with running(make_desk(sample_rows()[:1])) as pilot:
        assert "  1 message · " in screen_text(pilot.app)
