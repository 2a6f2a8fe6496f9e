"""Favourites and recent correspondents: per profile, never a patient."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mss_tui.adapters.directory.known import MAX_RECENT, KnownFile
from mss_tui.phrase import Phrase

ANNE, PAUL = "anne.lefebvre@medecin.mssante.fr", "paul.durand@medecin.mssante.fr"


@pytest.fixture
def said() -> list[Phrase]:
    return []


@pytest.fixture
def known(tmp_path: Path, said: list[Phrase]) -> KnownFile:
    return KnownFile(tmp_path / "state" / "correspondants.json", "garde", said.append)


def test_favourites_are_kept_newest_first_and_taken_away(known: KnownFile) -> None:
    for address in (ANNE, PAUL, ANNE.upper()):
        known.set_favourite(address, True)
    assert known.favourites() == (ANNE, PAUL)
    known.set_favourite(PAUL, False)
    assert known.favourites() == (ANNE,)


def test_recent_correspondents_are_few_and_newest_first(known: KnownFile) -> None:
    for number in range(MAX_RECENT + 20):
        known.wrote_to([f"p{number}@x.mssante.fr"])
    known.wrote_to([ANNE, PAUL])
    assert known.recent()[:3] == (ANNE, PAUL, f"p{MAX_RECENT + 19}@x.mssante.fr")
    assert len(known.recent()) == MAX_RECENT


def test_a_profile_does_not_see_another_one_s(known: KnownFile, tmp_path: Path, said: list[Phrase]) -> None:
    known.set_favourite(ANNE, True)
    other = KnownFile(tmp_path / "state" / "correspondants.json", "cabinet", said.append)
    assert other.favourites() == ()
    other.set_favourite(PAUL, True)
    assert known.favourites() == (ANNE,)


def test_a_patient_is_never_written_down(known: KnownFile, tmp_path: Path) -> None:
    known.wrote_to(["279035121518989@patient.mssante.fr", "279035121518989@PATIENT.mssante.fr", ANNE])
    known.set_favourite("279035121518989@patient.mssante.fr", True)
    assert known.recent() == (ANNE,)
    assert "279035121518989" not in (tmp_path / "state" / "correspondants.json").read_text()


def test_nor_is_anyone_outside_the_trust_space(known: KnownFile) -> None:
    known.wrote_to(["jean@gmail.com", "nonsense"])
    assert known.recent() == ()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"profiles": {"garde": 3}}', json.dumps({"profiles": []})])
def test_a_damaged_file_gives_nobody_and_can_be_written_again(known: KnownFile, tmp_path: Path, content: str) -> None:
    path = tmp_path / "state" / "correspondants.json"
    path.parent.mkdir(mode=0o700)
    path.write_text(content)
    path.chmod(0o600)
    assert known.favourites() == ()
    known.set_favourite(ANNE, True)
    assert known.favourites() == (ANNE,)


def test_only_its_owner_reads_the_file(known: KnownFile, tmp_path: Path) -> None:
    known.set_favourite(ANNE, True)
    assert (tmp_path / "state" / "correspondants.json").stat().st_mode & 0o777 == 0o600
