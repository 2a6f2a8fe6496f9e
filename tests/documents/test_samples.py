"""The 56 samples beside the checkout, against values extracted independently. Skipped where they are not."""

from __future__ import annotations

import hashlib
import html
import json
from pathlib import Path
from typing import Any

import pytest

from mss_tui.documents.cda import read_cda
from mss_tui.documents.fault import DocumentFault
from mss_tui.documents.xdm import read_xdm
from mss_tui.model.document import Cda, Coded, Identifier, XdmEntry
from mss_tui.text import clean

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "xdm"
EXPECTED: dict[str, Any] = (
    json.loads((SAMPLES / "expected.json").read_text("utf-8")) if (SAMPLES / "expected.json").exists() else {}
)
pytestmark = pytest.mark.skipif(not EXPECTED, reason="the samples are not beside this checkout")

NOT_COMPARED = {
    "narrative_chars": "counted on raw XML text; ours is laid out, so only its presence is compared",
    "entries": "of a refused archive there are none",
}
READ_BETTER = {
    ("cda-fr/CNAM-HR_2021.01_sans-info.xml", "author"): "the author is a device, which the other extraction left out",
    ("xdm-intl/NIST_Medicity.zip", "file"): "named by an attribute, which the other extraction did not look at",
    ("xdm-intl/NIST_Medicity.zip", "sha1_ok"): "as above",
    ("xdm-intl/NIST_Medicity.zip", "size_ok"): "as above",
    ("xdm-intl/NIST_Medicity.zip", "case_exact"): "as above",
}
BELIEVED_BY_NOBODY = {
    "malformed-synthetic/duplicate_entry.zip": "a name given twice: one tool reads one document, another the other",
    "malformed-synthetic/cda_xxe.zip": "a DOCTYPE is refused before anything is read",
}


def pair(code: Coded | None) -> list[str] | None:
    return None if code is None else [code.code, code.system]


def ident(value: Identifier | None) -> list[str | None] | None:
    return None if value is None else [value.root, value.extension or None]


def flat(text: str | None) -> str:
    """As it may be shown: sanitised, escaped once less where it was escaped twice (Epic), blanks aside."""
    return " ".join(clean(html.unescape(text or "")).split())


def names(cda: Cda, wanted: list[list[str | None]]) -> None:
    """Each name that was extracted is one that we show, under its qualifier."""
    patient = cda.header.patient
    shown = {
        ("family", "BR"): patient.birth_name, ("given", "BR"): patient.birth_given,
        ("given", None): patient.birth_givens,
        ("family", "CL"): patient.used_name, ("given", "CL"): patient.used_given, ("family", "SP"): patient.used_name,
        ("family", None): patient.birth_name,
    }  # fmt: skip
    several = {q for tag, q, _ in wanted if [(t, p) for t, p, _ in wanted].count((tag, q)) > 1}
    for tag, qualifier, text in wanted:
        if (tag, qualifier) in shown and text and qualifier not in several:
            assert flat(shown[str(tag), qualifier]) == flat(text), (tag, qualifier)


def compare_cda(name: str, cda: Cda, wanted: dict[str, Any]) -> None:
    header = cda.header
    whole = [file for file in cda.embedded if not file.fault]
    found = {
        "root": header.root,
        "level": header.level.value,
        "id": ident(header.id),
        "code": header.code.code or None,
        "title": flat(header.title) or None,
        "effectiveTime": header.effective or None,
        "version": header.version or None,
        "confidentiality": header.confidentiality.code or None,
        "patient_ids": [ident(i) for i in header.patient.ids],
        "birthTime": header.patient.birth_date or None,
        "sex": header.patient.sex or None,
        "birthplace_county": header.patient.birth_county or None,
        "author_id": ident(header.authors[0].id) if header.authors else None,
        "author": flat(header.authors[0].name) if header.authors else None,
        "author_org": flat(header.authors[0].structure) or None if header.authors else None,
        "custodian": flat(header.custodian) or None,
        "related": [[r.type, [ident(i) for i in r.ids]] for r in header.related],
        "service_start": header.service_start or None,
        "section_titles": [flat(b.heading.text) for b in cda.blocks if b.heading is not None],
        "embedded": [[e.media_type, len(e.data), hashlib.sha1(e.data).hexdigest()] for e in whole],
    }
    for key, value in wanted.items():
        if key in NOT_COMPARED or (name, key) in READ_BETTER:
            continue
        if key == "names":
            names(cda, value)
        elif key == "embedded":
            assert found[key] == [e for e in value if e[1] != "ERROR"]
        elif key == "section_titles":
            assert found[key] == [flat(t) for t in value if flat(t)]
        elif isinstance(value, str):
            assert flat(str(found[key])) == flat(value), key
        elif key == "patient_ids":
            assert found[key] == [one for one in value if one[0]]  # a null identifier names nobody
        else:
            assert found[key] == value or (not found[key] and not value), key
    assert bool(cda.blocks) >= bool(wanted.get("narrative_chars")), "narrative"


def compare_entry(name: str, entry: XdmEntry, wanted: dict[str, Any]) -> None:
    believed = name not in BELIEVED_BY_NOBODY
    slots = {name: list(values) for name, values in entry.slots}
    found = {
        "metadata": entry.metadata, "title": flat(entry.cda.header.title if entry.cda else entry.title),
        "classCode": pair(entry.class_code), "formatCode": pair(entry.format), "patientId": entry.patient_id or None,
        "file": entry.file or None, "sha1_ok": entry.hash_ok, "size_ok": entry.size_ok, "case_exact": entry.case_exact,
    }  # fmt: skip
    for key, value in wanted.items():
        if (name, key) in READ_BETTER:
            continue
        if key == "cda":
            if believed:
                assert entry.cda is not None
                compare_cda(name, entry.cda, value)
        elif key == "cda_error":
            assert entry.cda is None
        elif key == "slots":
            assert {n: [flat(v) for v in vs] for n, vs in slots.items()} == {
                n: [flat(v) for v in vs] for n, vs in value.items()
            }
        elif key == "title":
            assert found[key] == flat(value) or entry.cda is not None  # the CDA's own title is believed, and compared
        elif key.endswith("Code"):
            first = next((pair(code) for name, code in entry.codes if name == key), None)
            assert first == value or not value, key
        elif key == "patientId":
            assert flat(entry.patient_id) == flat(value)
        elif believed or key not in ("file", "sha1_ok", "size_ok", "case_exact"):
            assert found[key] == value or (not found[key] and not value), key


@pytest.mark.parametrize("name", EXPECTED)
def test_every_field_is_the_one_extracted_independently(name: str) -> None:
    wanted, data = EXPECTED[name], (SAMPLES / name).read_bytes()
    if name == "malformed-synthetic/bomb_ratio.zip":
        assert "hors de toute proportion" in str(read_xdm(data).warnings[0])
        return
    if "error" in wanted or wanted.get("documents") == []:
        with pytest.raises(DocumentFault):
            read_xdm(data)
        return
    if "documents" not in wanted:
        compare_cda(name, read_cda(data), wanted)
        return
    archive = read_xdm(data)
    assert archive.entries == wanted["entries"]
    assert len(archive.documents) == len(wanted["documents"])
    for entry, one in zip(archive.documents, wanted["documents"], strict=True):
        compare_entry(name, entry, one)
