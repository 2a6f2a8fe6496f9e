"""CDA R2 documents: N3 with a narrative, N1 around a PDF (documents.md §2)."""

from __future__ import annotations

import base64
from importlib.resources import files
from xml.sax.saxutils import escape, quoteattr

from mss_tui.demo.annuaire.people import Professional
from mss_tui.demo.documents.clinical import INS_OID, Clinical, Result, Section, oid, stamp
from mss_tui.demo.documents.pdf import text_pdf

N1_TEMPLATE = "1.3.6.1.4.1.19376.1.2.20"
SECTORS = {
    "SA01": "Etablissement public de santé",
    "SA08": "Cabinet de groupe",
    "SA25": "Laboratoire de biologie médicale",
}
HOSPITALS = ("SA01", "SA02")


def _person(author: Professional) -> str:
    suffix = f"<suffix>{author.title}</suffix>" if author.title else ""
    return (
        f"<name><prefix>{author.civility}</prefix><given>{escape(author.given)}</given>"
        f"<family>{escape(author.family)}</family>{suffix}</name>"
    )


def _table(rows: Section) -> str:
    head, *body = rows.table
    cells = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in body)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>"


def _result(result: Result) -> str:
    return (
        '<entry><observation classCode="OBS" moodCode="EVN">'
        f"<code code={quoteattr(result.code)} displayName={quoteattr(result.label)} "
        'codeSystem="2.16.840.1.113883.6.1"/><statusCode code="completed"/>'
        f'<value xsi:type="PQ" value={quoteattr(result.value)} unit={quoteattr(result.unit)}/>'
        f'<interpretationCode code={quoteattr(result.interpretation)} codeSystem="2.16.840.1.113883.5.83"/>'
        "</observation></entry>"
    )


def _section(section: Section, results: str) -> str:
    text = "".join(f"<paragraph>{escape(line)}</paragraph>" for line in section.text)
    table = _table(section) if section.table else ""
    return (
        f"<component><section><title>{escape(section.title)}</title>"
        f"<text>{text}{table}</text>{results if section.table else ''}</section></component>"
    )


def _body(document: Clinical) -> str:
    if not document.structured:
        packed = base64.b64encode(pdf(document)).decode("ascii")
        return f'<nonXMLBody><text mediaType="application/pdf" representation="B64">{packed}</text></nonXMLBody>'
    results = "".join(map(_result, document.results))
    return "<structuredBody>" + "".join(_section(s, results) for s in document.sections) + "</structuredBody>"


def pdf(document: Clinical) -> bytes:
    """The PDF copy: for N1 the one inside, for N3 header and narrative (ECO.2.1.5)."""
    who = document.patient
    lines = [
        f"Patient : {who.name} {who.given}, né(e) {who.birth_name} le {who.born:%d/%m/%Y}, sexe {who.sex}",
        f"INS : {who.ins} (démonstration)",
        f"Auteur : {document.author.title} {document.author.given} {document.author.family}, {document.structure.name}",
        f"Date : {document.made:%d/%m/%Y}   Version : {document.version}",
        "",
    ]
    for section in document.sections:
        lines += ["", section.title.upper(), *section.text]
        lines += ["   ".join(f"{cell:<22}" for cell in row).rstrip() for row in section.table]
    return text_pdf(document.title, lines)


def cda(document: Clinical) -> bytes:
    """The document as XML."""
    who, author, structure = document.patient, document.author, document.structure
    job, job_label = document.codes
    hospital = structure.sector in HOSPITALS
    related = ""
    if document.replaces:
        related = (
            '\n  <relatedDocument typeCode="RPLC"><parentDocument>'
            f'<id root="{oid(document.replaces)}"/></parentDocument></relatedDocument>'
        )
    values = {
        "id": oid(document.key),
        "set_id": oid((document.replaces or document.key) + "-set"),
        "version": str(document.version),
        "code": document.type.code,
        "label": document.type.label,
        "title": document.title,
        "made": stamp(document.made),
        "ins_oid": INS_OID,
        "ins": who.ins,
        "birth_name": who.birth_name,
        "used_name": who.name,
        "given": who.given,
        "sex": who.sex,
        "sex_label": "Féminin" if who.sex == "F" else "Masculin",
        "born": f"{who.born:%Y%m%d}",
        "county": who.county,
        "city": who.city,
        "rpps": author.rpps,
        "job": job,
        "job_label": job_label,
        "finess": structure.finess,
        "structure": structure.name,
        "sector": structure.sector,
        "sector_label": SECTORS.get(structure.sector, structure.name),
        "setting": "ETABLISSEMENT" if hospital else "AMBULATOIRE",
        "setting_label": "Etablissement de santé" if hospital else "Ambulatoire",
    }
    safe = {name: escape(value, {'"': "&quot;"}) for name, value in values.items()}
    template = "" if document.structured else f'\n  <templateId root="{N1_TEMPLATE}"/>'
    shape = files("mss_tui.demo.documents").joinpath("header.xml").read_text("utf-8")
    text = shape.format(**safe, template=template, person=_person(author), related=related, body=_body(document))
    return text.encode("utf-8")
