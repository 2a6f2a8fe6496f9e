"""A level 1 CDA around a PDF: the header that the ANS asks, and nothing that was not given (documents.md §4.4)."""

from __future__ import annotations

import base64
from datetime import datetime

from lxml import etree

from mss_tui.documents.check import N1_TEMPLATES
from mss_tui.documents.flavors import given
from mss_tui.documents.form import LOINC, DocumentForm, sector_named, validate
from mss_tui.documents.make import Maker
from mss_tui.documents.xml import HL7
from mss_tui.errors import UsageError
from mss_tui.model.document import Coded, Identifier, Patient
from mss_tui.model.paris import PARIS
from mss_tui.phrase import say

PERSONS, STRUCTURES = "1.2.250.1.71.4.2.1", "1.2.250.1.71.4.2.2"
_E = Maker(HL7, {None: HL7, "xsi": "http://www.w3.org/2001/XMLSchema-instance"})
_SEX = {"M": "Masculin", "F": "Féminin"}


def stamp(moment: datetime) -> str:
    """An HL7 TS with its offset, Paris time."""
    return moment.astimezone(PARIS).strftime("%Y%m%d%H%M%S%z")


def cda_of_pdf(form: DocumentForm, pdf: bytes) -> bytes:
    """A CDA N1 that holds `pdf`.

    Raises:
        UsageError: something is missing from the form, or the file is no PDF.
    """
    validate(form)
    if not pdf.startswith(b"%PDF-"):
        raise UsageError(
            say("Le fichier n'est pas un PDF."), remedy=say("Un document CDA de niveau 1 contient un PDF.")
        )
    body = _E.text(base64.b64encode(pdf).decode("ascii"), mediaType="application/pdf", representation="B64")
    document = _E.ClinicalDocument(
        _E.realmCode(code="FR"),
        _E.typeId(root="2.16.840.1.113883.1.3", extension="POCD_HD000040"),
        *(_E.templateId(root=root) for root in N1_TEMPLATES),
        _E.id(root=form.id),
        _coded("code", form.type, "LOINC" if form.type.system == LOINC else ""),
        _E.title(form.title),
        _E.effectiveTime(value=stamp(form.made)),
        _E.confidentialityCode(code="N", displayName="Normal", codeSystem="2.16.840.1.113883.5.25"),
        _E.languageCode(code="fr-FR"),
        _id("setId", form.set_id),
        _E.versionNumber(value=str(form.version)),
        _E.recordTarget(_patient(form.patient)),
        _author(form),
        _E.custodian(_E.assignedCustodian(_structure(form, "representedCustodianOrganization", contact=True))),
        _E.legalAuthenticator(
            _E.time(value=stamp(form.made)),
            _E.signatureCode(code="S"),
            _E.assignedEntity(_signer(form), _person(form)),
        ),
        _act(form),
        *([_replaced(form.replaces)] if form.replaces is not None else []),
        _encounter(form),
        _E.component(_E.nonXMLBody(body)),
    )
    octets: bytes = etree.tostring(document, encoding="UTF-8", xml_declaration=True)
    return octets


def _coded(tag: str, code: Coded, system_name: str = "") -> etree._Element:
    named = {"codeSystemName": system_name} if system_name else {}
    return _E(tag, code=code.code, displayName=str(code.label), codeSystem=code.system, **named)


def _id(tag: str, identifier: Identifier) -> etree._Element:
    more = {"extension": identifier.extension} if identifier.extension else {}
    return _E(tag, root=identifier.root, **more)


def _unsaid(tag: str) -> etree._Element:
    return _E(tag, nullFlavor="NASK")


def _patient(patient: Patient) -> etree._Element:
    ids = [Identifier(patient.ins_oid, patient.ins)] if patient.ins else []
    ids += [i for i in patient.ids if i not in ids and i.extension]
    name = _E.name(_E.family(str(patient.birth_name), qualifier="BR"))
    for tag, value, qualifier in (
        ("given", patient.birth_givens, ""),
        ("given", patient.birth_given, "BR"),
        ("family", patient.used_name, "CL"),
        ("given", patient.used_given, "CL"),
    ):
        if given(value):
            name.append(_E(tag, str(value), **({"qualifier": qualifier} if qualifier else {})))
    if patient.sex in _SEX:
        sex = _E.administrativeGenderCode(
            code=str(patient.sex), displayName=_SEX[patient.sex], codeSystem="2.16.840.1.113883.5.1"
        )
    else:
        sex = _E.administrativeGenderCode(nullFlavor="UNK")
    known = given(patient.birth_date)
    born = _E.birthTime(value=str(patient.birth_date)) if known else _E.birthTime(nullFlavor="UNK")
    person = _E.patient(name, sex, born)
    if given(patient.birth_county):
        place = _E.addr(_E.county(str(patient.birth_county)))
        if given(patient.birth_city):
            place.append(_E.city(str(patient.birth_city)))
        person.append(_E.birthplace(_E.place(place)))
    return _E.patientRole(*(_id("id", i) for i in ids), _unsaid("addr"), _unsaid("telecom"), person)


def _signer(form: DocumentForm) -> etree._Element:
    return _E.id(root=PERSONS, extension=f"8{form.author.rpps}")


def _person(form: DocumentForm) -> etree._Element:
    author = form.author
    name = _E.name()
    for tag, value in (("given", author.given), ("family", author.family), ("suffix", author.title.upper())):
        if value.strip():
            name.append(_E(tag, value.strip()))
    return _E.assignedPerson(name)


def structure_id(written: str) -> str:
    """An identifier of a structure with its type before it: "1" is a FINESS of nine characters."""
    return f"1{written}" if len(written) == 9 else written


def _structure(form: DocumentForm, tag: str, *, contact: bool = False) -> etree._Element:
    author = form.author
    found = _E(tag, _E.id(root=STRUCTURES, extension=structure_id(author.structure_id)), _E.name(author.structure))
    if contact:
        found.extend([_unsaid("telecom"), _unsaid("addr")])
    return found


def _author(form: DocumentForm) -> etree._Element:
    author = form.author
    telecom = _E.telecom(value=f"mailto:{author.address}", use="WP") if author.address else _unsaid("telecom")
    entity = _E.assignedAuthor(_signer(form))
    if author.speciality is not None:
        entity.append(_coded("code", author.speciality))
    entity.extend([_unsaid("addr"), telecom, _person(form), _structure(form, "representedOrganization")])
    return _E.author(_E.time(value=stamp(form.made)), entity)


def _act(form: DocumentForm) -> etree._Element:
    _, setting = sector_named(form.sector)
    structure = _structure(form, "representedOrganization")
    structure.append(_coded("standardIndustryClassCode", setting))
    entity = _E.assignedEntity(_signer(form), _person(form), structure)
    return _E.documentationOf(
        _E.serviceEvent(_E.effectiveTime(_E.low(value=stamp(form.act))), _E.performer(entity, typeCode="PRF"))
    )


def _replaced(earlier: Identifier) -> etree._Element:
    return _E.relatedDocument(_E.parentDocument(_id("id", earlier)), typeCode="RPLC")


def _encounter(form: DocumentForm) -> etree._Element:
    sector, _ = sector_named(form.sector)
    facility = _E.healthCareFacility(
        _E.id(root=STRUCTURES, extension=structure_id(form.author.structure_id)), _coded("code", sector)
    )
    return _E.componentOf(
        _E.encompassingEncounter(_E.effectiveTime(_E.low(value=stamp(form.act))), _E.location(facility))
    )
