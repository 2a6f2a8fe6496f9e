"""Limits shared by every process of a host: tries of passwords, calls to the directory."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mss_tui.adapters import hostwide
from mss_tui.adapters.clock import SetClock
from mss_tui.adapters.directory.calls import Calls
from mss_tui.adapters.hostwide import Shared, directory_calls, place_of, refusals
from mss_tui.adapters.secrets import SecretChain
from mss_tui.errors import AuthRefused
from mss_tui.model.people import Auth, AuthMethod
from mss_tui.ports.secrets import Secret
from tests.secrets.test_chain import ACCOUNT
from tests.support.servers import NOW

SECOND = timedelta(seconds=1)


def test_so_many_within_a_time_and_then_it_says_how_long(tmp_path: Path) -> None:
    shared = Shared(tmp_path / "f", 2, timedelta(seconds=10))
    assert [shared.take(NOW), shared.take(NOW + SECOND)] == [0, 0]
    assert shared.take(NOW + 2 * SECOND) == 8
    assert shared.wait(NOW + 9 * SECOND) == 1
    assert shared.take(NOW + 10 * SECOND) == 0
    assert shared.take(NOW + 10 * SECOND) == 1


def test_processes_at_once_take_exactly_what_there_is(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.host.taking", str(tmp_path / "f"), "40", "15"]
    running = [subprocess.Popen(program, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) for _ in range(4)]
    taken = [int(one.communicate(timeout=60)[0]) for one in running]
    assert sum(taken) == 40


@pytest.mark.parametrize("content", [b"", b"rubbish\n\0\xff", b"nan\ninf\n-1\n1e400\n", b"9" * 100_000])
def test_a_file_that_somebody_filled_limits_nothing_and_stays_small(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "f").write_bytes(content)
    shared = Shared(tmp_path / "f", 3, SECOND)
    assert shared.take(NOW) == 0
    assert (tmp_path / "f").stat().st_size < 100


def test_a_link_a_folder_and_a_pipe_are_not_written(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("à moi")
    (tmp_path / "link").symlink_to(target)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "folder", "pipe", "absent/deeper/f"):
        assert Shared(tmp_path / name, 1, SECOND).take(NOW) == 0
    assert target.read_text() == "à moi"


def test_moments_of_a_clock_that_was_ahead_do_not_close_the_host(tmp_path: Path) -> None:
    shared = Shared(tmp_path / "f", 1, SECOND)
    assert shared.take(NOW + timedelta(days=365)) == 0
    assert shared.take(NOW) == 0


def test_the_address_is_not_in_the_name_of_the_file(tmp_path: Path) -> None:
    assert "martin" not in refusals(tmp_path, "jean.martin@medecin.mssante.fr").path.name


def test_the_place_of_the_host_is_taken_only_when_root_made_it_sticky(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hostwide, "HOST", tmp_path / "run")
    own = tmp_path / "state" / "limites"
    assert place_of(tmp_path / "state") == own
    (tmp_path / "run").mkdir()
    (tmp_path / "run").chmod(0o777)
    assert place_of(tmp_path / "state") == own
    (tmp_path / "run").chmod(0o1777)
    if os.getuid() == 0:
        assert place_of(tmp_path / "state") == tmp_path / "run"
        refusals(tmp_path / "run", "a@b").note(NOW)
        (made,) = (tmp_path / "run").iterdir()
        assert made.stat().st_mode & 0o777 == 0o666


async def test_p20_three_programs_with_the_same_wrong_password_try_three_times_in_all(tmp_path: Path) -> None:
    clock = SetClock(NOW)
    tried = 0

    async def ask(_: object) -> Secret:
        nonlocal tried
        tried += 1
        return Secret("faux")

    for _ in range(3):
        chain = SecretChain(ask=ask, limits=tmp_path, clock=clock)
        await chain.of(ACCOUNT)
        chain.forget(ACCOUNT)
        clock.advance(SECOND)
    late = SecretChain(ask=ask, limits=tmp_path, clock=clock)
    with pytest.raises(AuthRefused, match="trop de mots de passe refusés depuis ce poste"):
        await late.of(ACCOUNT)
    assert tried == 3
    await late.of(replace(ACCOUNT, address="autre@medecin.mssante.fr"))
    clock.advance(timedelta(minutes=15))
    await late.of(replace(ACCOUNT, id="encore"))


async def test_a_token_that_ran_out_closes_nothing(tmp_path: Path) -> None:
    account = replace(ACCOUNT, auth=Auth(AuthMethod.TOKEN, command=("true",)))
    chain = SecretChain(limits=tmp_path)
    for _ in range(5):
        chain.forget(account)
    assert list(tmp_path.iterdir()) == []


async def test_p19_two_programs_call_the_directory_no_more_than_one_may(tmp_path: Path) -> None:
    clock = SetClock(NOW)
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        clock.advance(timedelta(seconds=seconds))

    async def call() -> None:
        return None

    both = [Calls(clock, sleep, lambda: 0.0, directory_calls(tmp_path)) for _ in range(2)]
    for number in range(60):
        await both[number % 2].make(call)
    assert (clock.now() - NOW).total_seconds() >= 3
    assert waited
