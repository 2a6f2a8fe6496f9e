"""IHE_XDM.ZIP: the archive of clinical documents that a message carries (documents.md §1.3, §1.4)."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from mss_tui.demo.documents.cda import SECTORS, cda
from mss_tui.demo.documents.clinical import INS_OID, Clinical, oid

_LCM, _RIM = (f"urn:oasis:names:tc:ebxml-regrep:xsd:{name}:3.0" for name in ("lcm", "rim"))
_OBJECT = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject"

README = """Emetteur : démonstration de mss-tui
Application de l'emetteur : mss-tui demo
Instructions : ouvrir INDEX.HTM, ou importer le dossier IHE_XDM dans un logiciel
Arborescence : IHE_XDM/SUBSET01/METADATA.XML et les documents
Patients, professionnels et structures sont inventés.
"""
INDEX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML Basic 1.0//EN" "http://www.w3.org/TR/xhtml-basic/xhtml-basic10.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>IHE_XDM</title></head>
<body><p>Démonstration de mss-tui. <a href="README.TXT">Lisez-moi</a></p></body></html>
"""


def _slot(name: str, *values: str) -> str:
    inside = "".join(f"<Value>{escape(value)}</Value>" for value in values)
    return f"<Slot name={quoteattr(name)}><ValueList>{inside}</ValueList></Slot>"


def _name(text: str, tag: str = "Name") -> str:
    return f'<{tag}><LocalizedString xml:lang="FR" charset="UTF8" value={quoteattr(text)}/></{tag}>'


