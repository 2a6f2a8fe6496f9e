"""Fields of HL7 v2 as XDS writes them: CX, XCN, times in UTC (documents.md §1.4)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from lxml import etree

from mss_tui.documents.cda_header import INS_OIDS
from mss_tui.documents.xml import NS, one_line
from mss_tui.model.document import Identifier
from mss_tui.model.paris import PARIS

_TS = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})?(\d{2})?(\d{2})?(?:\.\d+)?([+-]\d{4})?\Z")


def utc(written: str) -> str:
    """An HL7 TS in UTC, as XDS writes it; Paris time where it names no zone; a date alone stays one."""
    found = _TS.match(written)
    if found is None:
        return ""
    year, month, day, hour, minute, second, zone = found.groups()
    if hour is None:
        return f"{year}{month}{day}"
    moment = datetime(int(year), int(month), int(day), int(hour), int(minute or 0), int(second or 0), tzinfo=PARIS)
    if zone:
        moment = datetime.strptime(f"{moment:%Y%m%d%H%M%S}{zone}", "%Y%m%d%H%M%S%z")
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def bare(text: str) -> str:
    """A component of an HL7 field: its separators would begin another."""
    return " ".join(re.sub(r"[\^|&~]", " ", text).split())


def cx(identifier: Identifier) -> str:
    """An identifier of a patient as CX: NH for an INS, PI for a local one."""
    kind = "NH" if identifier.root in INS_OIDS else "PI"
    return f"{bare(identifier.extension)}^^^&{identifier.root}&ISO^{kind}"


def xcn(entity: etree._Element | None) -> str:
    """A person or device of the CDA as XCN; "" where it names none."""
    if entity is None:
        return ""
    found = entity.find("h:id", NS)
    number = "" if found is None else found.get("extension", "")
    root = "" if found is None else found.get("root", "")
    family, first = (one_line(entity.find(f"h:assignedPerson/h:name/h:{tag}", NS)) for tag in ("family", "given"))
    if family:
        kind = "EI" if "/" in number else "IDNPS"
        return f"{bare(number)}^{bare(family)}^{bare(first)}^^^^^^&{root}&ISO^D^^^{kind}"
    device = one_line(entity.find("h:assignedAuthoringDevice/h:softwareName", NS))
    return f"{bare(number)}^{bare(device)}^^^^^^^&{root}&ISO^U^^^RI" if device else ""
