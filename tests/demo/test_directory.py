"""The demo's directory: the extraction's columns and the FHIR answers."""

from __future__ import annotations

import asyncio
import json
import ssl
from http.client import HTTPSConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from mss_tui.demo.annuaire.extraction import COLUMNS, extraction
from mss_tui.demo.annuaire.generate import directory
from mss_tui.demo.annuaire.people import Directory, luhn
from mss_tui.demo.operator import Operator
from tests.demo.conftest import Clients
from tests.demo.wire import Wire, trusting


def rows(people: Directory) -> list[list[str]]:
    return [line.split("|") for line in extraction(people).splitlines()]


def test_the_extraction_has_31_columns_and_a_header(people: Directory) -> None:
    found = rows(people)
    assert found[0] == list(COLUMNS)
    assert {len(row) for row in found} == {31}
    assert len(found) > 300
    assert {row[0] for row in found[1:]} == {"PER", "ORG"}


def test_the_extraction_has_every_trap_of_the_real_one(people: Directory) -> None:
    found = rows(people)[1:]
    addresses = [row[1] for row in found]
    assert len(addresses) > len(set(addresses))
    martins = [row for row in found if row[9] == "MARTIN" and row[10].upper() == "JEAN"]
    assert len({row[3] for row in martins}) >= 3
    names = " ".join(row[9] for row in found)
    for wanted in ("ÖZTÜRK-MOREL", "DE LA FONTAINE", "PREMIER-DEUXIÈME", "D'ALMEIDA", "ŒUVRARD"):
        assert wanted in names
    assert any(row[10].isupper() for row in found)
    assert any(row[10].istitle() for row in found)
    assert any(row[17] == "N" for row in found)


def test_every_address_is_below_the_demo_s_domain_and_every_number_has_its_key(people: Directory) -> None:
    assert all(address.endswith(".demo.mssante.fr") for address in people.addresses)
    for professional in people.professionals:
        assert len(professional.rpps) == 11
        assert luhn(professional.rpps[:-1]) == professional.rpps
    for structure, _ in people.structures:
        assert len(structure.finess) == 9
        assert luhn(structure.finess[:-1]) == structure.finess


def test_red_listed_and_application_mailboxes_exist_but_are_not_in_the_extraction(people: Directory) -> None:
    text = extraction(people)
    for address in ("marc.vandamme@medecin.demo.mssante.fr", "resultats-noreply@biosud.demo.mssante.fr"):
        assert people.has(address)
        assert address not in text


def test_the_directory_is_the_same_each_time(people: Directory) -> None:
    assert extraction(directory()) == extraction(people)


class Fhir:
    """A client of the directory service."""

    def __init__(self, operator: Operator) -> None:
        self.url = urlsplit(operator.fhir_url)
        self.context = trusting(operator.ca)
        self.key = (operator.directory / "fhir.key").read_text()

    async def get(self, path: str, *, key: str | None = None, method: str = "GET") -> tuple[int, Any]:
        """Status and decoded body."""

        def run() -> tuple[int, Any]:
            connection = HTTPSConnection(str(self.url.hostname), self.url.port, context=self.context, timeout=20)
            connection.request(method, path, headers={"ESANTE-API-KEY": self.key if key is None else key})
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            return answer.status, json.loads(body)

        return await asyncio.to_thread(run)

    async def search(self, kind: str, *pairs: tuple[str, str]) -> list[dict[str, Any]]:
        """Every resource of every page."""
        path: str | None = f"{self.url.path}/{kind}?{urlencode(pairs)}"
        found = []
        while path is not None:
            status, bundle = await self.get(path)
            assert (status, bundle["type"]) == (200, "searchset")
            found += [entry["resource"] for entry in bundle["entry"]]
            following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
            path = following[0] if following else None
        return found


@pytest.fixture
def fhir(operator: Operator) -> Fhir:
    """A client of an operator's directory."""
    return Fhir(operator)


def boxes(resources: list[dict[str, Any]]) -> set[str]:
    return {t["value"] for r in resources for t in r.get("telecom", ()) if t["system"] == "email"}


async def test_an_address_is_found_where_it_is_carried(fhir: Fhir) -> None:
    for kind, address in (
        ("Practitioner", "helene.ozturk-morel@medecin.demo.mssante.fr"),
        ("PractitionerRole", "karim.bensaid@ch-valmarin.demo.mssante.fr"),
        ("Organization", "secretariat@ehpad-tilleuls.demo.mssante.fr"),
    ):
        found = await fhir.search(kind, ("mailbox-mss:exact", address))
        assert [address in boxes([resource]) for resource in found] == [True]
        extension = next(t for t in found[0]["telecom"] if t["value"] == address)["extension"]
        assert extension[0]["valueCoding"]["code"] == "MSSANTE"


