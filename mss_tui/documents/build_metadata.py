"""METADATA.XML, written from the CDA documents themselves so that it cannot say otherwise (documents.md §1.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NoReturn

from lxml import etree

from mss_tui.documents.cda import read_cda
from mss_tui.documents.cda_header import INS_OIDS, coded, find_document
from mss_tui.documents.form import class_named, class_of
from mss_tui.documents.hl7 import bare, cx, utc, xcn
from mss_tui.documents.make import Maker
from mss_tui.documents.metadata import PATIENT_ID, SCHEMES, UNIQUE_ID
from mss_tui.documents.xml import NS, one_line, parse
from mss_tui.errors import UsageError
from mss_tui.model.document import Cda, Coded, Identifier, Level
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass

_RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
_LCM = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
_REGREP = "urn:oasis:names:tc:ebxml-regrep"
_E = Maker(_RIM, {"lcm": _LCM, None: _RIM})
_SCHEME = {name: scheme for scheme, name in SCHEMES.items()}
_ENTRY_AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
_SET_AUTHOR = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
_SET_CONTENT = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500"
_SET_NODE = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
_SET_IDS = {
    "patientId": "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446",
    "sourceId": "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832",
    "uniqueId": "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8",
}
_ENTRY_TYPE = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
_ACTION = "urn:action:extraMetadataSlot"
_PDF = Coded("urn:ihe:iti:xds-sd:pdf:2008", "1.3.6.1.4.1.19376.1.2.3")
_TEXT = Coded("urn:ihe:iti:xds-sd:text:2008", "1.3.6.1.4.1.19376.1.2.3")
_NO_MODEL = Coded("urn:asipSante:modelesHorsProfils:2011", "1.2.250.1.213.1.1.4.2.282")


@dataclass(frozen=True, slots=True)
class Described:
    """A document to put into an archive: its octets, what was read of them, and what the sender says of it.

    `class_code` is asked where the table does not know the type. `action`: "C" replaces, "D" asks for deletion.
    `given_format` is that of the METADATA it came with: a level 3 format cannot be told from the CDA without ASS_A11.
    """

    content: bytes
    cda: Cda
    root: etree._Element
    class_code: Coded
    action: str = ""
    given_format: Coded | None = None


def described(
    content: bytes, *, class_code: str = "", action: str = "", given_format: Coded | None = None
) -> Described:
    """A ready CDA as an archive describes it.

    Raises:
        UsageError: it is no CDA, or its class has to be named.
    """
    cda = read_cda(content)
    found = class_named(class_code) if class_code else class_of(cda.header.code.code)
    if found is None:
        raise UsageError(
            say("La classe du type « {code} » n'est pas dans la table.", code=cda.header.code.code),
            remedy=say("Nommez-la (10 compte rendu, 11 synthèse, 42 prescription…)."),
        )
    return Described(content, cda, find_document(parse(content)), found, action, given_format)


def metadata(documents: Sequence[Described], *, now: datetime, source_id: str, unique_id: str) -> bytes:
    """METADATA.XML of `documents`, which become DOC0001.XML and so on.

    Raises:
        UsageError: a document lacks what METADATA must say; the sentence names it.
    """
    ids = _Ids()
    first = documents[0]
    title = str(first.cda.header.title) if len(documents) == 1 else f"{len(documents)} documents"
    objects = [_submission(ids, first, title, now, source_id, unique_id)]
    objects += [_entry(ids, number, document) for number, document in enumerate(documents, 1)]
    objects += [_member(ids, number) for number in range(1, len(documents) + 1)]
    root = Maker(_LCM, {"lcm": _LCM, None: _RIM}).SubmitObjectsRequest(_E.RegistryObjectList(*objects))
    octets: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return octets


class _Ids:
    """Identifiers inside one METADATA.XML."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        self._last += 1
        return f"id{self._last:03d}"


def _slot(name: str, *values: str) -> etree._Element:
    return _E.Slot(_E.ValueList(*(_E.Value(value) for value in values)), name=name)


def _name(text: str) -> etree._Element:
    string = _E.LocalizedString(charset="UTF8", value=text)
    string.set("{http://www.w3.org/XML/1998/namespace}lang", "FR")
    return _E.Name(string)


