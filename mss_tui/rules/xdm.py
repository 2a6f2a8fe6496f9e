"""The forms that the référentiel asks of a message with an XDM archive: subject, PDF name, X-MSS headers.

ECO.2.1.3, ECO.2.1.6, ECO.2.4.1 and ECO.2.4.2 (mssante-client.md §2).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from mss_tui.model.facts import DocumentFact

PREFIX = "XDM/1.0/DDM+"
LABEL_LENGTH = 40
_FORM = re.compile(
    r"XDM/1\.0/DDM\+(?:\[[^\]]{1,40}\] )?(?:\d+ documents|.{1,40}?) [A-Z][A-Z' -]* [^\W\d][^\d]*(?: \d\d/\d\d/\d{4})?\Z"
)
_PDF = re.compile(r"\d{8}[^_]{0,60}_[^_]{1,40}_[^_]+_[^_]+(?:_[^_]+)?\.pdf\Z", re.IGNORECASE)
_ARCHIVE = re.compile(r"ihe[_-]xdm[^/]*\.zip\Z", re.IGNORECASE)


def is_archive(name: str) -> bool:
    """Is an attachment of this name an XDM archive (IHE_XDM.zip, whatever the case)?"""
    return _ARCHIVE.match(name.strip()) is not None


def plain(text: str) -> str:
    """`text` without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def subject_of(documents: Sequence[DocumentFact]) -> str:
    """The subject that an archive asks for; empty where its patient is not known."""
    first = documents[0]
    if not first.birth_name or not first.given:
        return ""
    label = f"{len(documents)} documents" if len(documents) > 1 else (first.type_label or first.title)[:LABEL_LENGTH]
    given = plain(first.given.split(" ")[0])
    parts = (label.strip(), plain(first.birth_name).upper(), given, first.birth_date)
    return PREFIX + " ".join(part for part in parts if part)


def subject_fits(subject: str, documents: Sequence[DocumentFact]) -> bool:
    """Has the subject the form asked for, and does it name the archive's patient? The birth date may be left out."""
    text = plain(subject.strip())
    first = documents[0] if documents else None
    if _FORM.match(text) is None:
        return False
    if first is None or not first.birth_name:
        return True
    words = re.findall(r"\w+", text.upper())
    return all(word in words for word in re.findall(r"\w+", plain(first.birth_name).upper()))


def pdf_name_fits(name: str) -> bool:
    """Has a PDF's name the form `AAAAMMJJ_type_NOM_prénom[_dossier].pdf`?"""
    return _PDF.match(name) is not None


def pdf_name_of(document: DocumentFact) -> str:
    """The name asked for of a document's PDF; empty where something of it is not known."""
    day = re.sub(r"\D", "", document.act_date)[:8]
    label = (document.type_label or document.title)[:LABEL_LENGTH].replace("_", " ").strip()
    if len(day) != 8 or not (label and document.birth_name and document.given):
        return ""
    return f"{day}_{label}_{document.birth_name.upper()}_{document.given.split(' ')[0]}.pdf".replace("/", "-")


def headers_of(documents: Sequence[DocumentFact]) -> dict[str, str]:
    """X-MSS-CODECDA and X-MSS-INS of an archive: its codes, and "O" when matricule, OID and four traits are there."""
    codes = ",".join(dict.fromkeys(d.type_code for d in documents if d.type_code))
    complete = all(d.ins and d.oid and d.birth_name and d.given and d.birth_date and d.sex for d in documents)
    return {"X-MSS-CODECDA": codes, "X-MSS-INS": "O" if complete else "N"} if documents else {}
