"""A CDA document from its bytes."""

from __future__ import annotations

from mss_tui.documents.cda_body import read_blocks, read_embedded
from mss_tui.documents.cda_header import find_document, read_header
from mss_tui.documents.xml import parse
from mss_tui.model.document import Cda, CdaHeader
from mss_tui.model.ins import InsOid, parse_ins
from mss_tui.phrase import Phrase, say


def read_cda(data: bytes) -> Cda:
    """Header, narrative and embedded files of a CDA.

    Raises:
        DocumentFault: it is no CDA, or none that can be read safely.
    """
    root = parse(data)
    document = find_document(root)
    header = read_header(root, document)
    embedded = read_embedded(document)
    faults = tuple(e.fault for e in embedded if e.fault is not None)
    return Cda(header, read_blocks(document), embedded, (*_identity_warnings(header), *faults))


def _identity_warnings(header: CdaHeader) -> tuple[Phrase, ...]:
    """What is odd about the patient's identity: warnings, never rejections (documents.md §3)."""
    patient = header.patient
    found: list[Phrase] = []
    if patient.ins:
        ins = parse_ins(patient.ins)
        if ins is None:
            found.append(say("Le matricule INS du document n'a pas la forme d'un INS."))
        elif not ins.key_matches:
            found.append(
                say(
                    "La clé de l'INS du document est fausse : {key} au lieu de {right}.",
                    key=ins.key,
                    right=ins.expected_key,
                )
            )
        if patient.ins_oid in (InsOid.TEST, InsOid.DEMO):
            found.append(say("Identité de test ou de démonstration : ce n'est pas un vrai patient."))
    if not header.title:
        found.append(say("Le document n'a pas de titre."))
    return tuple(found)
