"""Jobs for the tests of the bounded worker: what hostile octets could make a parser do."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mss_tui.phrase import Phrase, say
from mss_tui.text import DisplayText, clean

Options = Mapping[str, str | int]
_kept: list[bytearray] = []


@dataclass(frozen=True, slots=True)
class Answer:
    """A result with what results have: nested tuples, display text, a phrase."""

    size: int
    text: DisplayText = DisplayText("")
    inner: tuple[Answer, ...] = ()
    note: Phrase | None = None
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the child finds around it."""

    environment: dict[str, str]
    files: tuple[str, ...]
    folder: str
    session_leader: bool
    limits: dict[str, int]
    argv: tuple[str, ...]


def echo(data: bytes, options: Options) -> Answer:
    note = say("{n} octets", n=len(data))
    return Answer(len(data), clean(str(options.get("text", ""))), (Answer(1), Answer(2)), note, data[:10])


def spin(data: bytes, options: Options) -> Answer:
    while True:
        pass


def sleep(data: bytes, options: Options) -> Answer:
    time.sleep(3600)
    return Answer(0)


def allocate(data: bytes, options: Options) -> Answer:
    return Answer(len(bytearray(int(options["octets"]))))


def keep(data: bytes, options: Options) -> Answer:
    _kept.append(bytearray(b"x") * int(options["octets"]))
    return Answer(sum(map(len, _kept)))


def fail(data: bytes, options: Options) -> Answer:
    raise ValueError("patient DUPONT")


def die(data: bytes, options: Options) -> Answer:
    os.kill(os.getpid(), signal.SIGSEGV)
    return Answer(0)


def leave(data: bytes, options: Options) -> Answer:
    os._exit(0)


def nonsense(data: bytes, options: Options) -> tuple[str, ...]:
    return ("not", "an", "answer")


def too_long(data: bytes, options: Options) -> Answer:
    return Answer(0, raw=bytes(65_000_000))


def answer_pipe() -> int:
    """The number of the pipe to the parent, as a parser that was taken over would find it."""
    return max(int(n.name) for n in Path("/proc/self/fd").iterdir() if "pipe:" in _target(n))


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def garbage(data: bytes, options: Options) -> Answer:
    os.write(answer_pipe(), data)
    os._exit(0)


def noise(data: bytes, options: Options) -> Answer:
    print("bruit", flush=True)
    print("bruit", file=sys.stderr, flush=True)
    libc = ctypes.CDLL(None)
    libc.puts(b"bruit natif")
    libc.fflush(None)
    return Answer(len(sys.stdin.read()))


def write_file(data: bytes, options: Options) -> Answer:
    Path(str(options["path"])).write_bytes(b"trace")
    return Answer(0)


def fork(data: bytes, options: Options) -> Answer:
    os.fork()
    return Answer(0)


def surroundings(data: bytes, options: Options) -> Surroundings:
    files = tuple(sorted(_target(link) for link in Path("/proc/self/fd").iterdir()))
    names = ("AS", "CORE", "FSIZE", "NOFILE", "NPROC")
    limits = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[1] for name in names}
    own = os.getsid(0) == os.getpid()
    return Surroundings(dict(os.environ), files, str(Path.cwd()), own, limits, tuple(sys.argv))
