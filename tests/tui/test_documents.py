"""The documents of a message on screen: panel, narrative, search, saving, writing to the people in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from mss_tui.model.message import Attachment
from mss_tui.text import DisplayText
from mss_tui.tui.screens.composer import ComposerScreen
from mss_tui.tui.widgets.field import Field
from tests.support.desk import Body, FakeDesk, make_desk, row
from tests.support.screen import NARROW, WIDE, golden, running, screen_text, until, write
from tests.support.xdm import DEMO, INS, OTHER_INS, changed, laboratory, n1, n3, xdm

LABO = "Labo BIOSUD <resultats-noreply@biosud.mssante.fr>"
SUBJECT = "XDM/1.0/DDM+CR d'examens biologiques VIAL PAULE 28/03/1979"
TEXT_PDF = (Path(__file__).parent.parent / "documents" / "lettre.pdf").read_bytes()


def desk_with(*archives: bytes, subject: str = SUBJECT, sender: str = LABO) -> FakeDesk:
    """An inbox whose messages hold these archives, the last one the newest."""
    rows = [row(50 + i, sender, subject, hours=50 - i, has_documents=True) for i in range(len(archives))]
    fake = make_desk(list(reversed(rows)))
    for i, archive in enumerate(archives):
        piece = Attachment("2", DisplayText("IHE_XDM.ZIP"), "application/zip", len(archive))
        fake.reader.bodies[50 + i] = Body("Bonjour, voici le compte rendu.", attachments=(piece,))
        fake.reader.pieces[50 + i, "2"] = archive
    return fake


LAB = xdm(n3(laboratory()))


@pytest.mark.parametrize(("size", "name"), [(NARROW, "documents-80x24"), (WIDE, "documents-120x40")])
async def test_a_laboratory_report_of_fifteen_columns(size: tuple[int, int], name: str) -> None:
    async with running(desk_with(LAB), size) as pilot:
        await pilot.press("x")
        await until(pilot, "Potassium" if size == WIDE else "BIO !")
        golden(pilot.app, name)
        await pilot.press("end")
        await pilot.pause()
        golden(pilot.app, f"{name}-fin")


async def test_the_list_hides_the_prefix_and_after_opening_says_what_is_critical() -> None:
    async with running(desk_with(LAB), WIDE) as pilot:
        assert "DDM" not in screen_text(pilot.app)
        assert "BIO!" not in screen_text(pilot.app)
        await pilot.press("enter")
        await until(pilot, "empreinte vérifiée")
        await until(pilot, "BIO! VIAL PAULE · CR")
        assert "x lire les documents" in screen_text(pilot.app)


async def test_documents_are_walked_through_and_searched() -> None:
    async with running(desk_with(xdm(n3(laboratory()), n1(TEXT_PDF)))) as pilot:
        await pilot.press("x")
        await until(pilot, "1/2 · CR de biologie · VIAL PAULE")
        await pilot.press("n")
        await until(pilot, "2/2 · Lettre de liaison")
        await pilot.press("end")
        await until(pilot, "Madame VIAL est sortie ce jour.")
        await pilot.press("p")
        await until(pilot, "1/2")
        await pilot.press("slash")
        await until(pilot, "Chercher dans ce document")
        await write(pilot, "anteriorite")
        await pilot.press("enter")
        await until(pilot, "« anteriorite » : 3 ligne(s)")
        assert "Antériorité : 4,2" in screen_text(pilot.app)


async def test_a_page_is_seen_as_half_blocks_and_escape_gives_the_text_back() -> None:
    async with running(desk_with(xdm(n1(TEXT_PDF)))) as pilot:
        await pilot.press("x")
        await until(pilot, "Lettre de liaison")
        await pilot.press("v")
        await until(pilot, "▀▀▀▀")
        await pilot.press("escape")
        await until(pilot, "Patient")
        await pilot.press("escape")
        await until(pilot, "Réception")


async def test_a_document_is_saved_only_where_the_user_says(tmp_path: Path) -> None:
    fake = desk_with(xdm(n3(laboratory()), n1(TEXT_PDF)))
    async with running(fake) as pilot:
        await pilot.press("x")
        await until(pilot, "1/2")
        await pilot.press("e")
        await until(pilot, "Enregistrer quoi")
        await pilot.press("end", "enter")
        await until(pilot, "Dans quel dossier")
        pilot.app.screen.query_one(Field).value = f"{tmp_path}/"
        await pilot.press("enter")
        await until(pilot, "3 fichier(s) enregistré(s)")
    saved = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert saved == {"DOC0001.XML": n3(laboratory()), "DOC0002.XML": n1(TEXT_PDF), "Lettre de liaison-1.pdf": TEXT_PDF}
    assert [line.phase for line in fake.journal.lines if line.act == "save"] == ["intent", "done"] * 3


def recipients(screens: Sequence[object]) -> str:
    composer = next(screen for screen in screens if isinstance(screen, ComposerScreen))
    return composer.query_one("#to", Field).value


async def test_writing_to_the_patient_uses_the_ins_of_the_document() -> None:
    async with running(desk_with(LAB)) as pilot:
        await pilot.press("x")
        await until(pilot, "BIO !")
        await pilot.press("w")
        await until(pilot, lambda: isinstance(pilot.app.screen, ComposerScreen))
        assert f"{INS}@patient.mssante.fr" in recipients(pilot.app.screen_stack)


async def test_an_identity_of_nobody_is_asked_about_first() -> None:
    async with running(desk_with(xdm(n3(oid=DEMO)))) as pilot:
        await pilot.press("x")
        await until(pilot, "INS DEMO")
        await pilot.press("w")
        await until(pilot, "cette adresse n'est celle de personne")
        await pilot.press("n")
        await pilot.pause()
        assert not any(isinstance(screen, ComposerScreen) for screen in pilot.app.screen_stack)


async def test_answering_the_author_uses_the_address_in_the_document() -> None:
    async with running(desk_with(LAB)) as pilot:
        await pilot.press("x")
        await until(pilot, "BIO !")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, ComposerScreen))
        assert "labo@biosud.mssante.fr" in recipients(pilot.app.screen_stack)


async def test_a_replacement_is_tied_to_what_was_opened_before() -> None:
    related = '<relatedDocument typeCode="RPLC"><parentDocument><id root="2.25.77"/></parentDocument></relatedDocument>'
    fake = desk_with(xdm(n3()), xdm(n3(more=related, own_id="2.25.78", version="2"), action="C"))
    async with running(fake, WIDE) as pilot:
        await pilot.press("x")
        await until(pilot, "Remplace")
        assert "version d'avant" not in screen_text(pilot.app)
        await pilot.press("escape", "down", "x")
        await until(pilot, "remplacé par le document du message 7:51")
        await pilot.press("escape", "up", "x")
        await until(pilot, "version d'avant : message 7:50")


async def test_another_patient_in_the_subject_is_said() -> None:
    async with running(desk_with(LAB, subject="XDM/1.0/DDM+CR de biologie DURAND Leo 28/03/1979")) as pilot:
        await pilot.press("x")
        await until(pilot, "L'objet nomme DURAND Leo, le document VIAL PAULE.")


async def test_the_same_ins_under_another_name_is_said() -> None:
    other = n3(name='<family qualifier="BR">MOREAU</family><given qualifier="BR">PAULE</given>')
    async with running(desk_with(xdm(other), LAB, subject="Résultats"), WIDE) as pilot:
        await pilot.press("x")
        await until(pilot, "BIO !")
        await pilot.press("escape", "down", "x")
        await until(pilot, "La même INS porte un autre nom, VIAL, dans le message 7:51.")


async def test_a_request_to_delete_is_shown_and_nothing_is_deleted() -> None:
    fake = desk_with(xdm(n3(), action="D"))
    async with running(fake) as pilot:
        await pilot.press("x")
        await until(pilot, "demande de supprimer ce document")
        assert len(fake.mail.rows_in["INBOX"]) == 1


async def test_the_messages_of_a_patient_are_found_across_mailboxes() -> None:
    async with running(desk_with(LAB, LAB)) as pilot:
        await pilot.press("x")
        await until(pilot, "BIO !")
        await pilot.press("m")
        await until(pilot, "Messages de VIAL PAULE")
        assert screen_text(pilot.app).count("Labo BIOSUD") >= 2


@pytest.mark.parametrize(
    ("archive", "words"),
    [
        (b"rien", "abîmée ou incomplète"),
        (changed(LAB, document=(b"mmol", b"MMOL")), "n'est pas celle que METADATA annonce"),
    ],
)
async def test_what_is_wrong_is_a_sentence(archive: bytes, words: str) -> None:
    async with running(desk_with(archive)) as pilot:
        await pilot.press("x")
        await until(pilot, words)


async def test_a_message_without_documents_says_so() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("end", "x")
        await until(pilot, "n'a pas de document XDM ni CDA")


async def test_hostile_words_of_a_document_only_show() -> None:
    evil = n3(title="[red]x&#x9b;31m&#x202e;y")
    async with running(desk_with(xdm(evil))) as pilot:
        await pilot.press("x")
        await until(pilot, "[red]x")
        assert all(c == "\n" or c.isprintable() for c in screen_text(pilot.app))


@pytest.mark.parametrize(("sender", "warned"), [(OTHER_INS, True), (INS, False)])
async def test_a_patient_who_sends_the_document_of_another_is_a_warning(sender: str, warned: bool) -> None:
    async with running(desk_with(LAB, sender=f"<{sender}@patient.mssante.fr>"), WIDE) as pilot:
        await pilot.press("x")
        await until(pilot, "Potassium")
        assert ("les deux INS diffèrent" in screen_text(pilot.app)) is warned