def _classified(ids: _Ids, of: str, scheme: str, node: str, *inside: etree._Element) -> etree._Element:
    return _E.Classification(
        *inside,
        id=ids.next(),
        classificationScheme=scheme,
        classifiedObject=of,
        nodeRepresentation=node,
        objectType=f"{_REGREP}:ObjectType:RegistryObject:Classification",
    )


def _coded(ids: _Ids, of: str, scheme: str, code: Coded) -> etree._Element:
    return _classified(
        ids, of, scheme, code.code, _slot("codingScheme", code.system), _name(str(code.label) or code.code)
    )


def _identified(ids: _Ids, of: str, scheme: str, value: str, name: str) -> etree._Element:
    return _E.ExternalIdentifier(
        _name(name),
        id=ids.next(),
        registryObject=of,
        identificationScheme=scheme,
        objectType=f"{_REGREP}:ObjectType:RegistryObject:ExternalIdentifier",
        value=value,
    )


def _patient_id(document: Described) -> str:
    patient = document.cda.header.patient
    if patient.ins:
        return cx(Identifier(patient.ins_oid, patient.ins))
    local = next((i for i in patient.ids if i.extension), None)
    return cx(local) if local is not None else _lacks(say("d'identifiant du patient"))


def _source_patient_id(document: Described) -> str:
    own = next((i for i in document.cda.header.patient.ids if i.extension and i.root not in INS_OIDS), None)
    return cx(own) if own is not None else _patient_id(document)


def _author(ids: _Ids, of: str, scheme: str, author: etree._Element) -> etree._Element:
    entity = author.find("h:assignedAuthor", NS)
    slots: list[etree._Element] = []
    structure = None if entity is None else entity.find("h:representedOrganization", NS)
    if structure is not None:
        own = structure.find("h:id", NS)
        root, number = ("", "") if own is None else (own.get("root", ""), own.get("extension", ""))
        named = bare(one_line(structure.find("h:name", NS)))
        slots.append(_slot("authorInstitution", f"{named}^^^^^&{root}&ISO^IDNST^^^{bare(number)}"))
    person = xcn(entity)
    if person:
        slots.append(_slot("authorPerson", person))
    role = author.find("h:functionCode", NS)
    if role is not None and role.get("displayName"):
        slots.append(_slot("authorRole", role.get("displayName", "")))
    code = coded(None if entity is None else entity.find("h:code", NS))
    if code is not None and code.code:
        slots.append(_slot("authorSpecialty", f"{bare(code.code)}^{bare(code.label)}^{code.system}"))
    return _classified(ids, of, scheme, "", *slots)


def _authors(document: Described) -> Iterable[etree._Element]:
    found = document.root.findall("h:author", NS)
    if not found:
        _lacks(say("d'auteur"))
    return found


def _lacks(what: Phrase) -> NoReturn:
    raise UsageError(
        say("Le document n'a pas {what}, que METADATA doit dire.", what=what),
        meaning=say("L'archive n'a pas été fabriquée."),
        remedy=say("Complétez le document."),
    )


def _asked(document: Described, path: str, what: Phrase) -> Coded:
    code = coded(document.root.find(path, NS))
    if code is None or not code.code:
        _lacks(what)
    return code


_FACILITY = "h:componentOf/h:encompassingEncounter/h:location/h:healthCareFacility/h:code"
_SETTING = "h:documentationOf/h:serviceEvent/h:performer/h:assignedEntity/h:representedOrganization/"


def _format(document: Described) -> Coded:
    if document.cda.header.level is Level.N1:
        text = any(file.media_type.startswith("text/") for file in document.cda.embedded)
        return _TEXT if text else _PDF
    given = document.given_format
    return given if given is not None and given.code and given.system else _NO_MODEL


def _submission(
    ids: _Ids, first: Described, title: str, now: datetime, source_id: str, unique_id: str
) -> etree._Element:
    of = "SubmissionSet01"
    values = {"patientId": _patient_id(first), "sourceId": source_id, "uniqueId": unique_id}
    return _E.RegistryPackage(
        _slot("submissionTime", now.astimezone(UTC).strftime("%Y%m%d%H%M%S")),
        _name(title),
        *(_author(ids, of, _SET_AUTHOR, author) for author in list(_authors(first))[:1]),
        _coded(ids, of, _SET_CONTENT, first.cda.header.code),
        *(_identified(ids, of, _SET_IDS[n], value, f"XDSSubmissionSet.{n}") for n, value in values.items()),
        _E.Classification(
            id=ids.next(),
            classifiedObject=of,
            classificationNode=_SET_NODE,
            objectType=f"{_REGREP}:ObjectType:RegistryObject:Classification",
        ),
        id=of,
    )


