"""The header of a CDA-FR document (documents.md §2.1)."""

from __future__ import annotations

from lxml import etree

from mss_tui.documents.fault import DocumentFault
from mss_tui.documents.xml import HL7, NS, XSI_TYPE, local, one_line, value_or_flavor
from mss_tui.model.document import (
    NOTHING,
    Author,
    CdaHeader,
    Coded,
    Identifier,
    Level,
    Patient,
    Related,
)
from mss_tui.model.ins import InsOid
from mss_tui.phrase import say
from mss_tui.text import DisplayText, clean

MASKS = ("MASQUE_PS", "INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX")
"""JDV_J08: from whom a document is to be kept."""
INS_OIDS = frozenset(oid.value for oid in InsOid)
CRITICAL = ("AA", "HH", "LL")
"""Interpretations that ask for an alert (BIO/va1.01)."""


def find_document(root: etree._Element) -> etree._Element:
    """The ClinicalDocument, which may stand inside a stylesheet (auto-présentable) or a signature.

    Raises:
        DocumentFault: there is none.
    """
    found = root if local(root) == "ClinicalDocument" else next(root.iter(f"{{{HL7}}}ClinicalDocument"), None)
    if found is None:
        raise DocumentFault(say("Ce XML n'est pas un document CDA (pas de ClinicalDocument)."))
    return found


def read_header(root: etree._Element, document: etree._Element) -> CdaHeader:
    """The header of `document`, found under `root`."""
    service = document.find("h:documentationOf/h:serviceEvent", NS)
    return CdaHeader(
        root=local(root),
        level=Level.N1 if document.find("h:component/h:nonXMLBody", NS) is not None else Level.N3,
        id=identifier(document.find("h:id", NS)),
        set_id=identifier(document.find("h:setId", NS)),
        version=value_or_flavor(document.find("h:versionNumber", NS)),
        code=coded(document.find("h:code", NS)) or Coded(""),
        title=one_line(document.find("h:title", NS)),
        effective=value_or_flavor(document.find("h:effectiveTime", NS)),
        confidentiality=coded(document.find("h:confidentialityCode", NS)) or Coded(""),
        patient=_patient(document.find("h:recordTarget/h:patientRole", NS)),
        authors=tuple(_author(a) for a in document.findall("h:author/h:assignedAuthor", NS)[:20]),
        custodian=one_line(
            document.find("h:custodian/h:assignedCustodian/h:representedCustodianOrganization/h:name", NS)
        ),
        related=tuple(_related(r) for r in document.findall("h:relatedDocument", NS)[:20]),
        service_start=_start(service),
        responsible=_responsible(document),
        masks=tuple(sorted({c.get("code", "") for c in document.findall("h:confidentialityCode", NS)} & set(MASKS))),
        service_code=None if service is None else coded(service.find("h:code", NS)),
        critical=tuple(
            sorted({c.get("code", "") for c in document.iter(f"{{{HL7}}}interpretationCode")} & set(CRITICAL))
        ),
    )


def _start(service: etree._Element | None) -> DisplayText:
    if service is None:
        return NOTHING
    low = service.find("h:effectiveTime/h:low", NS)
    return value_or_flavor(service.find("h:effectiveTime", NS) if low is None else low)


def identifier(element: etree._Element | None) -> Identifier | None:
    """An II, None when it is missing or null."""
    if element is None or not element.get("root"):
        return None
    return Identifier(clean(element.get("root", ""), 200), clean(element.get("extension", ""), 200))


def coded(element: etree._Element | None) -> Coded | None:
    """A CE or CD; None when it is missing."""
    if element is None:
        return None
    label = element.get("displayName") or str(one_line(element.find("h:originalText", NS)))
    code = element.get("code", "")
    return Coded(
        clean(code, 100), clean(element.get("codeSystem", ""), 100), clean(label) or value_or_flavor(element, "code")
    )


def _names(name: etree._Element | None) -> dict[tuple[str, str], DisplayText]:
    found: dict[tuple[str, str], DisplayText] = {}
    for part in name if name is not None else ():
        # the birth name carries qualifier BR, the used one CL (SP in older documents)
        for qualifier in (part.get("qualifier") or "").split() or [""]:
            key = (local(part), "CL" if qualifier == "SP" else qualifier)
            text = one_line(part) or value_or_flavor(part, "nothing")
            if key not in found or (key[1] == "CL" and qualifier == "CL"):
                found[key] = text
    return found


def _patient(role: etree._Element | None) -> Patient:
    if role is None:
        return Patient()
    ids = tuple(i for i in map(identifier, role.findall("h:id", NS)[:50]) if i is not None)
    ins = next((i for i in ids if i.root in INS_OIDS), None)
    person = role.find("h:patient", NS)
    if person is None:
        return Patient(ids=ids, ins=ins.extension if ins else "", ins_oid=ins.root if ins else "")
    names = _names(person.find("h:name", NS))
    place = person.find("h:birthplace/h:place/h:addr", NS)
    sex = person.find("h:administrativeGenderCode", NS)
    return Patient(
        ids=ids,
        ins=ins.extension if ins else "",
        ins_oid=ins.root if ins else "",
        birth_name=names.get(("family", "BR")) or names.get(("family", ""), NOTHING),
        birth_given=names.get(("given", "BR"), NOTHING),
        birth_givens=names.get(("given", ""), NOTHING),
        used_name=names.get(("family", "CL"), NOTHING),
        used_given=names.get(("given", "CL"), NOTHING),
        birth_date=value_or_flavor(person.find("h:birthTime", NS)),
        sex=value_or_flavor(sex, "code"),
        birth_county=NOTHING if place is None else one_line(place.find("h:county", NS)),
        birth_city=NOTHING if place is None else one_line(place.find("h:city", NS)),
    )


def _person(name: etree._Element) -> DisplayText:
    parts = [one_line(part) for part in name]
    return clean(" ".join(p for p in parts if p)) or one_line(name)


def _responsible(document: etree._Element) -> DisplayText:
    name = document.find("h:legalAuthenticator/h:assignedEntity/h:assignedPerson/h:name", NS)
    return NOTHING if name is None else _person(name)


def _address(entity: etree._Element) -> DisplayText:
    """The first mail address among an author's telecoms and their organisation's."""
    for telecom in entity.iter(f"{{{HL7}}}telecom"):
        value = telecom.get("value", "")
        if value.lower().startswith("mailto:"):
            return clean(value[len("mailto:") :], 254)
    return NOTHING


def _author(author: etree._Element) -> Author:
    person = author.find("h:assignedPerson/h:name", NS)
    device = author.find("h:assignedAuthoringDevice", NS)
    if person is not None:
        name = _person(person)
    elif device is not None:
        software = device.find("h:softwareName", NS)
        name = one_line(software if software is not None else device.find("h:manufacturerModelName", NS))
    else:
        name = NOTHING
    code = coded(author.find("h:code", NS))
    return Author(
        name=name,
        id=identifier(author.find("h:id", NS)),
        speciality=code.label if code else NOTHING,
        structure=one_line(author.find("h:representedOrganization/h:name", NS)),
        address=_address(author),
    )


def _related(related: etree._Element) -> Related:
    ids = map(identifier, related.findall("h:parentDocument/h:id", NS)[:20])
    return Related(clean(related.get("typeCode", ""), 20), tuple(i for i in ids if i is not None))


def type_of(element: etree._Element) -> str:
    """The xsi:type of a value."""
    return element.get(XSI_TYPE, "").rpartition(":")[2]
