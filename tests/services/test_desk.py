"""What a person does with received messages, on real servers: reading, TDCS, undo, saving, counting."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mss_tui.adapters.clock import SetClock
from mss_tui.errors import NotFound, UsageError
from mss_tui.model.directory import Publication
from mss_tui.model.folder import Role
from mss_tui.model.mailbox import Remembered
from mss_tui.model.message import Handling, Row
from mss_tui.model.paris import midnight, plus_months
from mss_tui.ports.mail import Query
from mss_tui.services.desk import Desk
from mss_tui.services.undo_file import decoded, encoded
from tests.support.servers import NOW, MailServer

HOURS_72 = timedelta(hours=72)


def letter(subject: str = "CR de consultation VIAL Paul", text: str = "Bonjour, voici mon avis.") -> bytes:
    return (
        "From: Dr Anne LEFEBVRE <anne.lefebvre@ch-port.mssante.fr>\r\n"
        "To: jeanne.martin@medecin.mssante.fr\r\n"
        f"Subject: {subject}\r\n"
        "Message-ID: <un.message@ch-port.mssante.fr>\r\n"
        "Date: Thu, 19 Nov 2026 08:00:00 +0100\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n'
        "\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"{text}\r\n"
        "--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="../../lettre.pdf"\r\n\r\nJVBERi0xLjQK\r\n--b--\r\n'
    ).encode()


async def only_row(desk: Desk, folder: str = "INBOX") -> Row:
    view = await desk.places[0].box.open(folder)
    row = view.row(0)
    assert row is not None
    assert len(view) == 1
    return row


async def test_a_message_opens_with_its_text_pieces_and_thread_and_is_then_read(
    desk: Desk, mail_server: MailServer
) -> None:
    place = desk.places[0]
    mail_server.fill(place.account.address, [letter(text="Élévation de la créatinine à 12 mg/L")])
    row = await only_row(desk)
    assert not row.seen
    reading = await place.reader.open(row, desk.actor)
    assert "Élévation de la créatinine" in reading.text
    assert [a.name for a in reading.attachments] == ["lettre.pdf"]
    assert reading.row.seen
    assert (await only_row(desk)).seen
    assert [(e.act, e.phase) for e in desk.journal.entries()] == [("read", "intent"), ("read", "done")]


async def test_looking_without_marking_leaves_the_message_unread(desk: Desk, mail_server: MailServer) -> None:
    place = desk.places[0]
    mail_server.fill(place.account.address, [letter()])
    await place.reader.open(await only_row(desk), desk.actor, mark=False)
    assert not (await only_row(desk)).seen


async def test_a_message_fetched_ahead_costs_nothing_more(desk: Desk, mail_server: MailServer) -> None:
    place = desk.places[0]
    mail_server.fill(place.account.address, [letter()])
    row = await only_row(desk)
    await place.reader.open(row, desk.actor, mark=False)
    await place.box.close()
    reading = await place.reader.open(row, desk.actor, mark=False)
    assert "voici mon avis" in reading.text


async def test_handling_is_a_keyword_that_others_see_and_can_be_taken_back(desk: Desk, mail_server: MailServer) -> None:
    place = desk.places[0]
    mail_server.fill(place.account.address, [letter()])
    row = await only_row(desk)
    done = await place.acts.handle([row], Handling.DONE, desk.actor)
    with mail_server.colleague(place.account.address) as colleague:
        colleague.select("INBOX")
        assert b"$MssTraite" in colleague.fetch("1", "(FLAGS)")[1][0]
    assert (await only_row(desk)).handling is Handling.DONE
    assert done.undo is not None
    await place.acts.undo(done.undo, desk.actor)
    assert (await only_row(desk)).handling is Handling.TO_DO


async def test_deleting_moves_to_trash_then_for_good_and_undo_brings_it_back(
    desk: Desk, mail_server: MailServer
) -> None:
    place = desk.places[0]
    mail_server.fill(place.account.address, [letter()])
    trash = await place.box.folder_of(Role.TRASH)
    assert trash is not None
    done = await place.acts.delete([await only_row(desk)], desk.actor)
    assert len(await place.box.open()) == 0
    assert done.undo is not None
    await place.acts.undo(done.undo, desk.actor)
    await place.acts.delete([await only_row(desk)], desk.actor)
    gone = await place.acts.delete([await only_row(desk, trash.name)], desk.actor)
    assert gone.undo is None
    assert len(await place.box.open(trash.name)) == 0
    assert len(await place.box.open()) == 0


async def test_a_filed_message_that_is_taken_back_is_to_do_again(desk: Desk, mail_server: MailServer) -> None:
    place = desk.places[0]
    mail_server.fill(place.account.address, [letter()])
    trash = await place.box.folder_of(Role.TRASH)
    assert trash is not None
    done = await place.acts.file([await only_row(desk)], trash.name, desk.actor)
    assert (await only_row(desk, trash.name)).handling is Handling.FILED
    assert done.undo is not None
    _, kept = decoded(encoded(place.account.id, done.undo))
    await place.acts.undo(kept, desk.actor)
    assert (await only_row(desk)).handling is Handling.TO_DO


async def test_a_mark_on_a_message_that_has_moved_since_is_not_said_to_be_taken_back(
    desk: Desk, mail_server: MailServer
) -> None:
    place = desk.places[0]
    mail_server.fill(place.account.address, [letter()])
    marked = await place.acts.handle([await only_row(desk)], Handling.DONE, desk.actor)
    moved = await place.acts.delete([await only_row(desk)], desk.actor)
    assert marked.undo is not None
    assert moved.undo is not None
    await place.acts.undo(moved.undo, desk.actor)
    with pytest.raises(NotFound, match="changé de place"):
        await place.acts.undo(marked.undo, desk.actor)
    assert (await only_row(desk)).handling is Handling.DONE


async def test_a_saved_piece_is_private_inside_its_folder_and_replaces_nothing(
    desk: Desk, mail_server: MailServer, tmp_path: Path
) -> None:
    place = desk.places[0]
    mail_server.fill(place.account.address, [letter()])
    row = await only_row(desk)
    reading = await place.reader.open(row, desk.actor)
    folder = tmp_path / "dossier"
    folder.mkdir()
    first = await place.reader.save(row.ref, reading.attachments[0], folder, desk.actor)
    second = await place.reader.save(row.ref, reading.attachments[0], folder, desk.actor)
    assert first.read_bytes() == second.read_bytes() == b"%PDF-1.4\n"
    assert {first.name, second.name} == {"lettre.pdf", "lettre (2).pdf"}
    assert first.parent == folder
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    with pytest.raises(UsageError):
        await place.reader.save(row.ref, reading.attachments[0], tmp_path / "absent", desk.actor)


async def test_a_message_is_saved_byte_for_byte(desk: Desk, mail_server: MailServer, tmp_path: Path) -> None:
    place = desk.places[0]
    mail_server.fill(place.account.address, [letter()])
    path = await place.reader.save_message(await only_row(desk), tmp_path, desk.actor)
    assert path.suffix == ".eml"
    assert path.read_bytes() == letter()


async def test_overdue_and_expiring_messages_are_counted_whatever_their_number(
    desk: Desk, mail_server: MailServer, clock: SetClock
) -> None:
    place = desk.places[0]
    user = place.account.address
    desk.facts.update(place.account.id, baseline=NOW - timedelta(days=200))
    place.box.remembered = desk.facts.of(place.account.id)
    late = NOW - HOURS_72 - timedelta(hours=1)
    mail_server.fill(user, [letter(f"retard {n}") for n in range(60)], received=late)
    mail_server.fill(user, [letter("à temps")], received=NOW - timedelta(hours=71))
    ending = midnight(plus_months((NOW + timedelta(days=5)).date(), -3))
    mail_server.fill(user, [letter("bientôt effacé")], received=ending, flags="$MssTraite")
    status = await desk.refresh(place)
    assert (status.remembered.overdue, status.remembered.expiring) == (60, 1)
    assert status.remembered.quota is not None
    assert status.remembered.directory is Publication.UNKNOWN


async def test_a_person_who_opens_the_inbox_has_read_it(desk: Desk, mail_server: MailServer) -> None:
    place = desk.places[0]
    await place.box.open()
    assert place.box.remembered.read == NOW
    assert desk.facts.of(place.account.id).connected == NOW
    assert desk.facts.of(place.account.id).baseline == NOW


async def test_opening_the_inbox_writes_what_it_learnt_once(
    desk: Desk, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every write is synced to the disk, and the first rows wait for it."""
    place = desk.places[0]
    mail_server.fill(place.account.address, [letter()])
    written: list[set[str]] = []
    update = desk.facts.update

    def counted(account: str, **changes: Any) -> Remembered:
        written.append(set(changes))
        return update(account, **changes)

    monkeypatch.setattr(desk.facts, "update", counted)
    await place.box.open()
    assert written == [{"baseline", "connected", "folders", "read", "refused"}]


async def test_folders_are_found_by_their_last_level_and_unknown_ones_named(desk: Desk) -> None:
    box = desk.places[0].box
    trash = await box.folder_of(Role.TRASH)
    assert trash is not None
    assert await box.find(trash.path[-1].upper()) == trash
    with pytest.raises(NotFound, match="Pas de dossier") as caught:
        await box.find("Inexistant")
    assert trash.path[-1] in str(caught.value)


async def test_the_server_searches_by_words_with_accents(desk: Desk, mail_server: MailServer) -> None:
    place = desk.places[0]
    mail_server.fill(place.account.address, [letter("Hémoglobine basse"), letter("Autre objet")])
    view = await place.box.open()
    found, rows = await place.box.search(view, Query(words="Hémoglobine"))
    assert found.on_server
    assert len(rows) == 1


async def test_an_unknown_account_is_refused_with_those_there_are(desk: Desk) -> None:
    with pytest.raises(NotFound) as caught:
        desk.place("personne")
    assert desk.places[0].account.id in str(caught.value)
