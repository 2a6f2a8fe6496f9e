"""What was accepted is not asked again, and nobody can read of it whom it was about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.store_acceptances import FileAcceptances
from tests.stores.conftest import Said

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
RULE, PATIENT = "destinataire.patient-identite", "279035121518989@patient.mssante.fr"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def store(tmp_path: Path, clock: SetClock, said: Said) -> FileAcceptances:
    return FileAcceptances(tmp_path / "acceptances.json", clock, said)


def test_what_was_accepted_is_remembered_for_its_days(store: FileAcceptances, clock: SetClock) -> None:
    assert (RULE, PATIENT) not in store.recent(30)
    store.accept(RULE, PATIENT)
    assert (RULE, PATIENT) in store.recent(30)
    assert (RULE, PATIENT.upper()) in store.recent(30)
    assert ("autre.regle", PATIENT) not in store.recent(30)
    assert (RULE, "autre") not in store.recent(30)
    clock.advance(timedelta(days=30))
    assert (RULE, PATIENT) in store.recent(30)
    clock.advance(timedelta(seconds=1))
    assert (RULE, PATIENT) not in store.recent(30)


def test_the_item_is_never_stored(store: FileAcceptances, tmp_path: Path) -> None:
    store.accept(RULE, PATIENT)
    for file in tmp_path.iterdir():
        assert b"279035121518989" not in file.read_bytes()


def test_another_machine_has_other_hashes(tmp_path: Path, clock: SetClock, said: Said) -> None:
    stored = []
    for machine in "ab":
        FileAcceptances(tmp_path / machine / "acceptances.json", clock, said).accept(RULE, PATIENT)
        stored.append((tmp_path / machine / "acceptances.json").read_text())
    assert stored[0] != stored[1]


def test_old_ones_go(store: FileAcceptances, clock: SetClock, tmp_path: Path) -> None:
    store.accept(RULE, PATIENT)
    clock.advance(timedelta(days=401))
    store.accept(RULE, "autre")
    assert len(store.recent(10_000)) == 1


def test_a_damaged_key_or_file_only_makes_it_ask_again(store: FileAcceptances, tmp_path: Path, said: Said) -> None:
    store.accept(RULE, PATIENT)
    (tmp_path / "machine.key").write_bytes(b"short")
    assert (RULE, PATIENT) not in store.recent(30)
    (tmp_path / "acceptances.json").write_text('{"accepted": [["r", "i", "2026-11-20"]]}')
    assert len(store.recent(30)) == 0
    assert len(said) == 2
    store.accept(RULE, PATIENT)
    assert (RULE, PATIENT) in store.recent(30)
