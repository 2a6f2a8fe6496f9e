"""Health documents made for the tests: invented people, one small N3 by text, N1 and archives by our own builder."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mss_tui.documents.build import Envelope, archive
from mss_tui.documents.build_cda import cda_of_pdf
from mss_tui.documents.build_metadata import described
from mss_tui.documents.form import AuthorForm, DocumentForm, type_of
from mss_tui.model.document import Identifier, Patient
from mss_tui.text import DisplayText

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
INS = "279035121518989"
OTHER_INS = "277076322082910"
NIR, TEST, DEMO = "1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11"
PDF = b"%PDF-1.4\n<x:xmpmeta><pdfaid:part>1</pdfaid:part></x:xmpmeta>\n%%EOF\n"
ENVELOPE = Envelope("Cabinet du Port", "garde@hopital.mssante.fr", "mss-tui", "2.25.9", "2.25.10", NOW)
PATIENT = Patient(
    ins=INS,
    ins_oid=NIR,
    birth_name=DisplayText("VIAL"),
    birth_given=DisplayText("PAULE"),
    birth_givens=DisplayText("PAULE MARIE"),
    birth_date=DisplayText("19790328"),
    sex=DisplayText("F"),
    birth_county=DisplayText("51215"),
    birth_city=DisplayText("DOMPREMY"),
)
AUTHOR = AuthorForm("MARTIN", "Jean", "10100000001", "Cabinet du Port", "590000001", title="Dr",
                    address="garde@hopital.mssante.fr")  # fmt: skip


def form(**changes: object) -> DocumentForm:
    """A complete form of a discharge letter."""
    made = DocumentForm(
        patient=PATIENT,
        author=AUTHOR,
        type=type_of("11490-0"),
        title="Lettre de liaison",
        sector="SA07",
        made=NOW,
        act=NOW,
        id="2.25.1001",
        set_id=Identifier("2.25.1000"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def n1(pdf: bytes = PDF, **changes: object) -> bytes:
    """A level 1 document of our own."""
    return cda_of_pdf(form(**changes), pdf)


def n3(
    sections: str = "<section><title>Conclusion</title><text><paragraph>Sortie ce jour.</paragraph></text></section>",
    *,
    ins: str = INS,
    oid: str = NIR,
    name: str = '<family qualifier="BR">VIAL</family><given>PAULE MARIE</given><given qualifier="BR">PAULE</given>',
    title: str = "CR de biologie",
    born: str = '<birthTime value="19790328"/>',
    more: str = "",
    body: str = "",
    own_id: str = "2.25.77",
    version: str = "1",
) -> bytes:
    """A level 3 document; `sections` are its section elements, `body` replaces the structured body altogether."""
    inside = (
        body
        or "<structuredBody>"
        + sections.replace("<section", "<component><section").replace("</section>", "</section></component>")
        + "</structuredBody>"
    )
    titled = f"<title>{title}</title>" if title else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<realmCode code="FR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<id root="{own_id}"/><code code="11502-2" displayName="CR d'examens biologiques" codeSystem="2.16.840.1.113883.6.1"/>
{titled}<effectiveTime value="20261120023000+0100"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="fr-FR"/>
<setId root="2.25.70"/><versionNumber value="{version}"/>
<recordTarget><patientRole><id root="{oid}" extension="{ins}"/><id root="1.2.3.4" extension="IPP42"/>
<patient><name>{name}</name><administrativeGenderCode code="F"/>{born}
<birthplace><place><addr><county>51215</county><city>DOMPREMY</city></addr></place></birthplace></patient>
</patientRole></recordTarget>
<author><time value="20261120023000+0100"/><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="810100000001"/>
<code code="G15_10/SM03" displayName="Médecin - Biologie médicale (SM)" codeSystem="1.2.250.1.213.1.1.4.5"/>
<telecom value="mailto:labo@biosud.mssante.fr"/>
<assignedPerson><name><prefix>M</prefix><given>Marcel</given><family>CAMPARINI</family><suffix>DR</suffix></name>
</assignedPerson><representedOrganization><id root="1.2.250.1.71.4.2.2" extension="1120459876"/>
<name>Labo BIOSUD</name></representedOrganization></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id root="1.2.250.1.71.4.2.2" extension="1120459876"/>
<name>Labo BIOSUD</name></representedCustodianOrganization></assignedCustodian></custodian>
<legalAuthenticator><time value="20261120023000+0100"/><signatureCode code="S"/><assignedEntity>
<id root="1.2.250.1.71.4.2.1" extension="810100000001"/><assignedPerson><name><given>Marcel</given>
<family>CAMPARINI</family></name></assignedPerson></assignedEntity></legalAuthenticator>
<documentationOf><serviceEvent><code code="18723-7" displayName="Hématologie" codeSystem="2.16.840.1.113883.6.1"/>
<effectiveTime><low value="20261119080000+0100"/></effectiveTime><performer typeCode="PRF"><assignedEntity>
<id root="1.2.250.1.71.4.2.1" extension="810100000001"/><representedOrganization>
<standardIndustryClassCode code="AMBULATOIRE" displayName="Ambulatoire" codeSystem="1.2.250.1.213.1.1.4.9"/>
</representedOrganization></assignedEntity></performer></serviceEvent></documentationOf>{more}
<componentOf><encompassingEncounter><effectiveTime><low value="20261119080000+0100"/></effectiveTime><location>
<healthCareFacility><code code="SA25" displayName="Laboratoire de biologie médicale" codeSystem="1.2.250.1.71.4.2.4"/>
</healthCareFacility></location></encompassingEncounter></componentOf>
<component>{inside}</component></ClinicalDocument>""".encode()


