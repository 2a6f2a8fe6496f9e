"""The bounded worker: a bomb costs a sentence, and the next job runs."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from mss_tui.adapters.worker import ProcessWorker
from mss_tui.errors import DeadlinePassed, InternalError
from tests.worker import jobs as child_jobs
from tests.worker.jobs import Answer, Surroundings

JOBS = {name: f"tests.worker.jobs:{name}" for name in vars(child_jobs) if name.islower()} | {"absent": "no.such:job"}


@pytest.fixture
async def worker() -> AsyncIterator[ProcessWorker]:
    worker = ProcessWorker(JOBS)
    yield worker
    await worker.close()


async def alive(worker: ProcessWorker) -> None:
    assert (await worker.run("echo", Answer, b"encore")).size == 6


async def test_no_process_before_the_first_job(worker: ProcessWorker) -> None:
    assert worker.pid is None
    await alive(worker)
    assert worker.pid is not None


async def test_a_result_comes_back_as_its_dataclass(worker: ProcessWorker) -> None:
    answer = await worker.run("echo", Answer, b"0123456789abc", {"text": "é\x1b", "n": 3})
    assert answer == Answer(13, answer.text, (Answer(1), Answer(2)), answer.note, b"0123456789")
    assert answer.text == "é\u241b"
    assert str(answer.note) == "13 octets"


async def test_one_process_serves_many_jobs_in_turn(worker: ProcessWorker) -> None:
    await alive(worker)
    pid = worker.pid
    answers = await asyncio.gather(*(worker.run("echo", Answer, bytes(n)) for n in range(30)))
    assert [answer.size for answer in answers] == list(range(30))
    assert worker.pid == pid


async def test_a_large_attachment_goes_through(worker: ProcessWorker) -> None:
    assert (await worker.run("echo", Answer, bytes(25_000_000))).size == 25_000_000


@pytest.mark.parametrize("job", ["spin", "sleep"])
async def test_the_deadline_kills_and_says_so(worker: ProcessWorker, job: str) -> None:
    await alive(worker)
    pid = worker.pid
    with pytest.raises(DeadlinePassed, match=r"Pièce trop complexe : 0\.2 s dépassées") as caught:
        await worker.run(job, Answer, b"", seconds=0.2)
    assert "vue brute" in str(caught.value)
    await worker.close()
    assert not psutil.pid_exists(pid or 0)
    await alive(worker)


async def test_others_go_on_while_a_bomb_burns(worker: ProcessWorker) -> None:
    await alive(worker)
    bomb = asyncio.create_task(worker.run("spin", Answer, b"", seconds=0.5))
    turns = 0
    while not bomb.done():
        await asyncio.sleep(0)
        turns += 1
    with pytest.raises(DeadlinePassed):
        await bomb
    assert turns > 500


async def test_a_memory_bomb_is_an_error_and_no_more(worker: ProcessWorker) -> None:
    with pytest.raises(InternalError):
        await worker.run("allocate", Answer, b"", {"octets": 400_000_000})
    await alive(worker)


async def test_a_grown_process_is_ended_and_replaced(worker: ProcessWorker) -> None:
    await alive(worker)
    pid = worker.pid
    assert (await worker.run("keep", Answer, b"", {"octets": 60_000_000})).size == 60_000_000
    assert worker.pid is None
    await worker.close()
    assert not psutil.pid_exists(pid or 0)
    assert (await worker.run("keep", Answer, b"", {"octets": 1})).size == 1


async def test_memory_that_was_given_back_recycles_nothing(worker: ProcessWorker) -> None:
    assert (await worker.run("allocate", Answer, bytes(10_000_000), {"octets": 60_000_000})).size == 60_000_000
    assert worker.pid is not None


async def test_a_process_that_died_between_two_jobs_is_replaced_unseen(worker: ProcessWorker) -> None:
    await alive(worker)
    psutil.Process(worker.pid).kill()
    await alive(worker)


async def test_options_that_cannot_travel_are_refused(worker: ProcessWorker) -> None:
    with pytest.raises(InternalError):
        await worker.run("echo", Answer, b"", {"text": "\ud800"})
    await alive(worker)


@pytest.mark.parametrize("job", ["die", "leave", "nonsense", "too_long", "absent"])
async def test_a_crash_or_nonsense_is_one_sentence(worker: ProcessWorker, job: str) -> None:
    with pytest.raises(InternalError, match="sa lecture a échoué"):
        await worker.run(job, Answer, b"")
    await alive(worker)


async def test_what_a_job_raised_is_not_told(worker: ProcessWorker) -> None:
    with pytest.raises(InternalError) as caught:
        await worker.run("fail", Answer, b"")
    assert "DUPONT" not in str(caught.value)
    assert "DUPONT" not in repr(caught.value.__context__)
    await alive(worker)


WELL = b"\0\0\0\x03\x92\xa0\x01"
GARBAGE = (
    *(b"", b"\xff\xff\xff\xff", b"\0\0\0\x05ab", b"\0\0\0\x01\xc1"),
    *(WELL + b"\xff\xff\xff\xff", WELL + b"\0\0\0\x01\xc1", WELL + b"\0\0\0\0"),
)


@pytest.mark.parametrize("octets", GARBAGE, ids=lambda octets: octets.hex() or "none")
async def test_garbage_instead_of_frames_is_refused(worker: ProcessWorker, octets: bytes) -> None:
    with pytest.raises(InternalError):
        await worker.run("garbage", Answer, octets)
    await alive(worker)


async def test_nesting_without_end_is_refused(worker: ProcessWorker) -> None:
    deep = b"\x93\x01\xa0\x91" * 200_000
    with pytest.raises(InternalError):
        await worker.run("garbage", Answer, WELL + len(deep).to_bytes(4, "big") + deep)
    await alive(worker)


async def test_too_much_data_is_refused_before_it_is_sent(worker: ProcessWorker) -> None:
    with pytest.raises(InternalError):
        await worker.run("echo", Answer, bytes(80_000_001))
    assert worker.pid is None


async def test_what_a_native_library_prints_breaks_nothing(worker: ProcessWorker) -> None:
    assert (await worker.run("noise", Answer, b"")).size == 0
    await alive(worker)


async def test_a_cancelled_job_ends_its_process(worker: ProcessWorker) -> None:
    await alive(worker)
    process = psutil.Process(worker.pid)
    task = asyncio.create_task(worker.run("sleep", Answer, b"", seconds=60))
    waiting = asyncio.create_task(worker.run("echo", Answer, b"ab"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await waiting).size == 2
    await asyncio.to_thread(process.wait, 10)


async def test_a_cancelled_wait_disturbs_no_other_job(worker: ProcessWorker) -> None:
    first = asyncio.create_task(worker.run("echo", Answer, bytes(1_000_000)))
    second = asyncio.create_task(worker.run("spin", Answer, b"", seconds=60))
    await asyncio.sleep(0)
    second.cancel()
    assert (await first).size == 1_000_000
    with pytest.raises(asyncio.CancelledError):
        await second


async def test_cancelled_while_it_starts(worker: ProcessWorker) -> None:
    task = asyncio.create_task(worker.run("echo", Answer, b""))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await alive(worker)


async def test_nothing_is_inherited(worker: ProcessWorker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MSS_SECRET", "mot de passe")
    secret = tmp_path / "secret"
    secret.write_text("x")
    with secret.open() as kept:
        os.set_inheritable(kept.fileno(), True)
        around = await worker.run("surroundings", Surroundings, b"")
    assert not {name for name in around.environment if name != "LC_CTYPE"}
    assert str(secret) not in around.files
    own = [name for name in around.files if "/proc/" not in name and name]
    assert [name for name in own if name == "/dev/null"] == ["/dev/null"] * 3
    assert all(name == "/dev/null" or name.startswith("pipe:") for name in own)
    assert len(own) == 5
    assert around.folder == "/"
    assert around.session_leader
    assert around.limits["CORE"] == around.limits["FSIZE"] == around.limits["NPROC"] == 0
    assert around.limits["AS"] <= 320_000_000
    assert around.limits["NOFILE"] <= 32


async def test_a_job_writes_no_file(worker: ProcessWorker, tmp_path: Path) -> None:
    target = tmp_path / "trace"
    with pytest.raises(InternalError):
        await worker.run("write_file", Answer, b"", {"path": str(target)})
    assert not target.exists() or not target.stat().st_size


@pytest.mark.skipif(os.geteuid() == 0, reason="root may always fork")
async def test_a_job_starts_no_process(worker: ProcessWorker) -> None:
    with pytest.raises(InternalError):
        await worker.run("fork", Answer, b"")


PARENT = """
import asyncio
from mss_tui.adapters.worker import ProcessWorker
from tests.worker.jobs import Answer

async def main():
    worker = ProcessWorker({"sleep": "tests.worker.jobs:sleep", "echo": "tests.worker.jobs:echo"})
    await worker.run("echo", Answer, b"")
    print(worker.pid, flush=True)
    await worker.run("sleep", Answer, b"", seconds=600)

asyncio.run(main())
"""


def test_it_dies_with_its_parent() -> None:
    root = Path(__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.send_signal(signal.SIGKILL)
    parent.wait(10)
    parent.stdout.close()
    child.wait(10)
    assert not child.is_running()


def test_it_ends_when_its_pipe_closes() -> None:
    boot = "import sys; from mss_tui.adapters.worker_child import main; main()"
    child = subprocess.run(
        [sys.executable, "-c", boot, str(os.getpid())], input=b"", capture_output=True, timeout=60, check=False
    )
    assert (child.returncode, child.stdout, child.stderr) == (0, b"", b"")


def test_it_serves_nobody_but_its_parent() -> None:
    boot = "import sys; from mss_tui.adapters.worker_child import main; main()"
    child = subprocess.run(
        [sys.executable, "-c", boot, "1"], input=b"\0\0\0\1x", capture_output=True, timeout=60, check=False
    )
    assert (child.returncode, child.stdout) == (0, b"")
