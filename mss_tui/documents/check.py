"""The structural rules of an archive to send: what the standard asks beyond what a reader tolerates.

After documents.md §1 and §2. The CDA schema itself is not shipped; these are the rules of the header that the ANS
checks as well.
"""

from __future__ import annotations

import posixpath
import re

from lxml import etree

from mss_tui.documents.archive import read_zip
from mss_tui.documents.cda_header import INS_OIDS, find_document
from mss_tui.documents.facts import claims_pdf_a
from mss_tui.documents.identity import NOBODY, missing_traits
from mss_tui.documents.metadata import SCHEMES, MetadataEntry, read_metadata
from mss_tui.documents.xdm import read_xdm
from mss_tui.documents.xml import NS, local, parse
from mss_tui.model.document import Level, XdmEntry
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean

N1_TEMPLATES = ("2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1", "1.3.6.1.4.1.19376.1.2.20")
_ISO_NAME = re.compile(r"[A-Z0-9_]{1,8}(?:\.[A-Z0-9_]{1,3})?\Z")
_ASKED_SLOTS = (
    "creationTime", "hash", "languageCode", "legalAuthenticator", "serviceStartTime", "size", "sourcePatientId", "URI",
)  # fmt: skip
_ASKED_CODES = tuple(name for name in SCHEMES.values() if name != "eventCodeList")
_HEADER = (
    "realmCode", "typeId", "id", "code", "title", "effectiveTime", "confidentialityCode", "languageCode", "setId",
    "versionNumber", "recordTarget", "author", "custodian", "legalAuthenticator", "documentationOf", "componentOf",
    "component",
)  # fmt: skip


def check_archive(data: bytes) -> tuple[Phrase, ...]:
    """What is wrong with an archive, in sentences; none when it may leave.

    Raises:
        DocumentFault: it cannot be read at all.
    """
    files = read_zip(data)
    read = read_xdm(data)
    found: list[Phrase] = [warning for warning in read.warnings if warning != NOBODY]
    for asked in ("README.TXT", "INDEX.HTM"):
        if asked not in files:
            found.append(say("{name} manque à la racine de l'archive.", name=asked))
    for name in files:
        parts = name.split("/")
        if len(parts) > 8 or not all(map(_ISO_NAME.match, parts)):
            found.append(say("« {name} » n'a pas la forme d'un nom ISO 9660 (8.3, majuscules).", name=clean(name, 80)))
        if posixpath.basename(name) == "METADATA.XML" and not name.startswith("IHE_XDM/"):
            found.append(say("METADATA.XML n'est pas dans un sous-dossier de IHE_XDM."))
    for name in (n for n in files if posixpath.basename(n).casefold() == "metadata.xml"):
        for entry in read_metadata(files[name]).entries:
            found += _entry(entry)
    for document in read.documents:
        if document.cda is not None:
            found += _document(document, files[document.file])
    return tuple({str(phrase): phrase for phrase in found}.values())


def _entry(entry: MetadataEntry) -> list[Phrase]:
    shown = entry.title or entry.uri or clean(entry.id, 60)
    missing = [slot for slot in _ASKED_SLOTS if not entry.slot(slot)]
    missing += [code for code in _ASKED_CODES if entry.code(code) is None]
    missing += [name for name, value in (("patientId", entry.patient_id), ("uniqueId", entry.unique_id)) if not value]
    missing += [] if entry.title else ["title"]
    return [say("METADATA, « {name} » : {what} manque.", name=shown, what=what) for what in missing]


def _document(document: XdmEntry, content: bytes) -> list[Phrase]:
    cda, name = document.cda, document.label
    if cda is None:
        return []
    root = find_document(parse(content))
    there = {local(child) for child in root}
    found = [say("« {name} » : {what} manque à l'en-tête.", name=name, what=w) for w in _HEADER if w not in there]
    if cda.header.level is Level.N1:
        roots = [t.get("root", "") for t in root.findall("h:templateId", NS)]
        if sorted(roots) != sorted(N1_TEMPLATES):
            found.append(say("« {name} » : un N1 porte exactement les trois templateId du modèle.", name=name))
    found += _identity(document, root)
    found += _act(root, name)
    for file in cda.embedded:
        if file.media_type == "application/pdf" and claims_pdf_a(file.data) is False:
            found.append(say("« {name} » : le PDF ne se déclare pas PDF/A-1.", name=name))
    return found


def _identity(document: XdmEntry, root: etree._Element) -> list[Phrase]:
    cda, name = document.cda, document.label
    if cda is None or cda.header.patient.ins_oid not in INS_OIDS:
        return []
    patient = cda.header.patient
    found = [say("« {name} » : une INS sans {trait}.", name=name, trait=trait) for trait in missing_traits(patient)]
    if not patient.birth_givens:
        found.append(say("« {name} » : une INS sans la liste des prénoms de naissance.", name=name))
    if not patient.birth_county:
        found.append(say("« {name} » : une INS sans code du lieu de naissance (COG).", name=name))
    for part in root.findall("h:recordTarget/h:patientRole/h:patient/h:name/*", NS):
        if part.get("qualifier") not in (None, "BR", "CL"):
            found.append(say("« {name} » : un nom de patient n'admet que les qualificatifs BR et CL.", name=name))
    return found


def _act(root: etree._Element, name: str) -> list[Phrase]:
    services = root.findall("h:documentationOf/h:serviceEvent", NS)
    if not services:
        return []
    found: list[Phrase] = []
    if len(services[0].findall("h:performer", NS)) != 1:
        found.append(say("« {name} » : le premier acte a exactement un exécutant.", name=name))
    if services[0].find("h:effectiveTime", NS) is None:
        found.append(say("« {name} » : le premier acte n'a pas de date.", name=name))
    return found
