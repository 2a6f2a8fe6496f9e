"""A CDA document from its bytes."""

from __future__ import annotations

from mss_tui.documents.cda_body import read_blocks, read_embedded
from mss_tui.documents.cda_header import find_document, read_header
from mss_tui.documents.identity import identity_warnings
from mss_tui.documents.xml import parse
from mss_tui.model.document import Cda, CdaHeader
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
    return Cda(header, read_blocks(document), embedded, (*identity_warnings(header), *_untitled(header), *faults))


def _untitled(header: CdaHeader) -> tuple[Phrase, ...]:
    return () if header.title else (say("Le document n'a pas de titre."),)
