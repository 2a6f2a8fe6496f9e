"""The bounded worker as a child process (ports/worker.py; design.md, "Bounded worker").

One job at a time, the others wait their turn. The child is started when it is first needed, killed at the deadline or
when a job is cancelled, ended when it has grown, and replaced by the next job. It dies with the thread that started it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping
from math import ceil
from typing import TypeVar

import msgspec

from mss_tui.adapters.worker_child import MAX_ANSWER, MAX_REQUEST, Ended, Request
from mss_tui.adapters.worker_jobs import JOBS
from mss_tui.errors import DeadlinePassed, InternalError, MssError
from mss_tui.phrase import say

T = TypeVar("T")

GROWN = 40_000_000
LOADING_SECONDS = 20.0
"""For starting the process and importing a job's code, which are ours: no hostile octet is read in that time."""

_BOOT = "import sys; sys.path[:] = sys.argv[2:]; from mss_tui.adapters.worker_child import main; main()"


class _Broken(Exception):
    """The child died or broke the framing."""


class ProcessWorker:
    """Implements `ports.worker.BoundedWorker`.

    Args:
        jobs: names of jobs and their functions, `module:function`.
        grown: resident octets above which the child is ended after a job.
        lang: the language of our own words in what jobs make of a part; every job has it among its options.
    """

    def __init__(self, jobs: Mapping[str, str] = JOBS, *, grown: int = GROWN, lang: str = "fr") -> None:
        self._jobs = jobs
        self._grown = grown
        self._lang = lang
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._ending: set[asyncio.Task[int]] = set()

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        return self._child.pid if self._child else None

    async def run(
        self,
        job: str,
        result: type[T],
        data: bytes,
        options: Mapping[str, str | int] | None = None,
        *,
        seconds: float = 2.0,
    ) -> T:
        """The result of `job` on `data`, decoded as data into `result`.

        Raises:
            DeadlinePassed: it took longer than `seconds`; the process was killed.
            InternalError: it died, ran out of memory or answered nonsense.
        """
        if len(data) > MAX_REQUEST:
            raise _too_complex()
        asked = Request(self._jobs[job], ceil(seconds), {**(options or {}), "lang": self._lang})
        async with self._turn:
            try:
                answer = await self._ask(msgspec.msgpack.encode(asked), data, seconds)
                return msgspec.msgpack.decode(answer, type=result)
            except TimeoutError:
                self._kill()
                raise _too_long(seconds) from None
            except (_Broken, OSError, UnicodeError, RecursionError, msgspec.MsgspecError):
                self._kill()
                raise _too_complex() from None
            except asyncio.CancelledError:
                self._kill()
                raise

    async def _ask(self, request: bytes, data: bytes, seconds: float) -> bytes:
        async with asyncio.timeout(LOADING_SECONDS + seconds):
            child, began = await self._begin(request, data)
        if began:
            return await self._end(msgspec.msgpack.decode(began, type=Ended), child)
        async with asyncio.timeout(seconds):
            return await self._end(msgspec.msgpack.decode(await _frame(child, 1_000), type=Ended), child)

    async def _begin(self, request: bytes, data: bytes) -> tuple[asyncio.subprocess.Process, bytes]:
        """Hand over the job; again to a new child, once, where the old one had died in its sleep."""
        for reused in (self._child is not None, False):
            try:
                child = await self._started()
                assert child.stdin is not None  # noqa: S101 - a pipe was asked for
                for frame in (request, data):
                    child.stdin.write(len(frame).to_bytes(4, "big"))
                    child.stdin.write(frame)
                await child.stdin.drain()
                return child, await _frame(child, 1_000)
            except (_Broken, OSError):
                if not reused:
                    raise
                self._kill()
        raise _Broken

    async def _end(self, ended: Ended, child: asyncio.subprocess.Process) -> bytes:
        if ended.problem:
            raise _Broken
        answer = await _frame(child, MAX_ANSWER)
        if ended.memory > self._grown:
            self._kill()
        return answer

    async def _started(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            path = [entry for entry in sys.path if entry.startswith(os.sep)]
            self._child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-c", _BOOT, str(os.getpid()), *path),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                cwd="/",
                env={},
                start_new_session=True,
            )
        return self._child

    def _kill(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        ending = asyncio.ensure_future(child.wait())
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """End the process, and with it a job that still runs."""
        self._kill()
        if self._ending:
            await asyncio.wait(self._ending)


async def _frame(child: asyncio.subprocess.Process, limit: int) -> bytes:
    assert child.stdout is not None  # noqa: S101 - a pipe was asked for
    try:
        size = int.from_bytes(await child.stdout.readexactly(4), "big")
        if size > limit:
            raise _Broken
        return await child.stdout.readexactly(size)
    except asyncio.IncompleteReadError:
        raise _Broken from None


_RAW = say("Elle n'est montrée qu'en vue brute.")


def _too_long(seconds: float) -> MssError:
    return DeadlinePassed(say("Pièce trop complexe : {seconds} s dépassées.", seconds=f"{seconds:g}"), meaning=_RAW)


def _too_complex() -> MssError:
    return InternalError(say("Pièce trop complexe ou abîmée : sa lecture a échoué."), meaning=_RAW)
