"""FHIR answers in the shapes of the Annuaire Santé (annuaire.md §1.5), built as tests need them; nobody is real."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

NOS = "https://mos.esante.gouv.fr/NOS/{0}/FHIR/{1}"
EMAIL_TYPE = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-contact-point-email-type"
MAILBOX = "https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition/as-ext-mailbox-mss-metadata"


def coding(table: str, code: str, **more: str) -> Json:
    return {"system": NOS.format(table, table.replace("_", "-")), "code": code, **more}


def mailbox(address: str, kind: str = "", *, rank: int | None = None, **texts: str) -> Json:
    parts: list[Json] = [{"url": name, "valueString": text} for name, text in texts.items()]
    if kind:
        parts.insert(0, {"url": "type", "valueCodeableConcept": {"coding": [coding("TRE_R257-TypeBAL", kind)]}})
    extensions: list[Json] = [{"url": EMAIL_TYPE, "valueCoding": coding("TRE_R256-TypeMessagerie", "MSSANTE")}]
    if parts:
        extensions.append({"url": MAILBOX, "extension": parts})
    return {"system": "email", "value": address, "extension": extensions, **({"rank": rank} if rank else {})}


def practitioner(key: str, family: str, given: str, rpps: str, *telecom: Json, **more: Any) -> Json:
    return {
        "resourceType": "Practitioner",
        "id": key,
        "meta": {"versionId": "1", "lastUpdated": "2026-09-01T10:00:00.000+02:00"},
        "identifier": [
            {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": "8" + rpps},
            {"system": "https://rpps.esante.gouv.fr", "value": rpps},
        ],
        "active": True,
        "name": [{"family": family, "given": [given], "prefix": ["MME"], "suffix": ["DR"]}],
        "telecom": list(telecom),
        "qualification": [
            {"code": {"coding": [coding("TRE_G15-ProfessionSante", "10"), coding("TRE_R09-CategorieProf", "C")]}},
            {"code": {"coding": [coding("TRE_R38-SpecialiteOrdinale", "SM04")]}},
        ],
        **more,
    }


def role(key: str, person: str, structure: str, *telecom: Json, **more: Any) -> Json:
    return {
        "resourceType": "PractitionerRole",
        "id": key,
        "identifier": [{"system": "https://rpps.esante.gouv.fr", "value": "1234567890"}],
        "active": True,
        "practitioner": {"reference": f"Practitioner/{person}"},
        "organization": {"reference": f"Organization/{structure}"},
        "telecom": list(telecom),
        **more,
    }


def organization(key: str, name: str, finess: str, *telecom: Json, **more: Any) -> Json:
    return {
        "resourceType": "Organization",
        "id": key,
        "active": True,
        "identifier": [{"system": "https://finess.esante.gouv.fr", "value": finess}],
        "name": name,
        "telecom": list(telecom),
        "address": [{"line": ["1 RUE DE L'EXEMPLE"], "city": "NANCY", "postalCode": "54000"}],
        **more,
    }


def bundle(*resources: Any, following: str = "", **more: Any) -> Json:
    links = [{"relation": "self", "url": "x"}, *([{"relation": "next", "url": following}] if following else [])]
    entries = [{"fullUrl": "x", "resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, "link": links, **more}
