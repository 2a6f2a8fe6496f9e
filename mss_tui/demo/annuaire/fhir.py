"""The demo's directory as FHIR v2 resources, in the shapes of the Annuaire Santé (annuaire.md §1.5)."""

from __future__ import annotations

from typing import Any

from mss_tui.demo.annuaire.people import Box, Directory, Professional, Structure

Resource = dict[str, Any]

_CORE = "https://hl7.fr/ig/fhir/core/"
_ANNUAIRE = "https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition/"
_V2_0203 = _CORE + "CodeSystem/fr-core-cs-v2-0203"
RPPS = "https://rpps.esante.gouv.fr"
FINESS = "https://finess.esante.gouv.fr"
_UPDATED = "2026-09-01T10:00:00.000+02:00"


def nos(table: str) -> str:
    """The system of a code table, from its name (`TRE_R257-TypeBAL`)."""
    return f"https://mos.esante.gouv.fr/NOS/{table}/FHIR/{table.replace('_', '-')}"


def _identifier(code: str, system: str, value: str) -> Resource:
    kind = {"coding": [{"system": _V2_0203, "code": code}]}
    return {"use": "official", "type": kind, "system": system, "value": value}


def _coding(*pairs: tuple[str, str]) -> Resource:
    return {"coding": [{"system": nos(table), "code": code} for table, code in pairs]}


def _telecom(box: Box, rank: int = 0) -> Resource:
    details: list[Resource] = [
        {"url": "type", "valueCodeableConcept": _coding(("TRE_R257-TypeBAL", box.type))},
        {"url": "digitization", "valueBoolean": box.digital},
    ]
    if box.service:
        details.insert(1, {"url": "service", "valueString": box.service})
    mss = {"system": nos("TRE_R256-TypeMessagerie"), "code": "MSSANTE", "display": "MSSANTE"}
    found: Resource = {
        "extension": [
            {"url": _CORE + "StructureDefinition/fr-core-contact-point-email-type", "valueCoding": mss},
            {"url": _ANNUAIRE + "as-ext-mailbox-mss-metadata", "extension": details},
        ],
        "system": "email",
        "value": box.address,
    }
    return found | ({"rank": rank} if rank else {})


def _base(kind: str, key: str, profile: str) -> Resource:
    meta = {"versionId": "1", "lastUpdated": _UPDATED, "source": "https://annuaire.sante.fr", "profile": [profile]}
    return {"resourceType": kind, "id": key, "meta": meta, "language": "fr"}


def _practitioner_id(professional: Professional) -> str:
    return f"003-9{professional.rank:06d}"


def _organization_id(structure: Structure) -> str:
    return f"001-9{structure.rank:06d}"


def _practitioner(professional: Professional) -> Resource:
    skill = professional.profession
    name: Resource = {
        "family": professional.family,
        "given": [professional.given],
        "prefix": [professional.civility],
        "text": f"{professional.family} {professional.given}",
    }
    qualification = [
        {"code": _coding(("TRE_G15-ProfessionSante", skill.code), ("TRE_R09-CategorieProfessionnelle", "C"))}
    ]
    if skill.skill:
        pairs = (("TRE_R04-TypeSavoirFaire", "S"), ("TRE_R38-SpecialiteOrdinale", skill.skill))
        qualification.append({"code": _coding(*pairs)})
    own = [box for box in professional.boxes if box.structure is None and not box.red_list]
    resource = _base("Practitioner", _practitioner_id(professional), _ANNUAIRE + "as-dp-practitioner") | {
        "identifier": [
            _identifier("IDNPS", "urn:oid:1.2.250.1.71.4.2.1", "8" + professional.rpps),
            _identifier("RPPS", RPPS, professional.rpps),
        ],
        "active": True,
        "name": [name | ({"suffix": [professional.title]} if professional.title else {})],
        "qualification": qualification,
    }
    return resource | ({"telecom": [_telecom(box, rank) for rank, box in enumerate(own, 1)]} if own else {})


def _role(professional: Professional, number: int, box: Box, structure: Structure) -> Resource:
    key = f"{professional.rank:06d}-{number}"
    resource = _base("PractitionerRole", f"005-9{key}", _ANNUAIRE + "as-dp-practitionerrole") | {
        "identifier": [{"system": RPPS, "value": f"9{professional.rank:06d}{number:03d}"}],
        "active": True,
        "practitioner": {"reference": f"Practitioner/{_practitioner_id(professional)}"},
        "code": [_coding(("TRE_R22-GenreActivite", "GENR01")), _coding(("TRE_R23-ModeExercice", "S"))],
        "organization": {"reference": f"Organization/{_organization_id(structure)}"},
    }
    return resource | ({} if box.red_list else {"telecom": [_telecom(box)]})


def _organization(structure: Structure, boxes: tuple[Box, ...]) -> Resource:
    place = structure.place
    telecom = [{"system": "phone", "value": f"03{structure.rank:08d}"}]
    telecom += [_telecom(box) for box in boxes if not box.red_list]
    return _base("Organization", _organization_id(structure), _ANNUAIRE + "as-dp-organization") | {
        "identifier": [
            _identifier("IDNST", "urn:oid:1.2.250.1.71.4.2.2", "1" + structure.finess),
            _identifier("FINEG", FINESS, structure.finess),
        ],
        "active": True,
        "type": [_coding(("TRE_R02-SecteurActivite", structure.sector))],
        "name": structure.name,
        "telecom": telecom,
        "address": [
            {
                "line": [f"{place.number} {place.kind} {place.street}"],
                "city": place.town,
                "postalCode": place.postal_code,
                "district": place.postal_code[:2],
            }
        ],
    }


def resources(directory: Directory) -> dict[str, list[Resource]]:
    """Every resource by its type: people, what they do in a structure, structures."""
    people, roles = [], []
    for professional in directory.professionals:
        people.append(_practitioner(professional))
        for number, box in enumerate(professional.boxes, 1):
            if box.structure is not None:
                roles.append(_role(professional, number, box, box.structure))
    structures = [_organization(structure, own) for structure, own in directory.structures]
    return {"Practitioner": people, "PractitionerRole": roles, "Organization": structures}
