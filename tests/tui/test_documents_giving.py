"""A document handed over, copied, read by recognition; the PDF beside an archive that is not the one inside."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from mss_tui.model.message import Attachment
from mss_tui.model.people import Destination
from mss_tui.services.copies import without_copy
from mss_tui.text import DisplayText
from mss_tui.tui.screens.documents import DocumentsScreen
from tests.support.desk import Body, FakeDesk
from tests.support.scanned import scanned
from tests.support.screen import WIDE, running, screen_text, until
from tests.support.xdm import PDF, changed, laboratory, n1, n3, xdm
from tests.tui.test_documents import LAB, TEXT_PDF, desk_with

COMMAND = (sys.executable, "-c", "import sys; sys.stdin.buffer.read(); print('Courrier de Mme VIAL')")


def declaring(
    fake: FakeDesk, *destinations: Destination, ocr: tuple[str, ...] = (), clipboard: bool = False
) -> FakeDesk:
    profile = replace(fake.desk.profile, destinations=destinations, ocr=ocr, clipboard=clipboard)
    return replace(fake, desk=replace(fake.desk, profile=profile))


async def test_documents_are_handed_over_to_the_folder_of_the_dpi(tmp_path: Path) -> None:
    fake = declaring(desk_with(xdm(n3(laboratory()), n1(TEXT_PDF))), Destination("DPI", folder=tmp_path))
    async with running(fake) as pilot:
        await pilot.press("x")
        await until(pilot, "1/2")
        await pilot.press("t")
        await until(pilot, "DPI : ce document")
        await pilot.press("end", "enter")
        await until(pilot, "2 fichier(s) remis à DPI.")
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == sorted([n3(laboratory()), n1(TEXT_PDF)])
    lines = [line for line in fake.journal.lines if line.act == "document.handover"]
    assert [(line.phase, line.details["to"], line.details["part"]) for line in lines] == [
        ("intent", "DPI", "2"), ("done", "DPI", "2")
    ] * 2  # fmt: skip


async def test_a_document_that_was_changed_is_handed_over_only_when_that_is_confirmed(tmp_path: Path) -> None:
    altered = changed(xdm(n3()), document=(b"Sortie ce jour", b"Sortie DEMAIN"))
    async with running(declaring(desk_with(altered), Destination("DPI", folder=tmp_path))) as pilot:
        await pilot.press("x")
        await until(pilot, "Sortie DEMAIN")
        for answer, left in (("n", 0), ("o", 1)):
            await pilot.press("t")
            await until(pilot, "DPI : ce document")
            await pilot.press("enter")
            await until(pilot, "Le remettre quand même ?")
            await pilot.press(answer)
            await until(pilot, lambda: isinstance(pilot.app.screen, DocumentsScreen))
            if left:
                await until(pilot, "1 fichier(s) remis à DPI.")
            assert len(list(tmp_path.iterdir())) == left


async def test_without_a_declared_destination_the_screen_says_who_declares_one() -> None:
    async with running(desk_with(LAB)) as pilot:
        await pilot.press("x")
        await until(pilot, "BIO !")
        await pilot.press("t")
        await until(pilot, "L'administrateur en déclare par la clé « handover »")


async def test_the_text_is_copied_and_leaves_the_program_only_where_the_profile_says() -> None:
    for clipboard, words in ((False, "Texte copié dans mss-tui seulement"), (True, "au presse-papiers du terminal")):
        async with running(declaring(desk_with(LAB), clipboard=clipboard), WIDE) as pilot:
            sent: list[str] = []
            pilot.app._driver.write = sent.append
            await pilot.press("x")
            await until(pilot, "Potassium")
            await pilot.press("c")
            await until(pilot, words)
            assert "Potassium" in pilot.app.clipboard
            assert "\x1b" not in pilot.app.clipboard
            assert any("\x1b]52;" in each for each in sent) is clipboard


async def test_a_scanned_letter_is_read_on_demand_and_said_to_be_uncertain() -> None:
    async with running(declaring(desk_with(xdm(n1(scanned(TEXT_PDF)))), ocr=COMMAND), WIDE) as pilot:
        await pilot.press("x")
        await until(pilot, "o le lit par reconnaissance de caractères")
        await pilot.press("o")
        await until(pilot, "Courrier de Mme VIAL")
        assert "il peut être faux" in screen_text(pilot.app)
        await pilot.press("c")
        await until(pilot, "Texte copié")
        assert "il peut être faux" in pilot.app.clipboard
        assert "Courrier de Mme VIAL" in pilot.app.clipboard


async def test_a_scanned_letter_without_a_declared_command_says_so() -> None:
    async with running(desk_with(xdm(n1(scanned(TEXT_PDF)))), WIDE) as pilot:
        await pilot.press("x")
        await until(pilot, "PDF image, pas de texte")
        await pilot.press("o")
        await until(pilot, "(clé « ocr »)")
        assert "Courrier" not in screen_text(pilot.app)


def with_copy(pdf: bytes) -> FakeDesk:
    fake = desk_with(xdm(n1(TEXT_PDF)))
    archive, copy = fake.reader.pieces[50, "2"], Attachment("3", DisplayText("VIAL.pdf"), "application/pdf", len(pdf))
    piece = Attachment("2", DisplayText("IHE_XDM.ZIP"), "application/zip", len(archive))
    fake.reader.bodies[50] = Body("Bonjour.", attachments=(piece, copy))
    fake.reader.pieces[50, "3"] = pdf
    return fake


async def test_a_pdf_copy_that_is_not_the_embedded_one_is_a_warning() -> None:
    async with running(with_copy(PDF)) as pilot:
        await pilot.press("x")
        await until(pilot, "Aucun PDF joint au message n'est identique")
    fake = with_copy(TEXT_PDF)
    async with running(fake) as pilot:
        await pilot.press("x")
        await until(pilot, "Lettre de liaison")
        screen = pilot.app.screen
        assert isinstance(screen, DocumentsScreen)
        received = await fake.desk.documents.open(screen.place.reader, screen.reading)
        assert received
        assert await without_copy(screen.place.reader, screen.reading, received) == ()
