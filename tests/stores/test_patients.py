"""Registers of patients: sealed, a file a profile, with their dates; never lost in silence."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mss_tui.adapters.cache.key import KeySource, RawKey
from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.store_key import MachineKey
from mss_tui.adapters.store_patients import FilePatients
from mss_tui.errors import AuthRefused, MssError
from mss_tui.model.patient import Mark, Noted
from mss_tui.model.people import Caching
from mss_tui.phrase import say
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


def sealed(tmp_path: Path) -> list[Path]:
    return sorted(tmp_path.glob("patients-*.sealed"))


def test_profiles_do_not_share_registers_and_nothing_of_a_patient_is_to_be_read(
    tmp_path: Path, clock: SetClock, said: Said
) -> None:
    registers(tmp_path, clock, said).note(INS, Mark.INFORMED, "Léo DUPOND")
    assert registers(tmp_path, clock, said, "cabinet").of(INS) == {}
    registers(tmp_path, clock, said, "cabinet").note(INS, Mark.INFORMED)
    files = sealed(tmp_path)
    assert len(files) == 2
    for file in files:
        written = file.name.encode() + file.read_bytes()
        for word in (INS[:13], "DUPOND", "garde", "cabinet", Mark.INFORMED.value):
            assert word.encode() not in written
        assert file.stat().st_mode & 0o777 == 0o600


def test_its_owner_sees_who_is_in_it_by_name(tmp_path: Path, clock: SetClock, said: Said) -> None:
    store = registers(tmp_path, clock, said)
    store.note(INS, Mark.INFORMED, "Léo DUPOND")
    store.note(OTHER, Mark.NO_EXCHANGES, "Anne\x1b[31m ALBA")
    store.note(INS, Mark.QUALIFIED)
    store.withdraw(OTHER, Mark.NO_EXCHANGES)
    first, second = registers(tmp_path, clock, said).everyone()
    assert (first.ins, first.notes) == (OTHER, {Mark.NO_EXCHANGES: Noted(NOW, NOW)})
    assert "\x1b" not in first.who
    assert (second.who, set(second.notes)) == ("Léo DUPOND", {Mark.INFORMED, Mark.QUALIFIED})


@pytest.mark.parametrize("at", [0, 12, 30, 60, -1])
def test_a_damaged_register_is_an_error_and_stays_as_it_is(
    tmp_path: Path, clock: SetClock, said: Said, at: int
) -> None:
    store = registers(tmp_path, clock, said)
    store.note(INS, Mark.NO_MESSAGES)
    (file,) = sealed(tmp_path)
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)
    for act in (lambda: store.of(INS), lambda: store.note(INS, Mark.INFORMED), store.everyone):
        with pytest.raises(MssError, match="ne s'ouvre pas"):
            act()
    assert file.read_bytes() == bytes(data)


def test_another_key_is_named_and_the_first_one_opens_it_again(tmp_path: Path, clock: SetClock, said: Said) -> None:
    store = registers(tmp_path, clock, said)
    store.note(INS, Mark.NO_MESSAGES)
    key = (tmp_path / "machine.key").read_bytes()
    (tmp_path / "machine.key").unlink()
    with pytest.raises(MssError, match="scellé avec une autre clé"):
        store.of(INS)
    (tmp_path / "machine.key").write_bytes(key)
    assert store.of(INS)[Mark.NO_MESSAGES].stands


def test_a_register_of_one_profile_cannot_stand_for_another_s(tmp_path: Path, clock: SetClock, said: Said) -> None:
    registers(tmp_path, clock, said).note(INS, Mark.INFORMED)
    (mine,) = sealed(tmp_path)
    registers(tmp_path, clock, said, "cabinet").note(OTHER, Mark.INFORMED)
    (theirs,) = set(sealed(tmp_path)) - {mine}
    theirs.write_bytes(mine.read_bytes())
    with pytest.raises(MssError, match="abîmé"):
        registers(tmp_path, clock, said, "cabinet").of(INS)


def test_a_new_register_begins_only_when_that_is_said_and_the_old_one_is_kept(
    tmp_path: Path, clock: SetClock, said: Said
) -> None:
    store = registers(tmp_path, clock, said)
    assert not store.begin_again()
    store.note(INS, Mark.NO_MESSAGES)
    assert not store.begin_again()
    (file,) = sealed(tmp_path)
    file.write_bytes(b"?")
    assert store.begin_again()
    assert "gardé sous" in said[0]
    assert store.of(INS) == {}
    assert store.note(INS, Mark.INFORMED)
    assert file.with_name(f"{file.name}.abime-1").read_bytes() == b"?"


def before(tmp_path: Path, said: Said, **profiles: str) -> None:
    """The file of before: hashes of profile and INS."""
    key = MachineKey(tmp_path, said)
    notes = [["opposition-messages", "2026-01-02T08:00:00+00:00", None]]
    hashed = {key.hashed(f"{profile}\n{ins}"): notes for profile, ins in profiles.items()}
    (tmp_path / "patients.json").write_text(json.dumps({"schema": 1, "patients": hashed}))
    (tmp_path / "patients.json").chmod(0o600)


def test_the_file_of_before_is_sealed_for_every_profile_and_its_notes_stand(
    tmp_path: Path, clock: SetClock, said: Said
) -> None:
    before(tmp_path, said, garde=INS, cabinet=OTHER)
    mine = registers(tmp_path, clock, said)
    assert mine.of(INS)[Mark.NO_MESSAGES].stands
    assert not (tmp_path / "patients.json").exists()
    assert b"opposition" not in (tmp_path / "patients.sealed").read_bytes()
    assert mine.everyone() == ()
    mine.note(INS, Mark.INFORMED, "Léo DUPOND")
    (named,) = mine.everyone()
    assert set(named.notes) == {Mark.NO_MESSAGES, Mark.INFORMED}
    assert registers(tmp_path, clock, said, "cabinet").of(OTHER)[Mark.NO_MESSAGES].stands
    assert not registers(tmp_path, clock, said).withdraw(INS, Mark.NO_MESSAGES)[Mark.NO_MESSAGES].stands
    assert not said


def test_the_file_of_before_stays_while_it_cannot_be_sealed(tmp_path: Path, clock: SetClock, said: Said) -> None:
    before(tmp_path, said, garde=INS)
    (tmp_path / "patients.sealed").write_bytes(b"?")
    with pytest.raises(MssError):
        registers(tmp_path, clock, said).of(INS)
    assert (tmp_path / "patients.json").exists()


def test_a_damaged_file_of_before_is_set_aside_and_said(tmp_path: Path, clock: SetClock, said: Said) -> None:
    (tmp_path / "patients.json").write_text('{"patients": {"x": [["informe", "2026-11-20T00:00:00", null]]}}')
    assert registers(tmp_path, clock, said).of(INS) == {}
    assert said


def test_what_cannot_be_read_is_an_error_not_an_empty_register(tmp_path: Path, clock: SetClock, said: Said) -> None:
    (tmp_path / "patients.json").mkdir()
    with pytest.raises(MssError):
        registers(tmp_path, clock, said).of(INS)


class Ring:
    """A key source that gives what it holds; nothing when it is locked."""

    asks = False

    def __init__(self, octets: bytes) -> None:
        self.octets: bytes | None = octets

    async def key(self) -> RawKey:
        if self.octets is None:
            raise AuthRefused(say("Le trousseau est verrouillé."))
        return RawKey(self.octets)

    def forget(self) -> None:
        """Nothing is kept."""


def ringed(tmp_path: Path, clock: SetClock, said: Said, ring: Ring) -> FilePatients:
    return FilePatients(tmp_path / "patients.json", "garde", clock, said, ring)  # type: ignore[arg-type]


async def test_a_key_of_the_profile_seals_and_the_machine_s_alone_opens_no_longer(
    tmp_path: Path, clock: SetClock, said: Said
) -> None:
    registers(tmp_path, clock, said).note(INS, Mark.NO_MESSAGES)
    store = ringed(tmp_path, clock, said, Ring(b"k" * 32))
    assert await store.prepare()
    assert not await store.prepare()
    assert store.of(INS)[Mark.NO_MESSAGES].stands
    store.note(INS, Mark.INFORMED, "Léo DUPOND")
    with pytest.raises(MssError, match="une autre clé"):
        registers(tmp_path, clock, said).of(INS)
    other = ringed(tmp_path, clock, said, Ring(b"x" * 32))
    await other.prepare()
    with pytest.raises(MssError, match="une autre clé"):
        other.of(INS)
    assert set(store.of(INS)) == {Mark.NO_MESSAGES, Mark.INFORMED}


async def test_a_locked_keyring_is_said_and_nothing_is_sealed_with_another_key(
    tmp_path: Path, clock: SetClock, said: Said
) -> None:
    ring = Ring(b"k" * 32)
    ring.octets = None
    store = ringed(tmp_path, clock, said, ring)
    with pytest.raises(MssError, match="pas encore été demandée"):
        store.note(INS, Mark.INFORMED)
    with pytest.raises(AuthRefused):
        await store.prepare()
    with pytest.raises(AuthRefused, match="verrouillé"):
        store.note(INS, Mark.INFORMED)
    assert not sealed(tmp_path)
    ring.octets = b"k" * 32
    assert await store.prepare()
    assert store.note(INS, Mark.INFORMED)


async def test_a_key_that_only_the_user_knows_is_not_asked_for(tmp_path: Path, clock: SetClock, said: Said) -> None:
    store = FilePatients(tmp_path / "patients.json", "garde", clock, said, KeySource("garde", Caching(), environ={}))
    assert not await store.prepare()
    assert store.note(INS, Mark.INFORMED)
    assert registers(tmp_path, clock, said).of(INS)[Mark.INFORMED].stands


async def test_the_passphrase_of_a_command_seals(tmp_path: Path, clock: SetClock, said: Said) -> None:
    source = KeySource("garde", Caching(command=("echo", "une phrase assez longue")))
    store = FilePatients(tmp_path / "patients.json", "garde", clock, said, source)
    assert await store.prepare()
    assert store.note(INS, Mark.INFORMED)
    with pytest.raises(MssError, match="une autre clé"):
        registers(tmp_path, clock, said).of(INS)
