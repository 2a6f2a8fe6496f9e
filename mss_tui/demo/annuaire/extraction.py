"""The open extraction of the demo's directory: 31 columns, `|`, no quoting (annuaire.md §4)."""

from __future__ import annotations

from mss_tui.demo.annuaire.people import Box, Directory, Place, Professional

_PLACE = (
    "L2COMPLEMENTLOCALISATION",
    "L3COMPLEMENTDISTRIBUTION",
    "L4NUMEROVOIE",
    "L4COMPLEMENTNUMEROVOIE",
    "NL4TYPEVOIE",
    "L4LIBELLEVOIE",
    "L5LIEUDITMENTION",
    "L6LIGNEACHEMINEMENT",
    "Code postal",
    "Département",
    "Pays",
)

COLUMNS = (
    "Type de BAL",
    "Adresse BAL",
    "Type Identifiant PP",
    "Identifiant PP",
    "Identification nationale PP",
    "Type identifiant structure",
    "Identification Structure",
    "Service de rattachement",
    "Civilité d'exercice",
    "Nom d'exercice",
    "Prénom d'exercice",
    "Catégorie profession",
    "Libellé de catégorie profession",
    "Code Profession",
    "Libellé Profession",
    "Code savoir-faire",
    "Libellé savoir-faire",
    "Dématérialisation",
    "Raison Sociale structure BAL",
    "Enseigne commerciale structure BAL",
    *(f"{name} structure BAL" for name in _PLACE),
)


def _person(professional: Professional | None) -> tuple[str, ...]:
    if professional is None:
        return ("",) * 9
    skill = professional.profession
    civil = ("C", "Civil")
    names = (professional.title or professional.civility, professional.family, professional.given)
    return (*names, *civil, skill.code, skill.label, skill.skill, skill.skill_label)


def _place(place: Place | None) -> tuple[str, ...]:
    if place is None:
        return ("",) * 11
    street = ("", "", place.number, "", place.kind, place.street, "")
    return (*street, f"{place.postal_code} {place.town}", place.postal_code, place.department, "France")


def line(professional: Professional | None, box: Box) -> tuple[str, ...]:
    """The columns of one mailbox."""
    numbers = ("8", professional.rpps, "8" + professional.rpps) if professional else ("", "", "")
    structure = box.structure
    return (
        box.type,
        box.address,
        *numbers,
        *(("1", structure.finess) if structure else ("", "")),
        box.service,
        *_person(professional),
        "O" if box.digital else "N",
        *((structure.name, structure.sign) if structure else ("", "")),
        *_place(structure.place if structure else None),
    )


def extraction(directory: Directory) -> str:
    """The text of the file, header first."""
    lines = [COLUMNS]
    lines += [line(professional, box) for professional, box in directory.boxes() if box.listed]
    return "".join("|".join(columns) + "\n" for columns in lines)
