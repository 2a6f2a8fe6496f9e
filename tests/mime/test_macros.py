"""Macros are found in office documents of both families, and nothing else is taken for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.adapters.worker import ProcessWorker
from mss_tui.mime.macros import Macros, macros_job, may_hold_macros
from mss_tui.rules.filetypes import Danger, danger
from tests.support.office import (
    DOCX,
    DOCX_MACROS,
    WORD_97,
    WORD_97_MACROS,
    bound_sheet,
    entry,
    ole,
    zipped,
)

RENAMED = zipped(types='<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>')
WITH = [
    DOCX_MACROS,
    RENAMED,
    zipped(**{"xl/macrosheets/sheet1.xml": "<x/>"}),
    zipped(**{"Basic/Standard/Module1.xml": "<x/>"}),
    zipped(**{"Scripts/python/a.py": "x"}),
    WORD_97_MACROS,
    ole(entry("MACROS")),
    ole(entry("Workbook", 2), entry("_VBA_PROJECT_CUR")),
    ole(entry("_VBA_PROJECT", 2)),
    ole(entry("Workbook", 2), stream=bound_sheet("Feuil1", 0) + bound_sheet("Macro1", 1)),
]
WITHOUT = [
    DOCX,
    zipped(**{"word/media/macro.png": "x", "Basic": "x", "word/vbaproject.bin.txt": "x"}),
    WORD_97,
    ole(entry("Workbook", 2), stream=bound_sheet("Feuil1", 0) + bound_sheet("Graph1", 2)),
    ole(entry("Macros", 5)),
    ole(b"\0" * 32 + entry("Macros")[:96]),
    ole(stream=entry("Macros")[:64]),
    b"PK\x03\x04",
    b"",
    b"%PDF-1.7",
]


@pytest.mark.parametrize("data", WITH)
def test_macros_are_found(data: bytes) -> None:
    assert macros_job(data, {}).found


@pytest.mark.parametrize("data", WITHOUT)
def test_nothing_else_is_taken_for_macros(data: bytes) -> None:
    assert not macros_job(data, {}).found


@pytest.mark.parametrize(
    ("name", "first", "worth"),
    [
        ("lettre.docx", b"PK\x03\x04", True),
        ("lettre.docx", b"", True),
        ("lettre.pdf", WORD_97[:100], True),
        ("lettre.docx", b"%PDF-1.7", False),
        ("IHE_XDM.ZIP", b"PK\x03\x04", False),
        ("lettre.pdf", b"", False),
    ],
)
def test_only_office_documents_are_looked_into(name: str, first: bytes, worth: bool) -> None:
    assert may_hold_macros(name, first) is worth


def test_a_document_with_macros_is_one_that_runs_whatever_its_name() -> None:
    for name in ("lettre.docx", "lettre.doc", "bilan.xls"):
        assert danger(name, macros=True) is Danger.RUNS
        assert danger(name) is Danger.NONE
    assert danger("lettre.pdf.exe", macros=True) is Danger.DISGUISED


@given(
    st.binary(max_size=2_000), st.sampled_from((b"", b"PK\x03\x04", DOCX, DOCX[:200], WORD_97[:512], DOCX_MACROS[4:]))
)
def test_no_octets_make_it_fail(data: bytes, start: bytes) -> None:
    macros_job(start + data, {})
    macros_job(data + start, {})


@given(st.integers(0, len(DOCX_MACROS) - 1), st.integers(0, 255))
def test_no_damage_makes_it_fail(place: int, octet: int) -> None:
    data = bytearray(DOCX_MACROS)
    data[place] = octet
    macros_job(bytes(data), {})


async def test_the_worker_looks() -> None:
    worker = ProcessWorker()
    try:
        assert (await worker.run("macros", Macros, WORD_97_MACROS)).found
        assert not (await worker.run("macros", Macros, DOCX)).found
    finally:
        await worker.close()