class _Ids:
    """Identifiers inside one METADATA.XML."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        self._last += 1
        return f"id{self._last:03d}"


def _coded(ids: _Ids, of: str, scheme: str, code: str, system: str, label: str) -> str:
    return (
        f'<Classification id="{ids.next()}" classificationScheme="urn:uuid:{scheme}" classifiedObject="{of}" '
        f'objectType="{_OBJECT}:Classification" nodeRepresentation={quoteattr(code)}>'
        f"{_slot('codingScheme', system)}{_name(label)}</Classification>"
    )


def _identified(ids: _Ids, of: str, scheme: str, value: str, label: str) -> str:
    return (
        f'<ExternalIdentifier id="{ids.next()}" identificationScheme="urn:uuid:{scheme}" registryObject="{of}" '
        f'objectType="{_OBJECT}:ExternalIdentifier" value={quoteattr(value)}>{_name(label)}</ExternalIdentifier>'
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def _patient_id(document: Clinical) -> str:
    return f"{document.patient.ins}^^^&{INS_OID}&ISO^NH"


def _xcn(document: Clinical) -> str:
    author = document.author
    return f"8{author.rpps}^{author.family}^{author.given}^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"


def _author(ids: _Ids, of: str, scheme: str, document: Clinical) -> str:
    job, label = document.codes
    structure = document.structure
    slots = (
        _slot("authorInstitution", f"{structure.name}^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1{structure.finess}"),
        _slot("authorPerson", _xcn(document)),
        _slot("authorSpecialty", f"{job}^{label}^1.2.250.1.213.1.1.4.5"),
    )
    return (
        f'<Classification id="{ids.next()}" classificationScheme="urn:uuid:{scheme}" classifiedObject="{of}" '
        f'objectType="{_OBJECT}:Classification" nodeRepresentation="">{"".join(slots)}</Classification>'
    )


def _submission(ids: _Ids, first: Clinical, title: str) -> str:
    of = "SubmissionSet01"
    sector = first.structure.sector
    parts = (
        _slot("submissionTime", _utc(first.made)),
        _name(title),
        _author(ids, of, "a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d", first),
        _coded(ids, of, "aa543740-bdda-424e-8c96-df4873be8500", sector, "1.2.250.1.71.4.2.4", SECTORS.get(sector, "")),
        _identified(ids, of, "6b5aea1a-874d-4603-a4bc-96a0a7b38446", _patient_id(first), "XDSSubmissionSet.patientId"),
        _identified(ids, of, "554ac39e-e3fe-47fe-b233-965d2a147832", oid("source"), "XDSSubmissionSet.sourceId"),
        _identified(
            ids, of, "96fdda7c-d067-4183-912e-bf5ee74998a8", oid(first.key + "-lot"), "XDSSubmissionSet.uniqueId"
        ),
        f'<Classification id="{ids.next()}" classifiedObject="{of}" objectType="{_OBJECT}:Classification" '
        'classificationNode="urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"/>',
    )
    return f'<RegistryPackage id="{of}">{"".join(parts)}</RegistryPackage>'


def _codes(ids: _Ids, of: str, document: Clinical) -> str:
    hospital = document.structure.sector == "SA01"
    sector = document.structure.sector
    if document.structured:
        shape = ("urn:asipSante:modelesHorsProfils:2011", "1.2.250.1.213.1.1.4.2.282", "Document structuré")
    else:
        shape = ("urn:ihe:iti:xds-sd:pdf:2008", "1.3.6.1.4.1.19376.1.2.3", "Document à corps non structuré en PDF")
    place = ("ETABLISSEMENT", "Etablissement de santé") if hospital else ("AMBULATOIRE", "Ambulatoire")
    kind = document.type
    rows = (
        ("41a5887f-8865-4c09-adf7-e362475b143a", kind.class_code, "1.2.250.1.213.1.1.4.1", kind.class_label),
        ("f4f85eac-e6cb-4883-b524-f2705394840f", "N", "2.16.840.1.113883.5.25", "Normal"),
        ("a09d5840-386c-46f2-b5ad-9c3699a4309d", *shape),
        ("f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1", sector, "1.2.250.1.71.4.2.4", SECTORS.get(sector, "")),
        ("cccf5598-8b07-4b77-a05e-ae952c785ead", place[0], "1.2.250.1.213.1.1.4.9", place[1]),
        ("f0306f51-975f-434e-a61c-c59651d33983", kind.code, "2.16.840.1.113883.6.1", kind.label),
    )
    return "".join(_coded(ids, of, *row) for row in rows)


def _entry(ids: _Ids, number: int, document: Clinical, content: bytes) -> str:
    of = f"Document{number:02d}"
    who = document.patient
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    slots = [
        _slot("creationTime", _utc(document.made)),
        _slot("hash", digest),
        _slot("languageCode", "fr-FR"),
        _slot("legalAuthenticator", _xcn(document)),
        _slot("serviceStartTime", _utc(document.made)),
        _slot("size", str(len(content))),
        _slot("sourcePatientId", _patient_id(document)),
        _slot(
            "sourcePatientInfo",
            f"PID-5|{who.birth_name}^{who.given}^^^^^L",
            f"PID-5|{who.name}^{who.given}^^^^^D",
            f"PID-7|{who.born:%Y%m%d}",
            f"PID-8|{who.sex}",
            f"PID-11|^^^^^^BDL^^{who.county}",
        ),
        _slot("URI", f"DOC{number:04d}.XML"),
    ]
    if document.replaces:
        slots.append(_slot("urn:action:extraMetadataSlot", "C"))
    parts = (
        *slots,
        _name(document.title),
        _author(ids, of, "93606bcf-9494-43ec-9b4e-a7748d1a838d", document),
        _codes(ids, of, document),
        _identified(
            ids, of, "58a6f841-87b3-4a3e-92fd-a8ffeff98427", _patient_id(document), "XDSDocumentEntry.patientId"
        ),
        _identified(ids, of, "2e82c1f6-a085-4c72-9da3-8640a32e42ab", oid(document.key), "XDSDocumentEntry.uniqueId"),
    )
    return (
        f'<ExtrinsicObject id="{of}" mimeType="text/xml" status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved" '
        f'objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">{"".join(parts)}</ExtrinsicObject>'
    )


def _member(ids: _Ids, number: int) -> str:
    return (
        f'<Association id="{ids.next()}" associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember" '
        f'sourceObject="SubmissionSet01" targetObject="Document{number:02d}">'
        f"{_slot('SubmissionSetStatus', 'Original')}</Association>"
    )


def metadata(documents: Sequence[Clinical], contents: Sequence[bytes]) -> bytes:
    """METADATA.XML of documents whose files are `contents`."""
    ids = _Ids()
    title = documents[0].title if len(documents) == 1 else f"{len(documents)} documents"
    numbered = list(enumerate(zip(documents, contents, strict=True), 1))
    parts = [_submission(ids, documents[0], title)]
    parts += [_entry(ids, number, document, content) for number, (document, content) in numbered]
    parts += [_member(ids, number) for number, _ in numbered]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<lcm:SubmitObjectsRequest xmlns:lcm="{_LCM}" xmlns="{_RIM}">'
        f"<RegistryObjectList>{''.join(parts)}</RegistryObjectList></lcm:SubmitObjectsRequest>\n"
    ).encode()


def archive(documents: Sequence[Clinical]) -> bytes:
    """The ZIP; the same documents give the same bytes."""
    contents = [cda(document) for document in documents]
    entries = {
        "README.TXT": README.replace("\n", "\r\n").encode("utf-8"),
        "INDEX.HTM": INDEX.encode("utf-8"),
        "IHE_XDM/SUBSET01/METADATA.XML": metadata(documents, contents),
    }
    for number, content in enumerate(contents, 1):
        entries[f"IHE_XDM/SUBSET01/DOC{number:04d}.XML"] = content
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