def text_body(words: bytes, media_type: str = "text/plain") -> str:
    """The body of a level 1 document that holds text."""
    packed = base64.b64encode(words).decode()
    return f'<nonXMLBody><text mediaType="{media_type}" representation="B64">{packed}</text></nonXMLBody>'


def laboratory(columns: int = 15, rows: int = 3) -> str:
    """A section with the table of a laboratory report, `columns` wide."""
    names = ["Analyse", "Résultat", "Unité", "Valeurs de référence", "Interprétation", "Antériorité", "Date", "Méthode",
             "Automate", "Validé par", "Prélèvement", "Nature", "Qualité", "Site", "Commentaire"][:columns]  # fmt: skip
    values = ["Potassium", "6,8", "mmol/l", "3,5 - 5,1", "HH", "4,2", "12/10/2026", "ISE indirecte", "Cobas 8000",
              "Dr CAMPARINI", "02:10", "Sang veineux", "Non hémolysé", "Garde", "Appelé au service"]  # fmt: skip
    head = "".join(f"<th>{name}</th>" for name in names)
    line = "".join(f"<td>{value}</td>" for value in values[:columns])
    return (
        "<section><title>Biochimie</title><text><paragraph>Prélèvement du <content styleCode='Bold'>20/11</content>"
        f"</paragraph><table><thead><tr>{head}</tr></thead><tbody>{f'<tr>{line}</tr>' * rows}</tbody></table></text>"
        '<entry><observation classCode="OBS" moodCode="EVN"><interpretationCode code="HH"/></observation></entry>'
        "</section>"
    )


def xdm(*documents: bytes, **more: str) -> bytes:
    """An archive of ready documents."""
    return archive([described(document, **more) for document in documents], ENVELOPE)


def unzipped(data: bytes) -> dict[str, bytes]:
    """The entries of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(entries: Mapping[str, bytes] | Sequence[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    """An archive of these entries, as they are; pairs may double a name."""
    pairs = list(entries.items()) if isinstance(entries, Mapping) else list(entries)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in pairs:
            file.writestr(name, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def changed(data: bytes, **pieces: tuple[bytes, bytes]) -> bytes:
    """An archive with something replaced in its METADATA or in DOC0001 (`metadata=`, `document=`)."""
    entries = unzipped(data)
    names = {"metadata": "IHE_XDM/SUBSET01/METADATA.XML", "document": "IHE_XDM/SUBSET01/DOC0001.XML"}
    for which, (old, new) in pieces.items():
        assert old in entries[names[which]], old
        entries[names[which]] = entries[names[which]].replace(old, new)
    return zipped(entries)