def _patient_info(document: Described) -> list[str]:
    p = document.cda.header.patient
    others = " ".join(p.birth_givens.split()[1:]) if p.birth_givens else ""
    lines = [f"PID-5|{bare(p.birth_name)}^{bare(p.birth_given or p.birth_givens)}^{bare(others)}^^^^L"]
    if p.used_name:
        lines.append(f"PID-5|{bare(p.used_name)}^{bare(p.used_given or p.birth_given)}^^^^^D")
    lines += [f"PID-7|{p.birth_date}"] if p.birth_date.isdigit() else []
    lines += [f"PID-8|{p.sex}"] if len(p.sex) == 1 else []
    lines += [f"PID-11|^^^^^^BDL^^{bare(p.birth_county)}"] if p.birth_county else []
    return lines


def _entry(ids: _Ids, number: int, document: Described) -> etree._Element:
    of = f"Document{number:02d}"
    header = document.cda.header
    signer = xcn(document.root.find("h:legalAuthenticator/h:assignedEntity", NS))
    started = utc(header.service_start)
    stopped = document.root.find("h:documentationOf/h:serviceEvent/h:effectiveTime/h:high", NS)
    slots = {
        "creationTime": utc(header.effective) or _lacks(say("de date")),
        "hash": hashlib.sha1(document.content, usedforsecurity=False).hexdigest().upper(),
        "languageCode": "fr-FR",
        "legalAuthenticator": signer or _lacks(say("de responsable (legalAuthenticator)")),
        "serviceStartTime": started or _lacks(say("de date d'acte")),
        "serviceStopTime": utc(stopped.get("value", "")) if stopped is not None else "",
        "size": str(len(document.content)),
        "sourcePatientId": _source_patient_id(document),
        "URI": f"DOC{number:04d}.XML",
        _ACTION: document.action,
    }
    own = header.id
    unique = (f"{own.root}^{own.extension}" if own.extension else own.root) if own else _lacks(say("d'identifiant"))
    codes = (
        ("classCode", document.class_code),
        ("confidentialityCode", header.confidentiality),
        ("formatCode", _format(document)),
        ("healthcareFacilityTypeCode", _asked(document, _FACILITY, say("de secteur d'activité"))),
        ("practiceSettingCode", _asked(document, _SETTING + "h:standardIndustryClassCode", say("de cadre d'exercice"))),
        ("typeCode", header.code),
    )
    acts = [coded(e) for e in document.root.findall("h:documentationOf/h:serviceEvent/h:code", NS)]
    return _E.ExtrinsicObject(
        *(_slot(name, value) for name, value in slots.items() if value),
        _slot("sourcePatientInfo", *_patient_info(document)),
        _name(header.title or _lacks(say("de titre"))),
        *(_author(ids, of, _ENTRY_AUTHOR, author) for author in _authors(document)),
        *(_coded(ids, of, _SCHEME[attribute], code) for attribute, code in codes),
        *(_coded(ids, of, _SCHEME["eventCodeList"], act) for act in acts if act is not None and act.code),
        _identified(ids, of, PATIENT_ID, _patient_id(document), "XDSDocumentEntry.patientId"),
        _identified(ids, of, UNIQUE_ID, unique, "XDSDocumentEntry.uniqueId"),
        id=of,
        mimeType="text/xml" if header.root == "ClinicalDocument" else "application/xslt+xml",
        objectType=_ENTRY_TYPE,
        status=f"{_REGREP}:StatusType:Approved",
    )


def _member(ids: _Ids, number: int) -> etree._Element:
    return _E.Association(
        _slot("SubmissionSetStatus", "Original"),
        id=ids.next(),
        associationType=f"{_REGREP}:AssociationType:HasMember",
        sourceObject="SubmissionSet01",
        targetObject=f"Document{number:02d}",
        objectType=f"{_REGREP}:ObjectType:RegistryObject:Association",
    )
