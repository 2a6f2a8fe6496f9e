"""Making a document on screen: the form asks what is missing, and the message is ready to be checked and sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from mss_tui.documents.check import check_archive
from mss_tui.documents.xdm import read_xdm
from mss_tui.model.draft import HeldFile
from mss_tui.tui.screens.composer import ComposerScreen
from mss_tui.tui.screens.documents_form import DocumentFormScreen
from mss_tui.tui.widgets.field import Field
from tests.support.desk import make_desk
from tests.support.screen import running, until
from tests.support.xdm import INS, NIR, PDF, n1, xdm
from tests.tui.test_documents import desk_with

PATIENT = {
    "birth_name": "VIAL", "given": "PAULE", "givens": "PAULE MARIE", "birth_date": "28/03/1979", "sex": "F",
    "birth_place": "51215", "ins": INS, "oid": NIR,
}  # fmt: skip
REST = {"type": "11490-0", "title": "Lettre de liaison", "structure_id": "590000001", "sector": "SA07"}


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "lettre.pdf"
    path.write_bytes(PDF)
    return path


async def fill(pilot: Pilot[int], **values: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, DocumentFormScreen))
    await until(pilot, "PDF (Ctrl+O)")
    for name, value in values.items():
        pilot.app.screen.query_one(f"#form-{name}", Field).value = value


async def made(pilot: Pilot[int]) -> ComposerScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, ComposerScreen))
    screen = pilot.app.screen
    assert isinstance(screen, ComposerScreen)
    return screen


def archive_of(screen: ComposerScreen) -> bytes:
    piece = next(p for p in screen.pieces if p.name == "IHE_XDM.ZIP")
    assert isinstance(piece, HeldFile)
    return piece.data


async def test_a_pdf_becomes_an_archive_its_copy_and_the_subject(pdf: Path) -> None:
    async with running(make_desk(), (120, 40)) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        await pilot.press("ctrl+f")
        await fill(pilot, pdf=str(pdf), **PATIENT, **REST)
        await pilot.press("ctrl+x")
        await until(pilot, "identité au statut « qualifiée »")
        await pilot.press("o")
        screen = await made(pilot)
        await until(pilot, "IHE_XDM.ZIP")
        assert check_archive(archive_of(screen)) == ()
        assert [p.name[9:26] for p in screen.pieces[1:]] == ["Lettre de liaison"]
        assert screen.draft().subject.startswith("XDM/1.0/DDM+Lettre de liaison")


async def test_an_ins_that_is_not_qualified_stays(pdf: Path) -> None:
    async with running(make_desk(), (120, 40)) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        await pilot.press("ctrl+f")
        await fill(pilot, pdf=str(pdf), **PATIENT, **REST)
        await pilot.press("ctrl+x")
        await until(pilot, "identité au statut « qualifiée »")
        await pilot.press("n")
        await until(pilot, "Une INS non qualifiée ne part pas")
        assert isinstance(pilot.app.screen, DocumentFormScreen)


@pytest.mark.parametrize(
    ("left_out", "words"),
    [("birth_name", "Il manque le nom de naissance"), ("structure_id", "FINESS"), ("sector", "secteur d'activité")],
)
async def test_what_is_missing_is_asked_by_name(pdf: Path, left_out: str, words: str) -> None:
    values = {k: v for k, v in (PATIENT | REST).items() if k not in (left_out, "ins", "oid")}
    async with running(make_desk()) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        await pilot.press("ctrl+f")
        await fill(pilot, pdf=str(pdf), local_id="1.2.3.4^IPP42", **values)
        await pilot.press("ctrl+x")
        await until(pilot, words)


async def test_the_tables_are_at_hand() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        await pilot.press("ctrl+f")
        await fill(pilot)
        await pilot.press("ctrl+t")
        await until(pilot, "11490-0")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query_one("#form-type", Field).value == "11490-0")


async def test_a_new_version_replaces_the_open_document(pdf: Path) -> None:
    async with running(desk_with(xdm(n1())), (120, 40)) as pilot:
        await pilot.press("x")
        await until(pilot, "1/1 · Lettre de liaison")
        await pilot.press("f")
        await until(pilot, "annule et remplace ce document")
        await pilot.press("down", "enter")
        await until(pilot, "Annule et remplace « Lettre de liaison »")
        await fill(pilot, pdf=str(pdf), structure_id="590000001", sector="SA07")
        await pilot.press("ctrl+x")
        await until(pilot, "identité au statut « qualifiée »")
        await pilot.press("o")
        screen = await made(pilot)
        (document,) = read_xdm(archive_of(screen)).documents
        assert (document.replaced, document.action) == ("2.25.1001", "C")
        assert document.cda is not None
        assert document.cda.header.version == "2"
        assert "[Annule et remplace]" in screen.draft().subject


async def test_a_deletion_is_asked_of_the_receiver_in_words_too() -> None:
    async with running(desk_with(xdm(n1())), (120, 40)) as pilot:
        await pilot.press("x")
        await until(pilot, "1/1 · Lettre de liaison")
        await pilot.press("f")
        await until(pilot, "demander la suppression")
        await pilot.press("end", "enter")
        screen = await made(pilot)
        (document,) = read_xdm(archive_of(screen)).documents
        assert document.action == "D"
        assert "merci de supprimer le document joint : « Lettre de liaison »" in screen.draft().body
