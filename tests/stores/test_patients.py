"""Registers of patients: kept by profile with their dates, withdrawable, and no INS to be read in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.store_patients import FilePatients
from mss_tui.errors import MssError
from mss_tui.model.patient import Mark, Noted
from tests.stores.conftest import Said

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
INS, OTHER = "279035121518989", "255069999999934"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


def registers(tmp_path: Path, clock: SetClock, said: Said, profile: str = "garde") -> FilePatients:
    return FilePatients(tmp_path / "patients.json", profile, clock, said)


def test_marks_are_kept_with_their_dates_and_withdrawn_ones_too(tmp_path: Path, clock: SetClock, said: Said) -> None:
    store = registers(tmp_path, clock, said)
    assert store.of(INS) == {}
    store.note(INS, Mark.INFORMED)
    store.note(INS, Mark.NO_MESSAGES)
    clock.advance(timedelta(days=3))
    store.note(INS, Mark.INFORMED)
    store.withdraw(INS, Mark.NO_MESSAGES)
    store.withdraw(INS, Mark.NO_EXCHANGES)
    again = registers(tmp_path, clock, said).of(INS)
    assert again == {Mark.INFORMED: Noted(NOW), Mark.NO_MESSAGES: Noted(NOW, clock.now())}
    assert not again[Mark.NO_MESSAGES].stands
    assert store.of(OTHER) == {}


def test_an_objection_made_again_stands_from_then_on(tmp_path: Path, clock: SetClock, said: Said) -> None:
    store = registers(tmp_path, clock, said)
    store.note(INS, Mark.NO_EXCHANGES)
    store.withdraw(INS, Mark.NO_EXCHANGES)
    clock.advance(timedelta(days=1))
    assert store.note(INS, Mark.NO_EXCHANGES) == {Mark.NO_EXCHANGES: Noted(clock.now())}


def test_profiles_do_not_share_registers_and_no_ins_is_stored(tmp_path: Path, clock: SetClock, said: Said) -> None:
    registers(tmp_path, clock, said).note(INS, Mark.INFORMED)
    assert registers(tmp_path, clock, said, "cabinet").of(INS) == {}
    registers(tmp_path, clock, said, "cabinet").note(INS, Mark.INFORMED)
    written = (tmp_path / "patients.json").read_text()
    assert INS not in written
    assert INS[:13] not in written
    assert "garde" not in written
    assert (tmp_path / "patients.json").stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path, clock: SetClock, said: Said) -> None:
    (tmp_path / "patients.json").write_text('{"patients": {"x": [["informe", "2026-11-20T00:00:00", null]]}}')
    store = registers(tmp_path, clock, said)
    assert store.of(INS) == {}
    assert said


def test_what_cannot_be_read_is_an_error_not_an_empty_register(tmp_path: Path, clock: SetClock, said: Said) -> None:
    (tmp_path / "patients.json").mkdir()
    with pytest.raises(MssError):
        registers(tmp_path, clock, said).of(INS)
