"""METADATA.XML: what an archive says of its documents (documents.md §1.4).

Read by scheme and slot name under each ExtrinsicObject; object ids are never resolved and no schema is asked for: none
of the official examples would pass one.
"""

from __future__ import annotations

import html

from lxml import etree

from mss_tui.documents.limits import MAX_DOCUMENTS
from mss_tui.documents.xml import local, parse
from mss_tui.model.document import NOTHING, Coded
from mss_tui.record import dataclass
from mss_tui.text import DisplayText, clean

SCHEMES = {
    "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a": "classCode",
    "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983": "typeCode",
    "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f": "confidentialityCode",
    "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d": "formatCode",
    "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1": "healthcareFacilityTypeCode",
    "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead": "practiceSettingCode",
    "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4": "eventCodeList",
}
PATIENT_ID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
ACTIONS = ("C", "D")


@dataclass(frozen=True, slots=True)
class MetadataEntry:
    """One ExtrinsicObject, as written; slots by name, codes by attribute."""

    id: str
    mime_type: str
    title: DisplayText
    slots: dict[str, tuple[str, ...]]
    codes: tuple[tuple[str, Coded], ...]
    patient_id: str
    unique_id: str
    uri: str

    def code(self, attribute: str) -> Coded | None:
        """The first code of an attribute."""
        return next((code for name, code in self.codes if name == attribute), None)

    def slot(self, name: str) -> str:
        """The first value of a slot."""
        return next(iter(self.slots.get(name, ())), "")

    @property
    def action(self) -> str:
        """C or D where an extra slot (`urn:…action…`) asks for replacement or deletion."""
        for name, values in self.slots.items():
            if name.startswith("urn:") and "action" in name.lower() and values and values[0].upper() in ACTIONS:
                return values[0].upper()
        return ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a METADATA.XML holds: its entries, and which entry replaces which unique id (RPLC)."""

    entries: tuple[MetadataEntry, ...]
    replaces: dict[str, str]


def read_metadata(data: bytes) -> Metadata:
    """Read a METADATA.XML.

    Raises:
        DocumentFault: it is no well-formed XML.
    """
    root = parse(data)
    entries = [_entry(e) for e in root.iter() if local(e) == "ExtrinsicObject"][:MAX_DOCUMENTS]
    replaces: dict[str, str] = {}
    for association in root.iter():
        if local(association) == "Association":
            kind = association.get("associationType", "").rpartition(":")[2]
            if kind.upper().startswith("RPLC"):
                replaces[association.get("sourceObject", "")] = clean(association.get("targetObject", ""), 200)
    return Metadata(tuple(entries), replaces)


def _text(value: str) -> str:
    """Twice escaped values stand in real archives (Epic, NIST): escape once less."""
    return clean(html.unescape(value) if "&amp;" in value else value, 4_000)


def _localized(element: etree._Element) -> DisplayText:
    for name in element:
        if local(name) == "Name":
            return next((clean(s.get("value", "")) for s in name if local(s) == "LocalizedString"), NOTHING)
    return NOTHING


def _slots(element: etree._Element) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for slot in element:
        if local(slot) == "Slot":
            values = tuple(_text(str(v.text)) for v in slot.iter() if local(v) == "Value" and v.text)
            found[clean(slot.get("name", ""), 200)] = values
    return found


def _entry(element: etree._Element) -> MetadataEntry:
    codes: list[tuple[str, Coded]] = []
    patient_id = unique_id = ""
    for child in element:
        if local(child) == "Classification":
            attribute = SCHEMES.get(child.get("classificationScheme", "").lower())
            if attribute:
                system = next(iter(_slots(child).get("codingScheme", ())), "")
                code = clean(child.get("nodeRepresentation", ""), 200)
                codes.append((attribute, Coded(code, system, _localized(child))))
        elif local(child) == "ExternalIdentifier":
            scheme = child.get("identificationScheme", "").lower()
            if scheme == PATIENT_ID:
                patient_id = _text(child.get("value", ""))
            elif scheme == UNIQUE_ID:
                unique_id = _text(child.get("value", ""))
    slots = _slots(element)
    uri = next(iter(slots.get("URI", ())), "") or clean(element.get("uri", ""), 500)
    return MetadataEntry(
        id=clean(element.get("id", ""), 200),
        mime_type=clean(element.get("mimeType", ""), 100),
        title=_localized(element),
        slots=slots,
        codes=tuple(codes),
        patient_id=patient_id,
        unique_id=unique_id,
        uri=uri,
    )
