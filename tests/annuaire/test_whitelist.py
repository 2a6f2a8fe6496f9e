"""The list of trust-space domains: what it answers, and which files are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.adapters.directory.whitelist import WhiteList, install, parse, spellings
from mss_tui.errors import UsageError
from tests.support.extraction import domains, white_list

LIST = [
    ("ch-nancy.mssante.fr", "Opérateur Est"),
    ("hôpital-3.mssante.fr", "Opérateur, Sud"),
    ("MEDECIN.mssante.fr", "Cnom"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "place" / "listeblanchemssante.xml"
    assert install(white_list(LIST), place) == 3
    return place


def test_a_domain_is_listed_or_not(path: Path) -> None:
    listed = WhiteList(path)
    assert listed.in_white_list("ch-nancy.mssante.fr") is True
    assert listed.in_white_list("CH-Nancy.mssante.fr.") is True
    assert listed.in_white_list("medecin.mssante.fr") is True
    assert listed.in_white_list("ch-metz.mssante.fr") is False
    assert listed.in_white_list("mssante.fr") is False


def test_without_a_list_nobody_knows(tmp_path: Path) -> None:
    missing = WhiteList(tmp_path / "none.xml")
    assert missing.in_white_list("ch-nancy.mssante.fr") is None
    assert missing.domain("ch-nancy.mssante.fr") is None
    assert not missing.unreadable
    (tmp_path / "none.xml").write_bytes(b"<cut")
    assert missing.in_white_list("ch-nancy.mssante.fr") is None
    assert missing.unreadable


def test_letters_outside_ascii_are_found_either_way(path: Path) -> None:
    listed = WhiteList(path)
    assert listed.in_white_list("hôpital-3.mssante.fr".encode("idna").decode()) is True
    assert listed.in_white_list("Hôpital-3.mssante.fr") is True


def test_a_domain_has_an_operator_and_a_support(path: Path) -> None:
    found = WhiteList(path).domain("ch-nancy.mssante.fr")
    assert found is not None
    assert (found.operator, found.support) == ("Opérateur Est", "support@ch-nancy.mssante.fr")
    assert found.contact == "responsable@ch-nancy.mssante.fr"


def test_an_update_is_seen_by_a_list_that_is_open(path: Path) -> None:
    listed = WhiteList(path)
    assert listed.in_white_list("ch-metz.mssante.fr") is False
    install(white_list([*LIST, ("ch-metz.mssante.fr", "Opérateur Est")]), path)
    assert listed.in_white_list("ch-metz.mssante.fr") is True


def test_a_list_of_the_real_size_is_taken(tmp_path: Path) -> None:
    place = tmp_path / "l.xml"
    assert install(white_list(domains(8_655)), place, 0o644) == 8_655
    assert WhiteList(place).in_white_list("structure-8654.mssante.fr") is True
    assert place.stat().st_mode & 0o777 == 0o644


BOMB = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<ListeBlanche><Domaine><Nom>&b;.mssante.fr</Nom></Domaine></ListeBlanche>"""
FILE = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<ListeBlanche><Domaine><Nom>&x;</Nom></Domaine></ListeBlanche>"""
BAD = {
    "empty": b"",
    "html": b"<html><body>maintenance</body></html>",
    "cut": white_list(LIST)[:-30],
    "no domain": white_list([]),
    "entities": BOMB,
    "outside file": FILE,
    "deep": b"<a>" * 5_000 + b"</a>" * 5_000,
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_what_is_no_whole_list_is_refused_and_changes_nothing(path: Path, data: bytes) -> None:
    before = path.read_bytes()
    with pytest.raises(UsageError):
        install(data, path)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_far_fewer_domains_than_before_are_refused(tmp_path: Path) -> None:
    place = tmp_path / "l.xml"
    install(white_list(domains(100)), place)
    with pytest.raises(UsageError, match="moins de domaines"):
        install(white_list(domains(20)), place)


def test_what_is_shown_is_sanitised() -> None:
    data = white_list([("x.mssante.fr", "\u202eOp\u200b\u0085")])
    assert all(domain.operator.isprintable() for domain in parse(data).values())


@given(st.text(max_size=80))
def test_any_text_may_be_asked_for(text: str) -> None:
    spellings(text)