async def test_an_rpps_brings_its_roles_and_every_mailbox(fhir: Fhir, people: Directory) -> None:
    lefebvre = next(p for p in people.professionals if p.family == "LEFEBVRE" and p.title)
    token = f"https://rpps.esante.gouv.fr|{lefebvre.rpps}"
    found = await fhir.search("Practitioner", ("identifier", token), ("_revinclude", "PractitionerRole:practitioner"))
    assert [resource["resourceType"] for resource in found] == ["Practitioner", "PractitionerRole"]
    assert boxes(found) == {box.address for box in lefebvre.boxes}


async def test_names_match_by_prefix_without_accents_and_exact_to_the_letter(fhir: Fhir) -> None:
    assert len(await fhir.search("Practitioner", ("family", "ozturk"), ("given", "HELENE"))) == 1
    assert len(await fhir.search("Practitioner", ("family:exact", "ÖZTÜRK-MOREL"))) == 1
    assert await fhir.search("Practitioner", ("family:exact", "ozturk-morel")) == []
    assert len(await fhir.search("Practitioner", ("family:contains", "deuxieme"))) >= 1
    doctors = await fhir.search("Practitioner", ("family", "MARTIN"), ("given", "Jean"), ("qualification-code", "10"))
    assert len(doctors) == 3


async def test_includes_bring_person_and_structure(fhir: Fhir) -> None:
    address = "karim.bensaid@ch-valmarin.demo.mssante.fr"
    found = await fhir.search("PractitionerRole", ("mailbox-mss:exact", address), ("_include", "*"))
    assert [resource["resourceType"] for resource in found] == ["PractitionerRole", "Practitioner", "Organization"]
    roles = await fhir.search(
        "Organization",
        ("identifier", f"https://finess.esante.gouv.fr|{found[2]['identifier'][1]['value']}"),
        ("_revinclude", "PractitionerRole:organization"),
    )
    assert found[0]["id"] in {resource["id"] for resource in roles}


async def test_pages_follow_one_another_once(fhir: Fhir) -> None:
    whole = await fhir.search("Practitioner", ("_count", "200"))
    paged = await fhir.search("Practitioner", ("_count", "7"))
    assert [resource["id"] for resource in paged] == [resource["id"] for resource in whole]
    _, first = await fhir.get(f"{fhir.url.path}/Practitioner?_count=1&_total=accurate")
    assert first["total"] == len(whole)
    following = next(link["url"] for link in first["link"] if link["relation"] == "next")
    assert (await fhir.get(following))[0] == 200
    assert (await fhir.get(following))[0] == 400


async def test_red_listed_mailboxes_are_absent(fhir: Fhir) -> None:
    found = await fhir.search("Practitioner", ("family", "VAN DAMME"))
    assert len(found) == 1
    assert boxes(found) == set()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/Practitioner?first=x", 400),
        ("/Practitioner?_has=x", 400),
        ("/Practitioner?_count=none", 400),
        ("/Practitioner?_include=Practitioner:x", 400),
        ("/Medication", 400),
        ("/Practitioner/003-0", 404),
        ("/Practitioner/003-9000001", 200),
        ("/metadata", 200),
        ("/a/b/c", 404),
    ],
)
async def test_what_is_not_served_says_so(fhir: Fhir, path: str, status: int) -> None:
    got, body = await fhir.get(fhir.url.path + path)
    assert got == status
    assert status != 400 or body["resourceType"] == "OperationOutcome"


async def test_the_gateway_asks_for_its_key_and_for_get(fhir: Fhir) -> None:
    path = fhir.url.path + "/metadata"
    assert (await fhir.get(path, key="wrong"))[0] == 401
    assert (await fhir.get(path, key=""))[0] == 401
    assert (await fhir.get(path, method="DELETE"))[0] == 405
    assert (await fhir.get("/elsewhere"))[0] == 404


@pytest.mark.parametrize(
    "request_bytes",
    [b"GET /" + b"x" * 20_000, b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 100, b"\r\n", b"HELLO\r\n"],
)
async def test_hostile_requests_end_the_connection(fhir: Fhir, clients: Clients, request_bytes: bytes) -> None:
    wire = await Wire.open(int(fhir.url.port or 0), fhir.context)
    clients.open.append(wire)
    await wire.send(request_bytes)
    with_error = b""
    try:
        with_error = await wire.reader.read(10)
    except (OSError, ssl.SSLError):
        return
    assert with_error == b""


async def test_several_requests_share_a_connection(fhir: Fhir) -> None:
    def run() -> list[int]:
        connection = HTTPSConnection(str(fhir.url.hostname), fhir.url.port, context=fhir.context, timeout=20)
        statuses = []
        for name in ("Roux", "Noël"):
            path = f"{fhir.url.path}/Practitioner?family={quote(name)}"
            connection.request("GET", path, headers={"ESANTE-API-KEY": fhir.key})
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        connection.close()
        return statuses

    assert await asyncio.to_thread(run) == [200, 200]
