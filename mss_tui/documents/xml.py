"""XML from outside: no entity, no DTD, no network, bounded (security.md P18)."""

from __future__ import annotations

from lxml import etree

from mss_tui.documents.fault import DocumentFault
from mss_tui.documents.flavors import NULL_FLAVORS
from mss_tui.documents.limits import MAX_DEPTH, MAX_NODES, MAX_XML_OCTETS
from mss_tui.model.document import NOTHING
from mss_tui.phrase import say
from mss_tui.text import DisplayText, clean

HL7 = "urn:hl7-org:v3"
NS = {"h": HL7}
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def parse(data: bytes) -> etree._Element:
    """The root of an XML document; leading blanks and a byte order mark are tolerated.

    Raises:
        DocumentFault: it is too large, declares a DOCTYPE, or is not well-formed.
    """
    if len(data) > MAX_XML_OCTETS:
        raise DocumentFault(say("Le document dépasse {mo} Mo.", mo=MAX_XML_OCTETS // 1_000_000))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data.lstrip(b" \t\r\n").removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n"), parser)
    except (etree.XMLSyntaxError, ValueError, MemoryError) as error:
        raise DocumentFault(
            say("Le document n'est pas un XML bien formé."),
            remedy=say("Demandez à l'expéditeur de le renvoyer."),
            detail=clean(str(error), 200),
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentFault(
            say("Le document déclare un DOCTYPE, qu'aucun document de santé ne porte."),
            meaning=say("Il n'a pas été lu."),
        )
    _bounded(root)
    return root


def _bounded(root: etree._Element) -> None:
    depth = nodes = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        nodes += event == "start"
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            raise DocumentFault(say("Le document est trop imbriqué ou trop long pour être lu."))


def local(element: etree._Element) -> str:
    """The element's name without its namespace; empty for what is not an element."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def one_line(element: etree._Element | None) -> DisplayText:
    """All the text of an element on one line."""
    return NOTHING if element is None else clean(" ".join("".join(map(str, element.itertext())).split()))


def value_or_flavor(element: etree._Element | None, attribute: str = "value") -> DisplayText:
    """An attribute, or in words why it is missing (nullFlavor)."""
    if element is None:
        return NOTHING
    value = element.get(attribute)
    if value:
        return clean(value)
    flavor = NULL_FLAVORS.get(element.get("nullFlavor", ""))
    return clean(str(flavor)) if flavor else NOTHING
