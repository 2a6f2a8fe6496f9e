"""An XDM archive from its bytes: what METADATA says, what the files are, and where the two differ (documents.md §1)."""

from __future__ import annotations

import hashlib
import posixpath

from mss_tui.documents.archive import ZipEntries, read_zip
from mss_tui.documents.cda import read_cda
from mss_tui.documents.fault import DocumentFault
from mss_tui.documents.metadata import MetadataEntry, read_metadata
from mss_tui.model.document import Archive, Cda, XdmEntry
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean

METADATA = "metadata.xml"


def read_xdm(data: bytes) -> Archive:
    """Every document of an archive, each with its CDA where it is one.

    The CDA is believed over METADATA. A document that cannot be read has a `fault` and does not hide the others.

    Raises:
        DocumentFault: it is no archive that can be read, or no XDM archive.
    """
    files = read_zip(data)
    names = sorted(n for n in files if posixpath.basename(n).casefold() == METADATA)
    if not names:
        raise DocumentFault(
            say("Cette archive n'est pas une archive XDM (pas de METADATA.XML)."),
            remedy=say("Enregistrez-la pour l'ouvrir autrement, si l'expéditeur est sûr."),
        )
    warnings = list(files.warnings)
    documents: list[XdmEntry] = []
    for name in names:
        metadata = read_metadata(files[name])
        uniques = {entry.id: entry.unique_id for entry in metadata.entries}
        for entry in metadata.entries:
            replaced = metadata.replaces.get(entry.id, "")
            documents.append(_document(files, name, entry, uniques.get(replaced) or replaced))
    if not documents:
        warnings.append(say("METADATA.XML ne décrit aucun document."))
    for document in documents:
        warnings += _differences(document)
    if len({p for d in documents if (p := _patient_of(d))}) > 1:
        warnings.append(say("Cette archive concerne plusieurs patients : un seul est admis (ECO.2.1.1)."))
    return Archive(tuple(documents), files.count, tuple(warnings))


def _document(files: ZipEntries, metadata: str, entry: MetadataEntry, replaces: str) -> XdmEntry:
    file = case_exact = None
    wanted = _resolve(metadata, entry.uri)
    if wanted is not None:
        file = files.find(wanted)
        case_exact = file == wanted
    content = files[file] if file is not None else b""
    cda, fault = _read(content, entry) if file is not None else (None, _missing(entry))
    hash_, size = entry.slot("hash"), entry.slot("size")
    return XdmEntry(
        metadata=clean(metadata, 200),
        file=clean(file or "", 200),
        title=cda.header.title if cda is not None and cda.header.title else entry.title,
        type=cda.header.code if cda is not None and cda.header.code.code else entry.code("typeCode"),
        class_code=entry.code("classCode"),
        format=entry.code("formatCode"),
        confidentiality=tuple(code for name, code in entry.codes if name == "confidentialityCode"),
        patient_id=entry.patient_id,
        mime_type=entry.mime_type,
        size=len(content),
        hash_ok=_same_hash(hash_, content) if hash_ and file is not None else None,
        size_ok=size.strip() == str(len(content)) if size and file is not None else None,
        case_exact=bool(case_exact),
        action=entry.action,
        replaces=replaces,
        unique_id=entry.unique_id,
        slots=tuple(entry.slots.items()),
        codes=entry.codes,
        cda=cda,
        fault=fault,
    )


def _resolve(metadata: str, uri: str) -> str | None:
    """The entry that a URI names, relative to its METADATA; None when it leaves the archive."""
    if not uri or uri.startswith("/") or "\\" in uri:
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(metadata), uri))
    return None if path.startswith("..") else path


def _missing(entry: MetadataEntry) -> Phrase:
    if not entry.uri:
        return say("METADATA ne dit pas quel fichier est ce document.")
    return say("Le fichier « {uri} » annoncé par METADATA n'est pas dans l'archive.", uri=clean(entry.uri, 120))


def _read(content: bytes, entry: MetadataEntry) -> tuple[Cda | None, Phrase | None]:
    if "xml" not in entry.mime_type and not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return None, None
    try:
        return read_cda(content), None
    except DocumentFault as fault:
        return None, fault.what


def _same_hash(written: str, content: bytes) -> bool:
    return written.strip().lower() == hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _patient_of(document: XdmEntry) -> str:
    if document.cda is not None and document.cda.header.patient.ins:
        return document.cda.header.patient.ins
    return document.patient_id.partition("^")[0]


def _differences(document: XdmEntry) -> list[Phrase]:
    found: list[Phrase] = []
    name = document.file or document.title
    if document.fault is not None:
        found.append(document.fault)
    if document.hash_ok is False or document.size_ok is False:
        found.append(
            say("« {name} » n'est pas celui que METADATA annonce : empreinte ou taille différente.", name=name)
        )
    if document.cda is not None:
        found += document.cda.warnings
        said = document.patient_id.partition("^")[0]
        known = {i.extension for i in document.cda.header.patient.ids}
        if said and known and said not in known:
            found.append(say("« {name} » : le patient de METADATA n'est pas celui du document.", name=name))
        elif _other_name(document, document.cda):
            found.append(say("« {name} » : le nom du patient diffère entre METADATA et le document.", name=name))
    return found


def _other_name(document: XdmEntry, cda: Cda) -> bool:
    """Is the birth name of METADATA (PID-5, type L) another than the document's?"""
    told = dict(document.slots).get("sourcePatientInfo", ())
    names = [value[len("PID-5|") :] for value in told if value.startswith("PID-5|") and value.endswith("^L")]
    written = names[0].partition("^")[0].strip() if names else ""
    known = {cda.header.patient.birth_name.casefold(), cda.header.patient.used_name.casefold()} - {""}
    return bool(written and known) and written.casefold() not in known
