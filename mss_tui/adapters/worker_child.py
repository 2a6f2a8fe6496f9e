"""The bounded worker's own process: reads a request, runs a job, answers; nothing else (security.md P15).

It starts with an empty environment and two pipes, confines itself before the first request, and ends with its parent.
Frames both ways: four octets of length, then that many octets. A request is two frames, a msgpack `Request` and the raw
data; the answers are `Began` (the job's code is loaded, its time runs), then `Ended` and, where it is well, the result.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import BinaryIO

import msgspec

MAX_REQUEST = 80_000_000
MAX_ANSWER = 64_000_000
ADDRESS_SPACE = 320_000_000
OPEN_FILES = 32
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38


class Request(msgspec.Struct, frozen=True, array_like=True):
    """A job to run: `target` is `module:function`, `seconds` bounds its processor time."""

    target: str
    seconds: int
    options: dict[str, str | int]


class Ended(msgspec.Struct, frozen=True, array_like=True):
    """How a job ended: `problem` is "" or the name of the exception; `memory` is resident memory in octets."""

    problem: str
    memory: int


class Closed(Exception):
    """The other side is gone or broke the framing."""


def read_frame(source: BinaryIO, limit: int) -> bytes:
    """The next frame. Raises `Closed`."""
    size = int.from_bytes(_exactly(source, 4), "big")
    if size > limit:
        raise Closed
    return _exactly(source, size)


def _exactly(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) < size:
        raise Closed
    return data


def write_frame(sink: BinaryIO, data: bytes) -> None:
    """Send a frame."""
    sink.write(len(data).to_bytes(4, "big"))
    sink.write(data)


def encodable(value: object) -> object:
    """What msgspec does not encode by itself: the read-only mappings of phrases."""
    if isinstance(value, MappingProxyType):
        return dict(value)
    raise TypeError(type(value).__name__)


def _confine(parent: int) -> None:
    if sys.platform == "linux":
        prctl = ctypes.CDLL(None, use_errno=True).prctl
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:
        raise Closed
    for limit, value in (
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
    ):
        _lower(limit, value, value)


def _lower(limit: int, soft: int, hard: int) -> None:
    """Set a limit, within the hard one that is already there."""
    there = resource.getrlimit(limit)[1]
    bounds = [value for value in (hard, there) if value != resource.RLIM_INFINITY]
    highest = min(bounds, default=resource.RLIM_INFINITY)
    resource.setrlimit(limit, (soft if highest == resource.RLIM_INFINITY else min(soft, highest), highest))


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """The request and answer pipes under numbers of their own; 0, 1 and 2 lead nowhere from now on.

    A native library that prints can then not break the framing.
    """
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)
    return source, sink


def _memory() -> int:
    """Resident octets now; the peak where there is no /proc."""
    try:
        with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - pathlib is not imported for this
            return int(statm.read().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _load(target: str) -> Callable[[bytes, Mapping[str, str | int]], object]:
    module, _, function = target.partition(":")
    job: Callable[[bytes, Mapping[str, str | int]], object] = getattr(importlib.import_module(module), function)
    return job


def _bound_time(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds + 1, resource.RLIM_INFINITY)


def _serve(source: BinaryIO, sink: BinaryIO) -> None:
    request = msgspec.msgpack.decode(read_frame(source, 100_000), type=Request)
    data = read_frame(source, MAX_REQUEST)
    problem, result = "", b""
    try:
        job = _load(request.target)
        write_frame(sink, b"")
        sink.flush()
        _bound_time(request.seconds)
        result = msgspec.msgpack.encode(job(data, request.options), enc_hook=encodable)
        if len(result) > MAX_ANSWER:
            problem = "OverflowError"
    except Exception as error:  # noqa: BLE001 - whatever a job raises is its answer
        problem = type(error).__name__
    del data
    write_frame(sink, msgspec.msgpack.encode(Ended(problem, _memory() - len(result))))
    if not problem:
        write_frame(sink, result)
    sink.flush()


def main() -> None:
    """Serve requests until the parent closes the pipe or breaks the framing."""
    sys.dont_write_bytecode = True
    try:
        source, sink = _pipes()
        _confine(int(sys.argv[1]))
        while True:
            _serve(source, sink)
    except (Closed, OSError, MemoryError, msgspec.MsgspecError):
        os._exit(0)
