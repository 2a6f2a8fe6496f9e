"""An XDM archive to send, from ready CDA documents (documents.md §1.3). The same input gives the same octets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import escape

from mss_tui.documents.build_metadata import Described, metadata
from mss_tui.errors import UsageError
from mss_tui.model.paris import PARIS
from mss_tui.phrase import say
from mss_tui.record import dataclass

ARCHIVE_NAME = "IHE_XDM.ZIP"
FOLDER = "IHE_XDM/SUBSET01"

_README = """Emetteur :
    Structure : {institution}
    Contact : {contact}

Application de l'emetteur :
    {product}

Instructions :
    Ouvrir INDEX.HTM, ou importer le dossier IHE_XDM dans un logiciel.

Arborescence :
    IHE_XDM/SUBSET01/METADATA.XML
{files}
"""
_INDEX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML Basic 1.0//EN" "http://www.w3.org/TR/xhtml-basic/xhtml-basic10.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>IHE_XDM</title></head>
<body><h1>{institution}</h1><p><a href="README.TXT">README.TXT</a></p></body></html>
"""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends an archive: institution, a contact, the sending system's OID, an OID for this submission; when."""

    institution: str
    contact: str
    product: str
    source_id: str
    unique_id: str
    now: datetime


def archive(documents: Sequence[Described], envelope: Envelope) -> bytes:
    """The ZIP of `documents`.

    Raises:
        UsageError: there is none, they concern several patients (ECO.2.1.1), or one lacks what METADATA must say.
    """
    if not documents:
        raise UsageError(say("Une archive contient au moins un document."))
    if len({d.cda.header.patient.ins or str(d.cda.header.patient.ids[:1]) for d in documents}) > 1:
        raise UsageError(
            say("Ces documents concernent plusieurs patients : un message, un patient (ECO.2.1.1)."),
            remedy=say("Faites un message pour chacun."),
        )
    names = [f"{FOLDER}/DOC{number:04d}.XML" for number in range(1, len(documents) + 1)]
    readme = _README.format(
        institution=envelope.institution,
        contact=envelope.contact,
        product=envelope.product,
        files="\n".join(f"    {name}" for name in names),
    )
    described = metadata(documents, now=envelope.now, source_id=envelope.source_id, unique_id=envelope.unique_id)
    entries = {
        "README.TXT": readme.replace("\n", "\r\n").encode("utf-8"),
        "INDEX.HTM": _INDEX.format(institution=escape(envelope.institution)).encode("utf-8"),
        f"{FOLDER}/METADATA.XML": described,
        **{name: document.content for name, document in zip(names, documents, strict=True)},
    }
    day = envelope.now.astimezone(PARIS).timetuple()[:6]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(zipfile.ZipInfo(name, day), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
