"""The journal over months: put aside when a month begins, kept as long as the profile says, verified whole.

A new file begins with a line that holds the hash of the last line before it, so that the chain goes on across files.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from mss_tui.adapters.store import Tell, lock, open_private, unusable
from mss_tui.adapters.store_journal import JsonlJournal, Verified, archives, head_of
from mss_tui.model.paris import day, plus_months
from mss_tui.model.people import Actor
from mss_tui.ports.clock import Clock
from mss_tui.record import dataclass

FOLLOWS = "journal.suite"
"""Act of the first line of a file that follows another."""

_ANCHOR = re.compile(rb"mss-tui-journal chain=([0-9a-f]{64}) lines=([0-9]{1,12}) hash=([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class WholeVerified:
    """What all files together are worth.

    `file` and `first_bad_line` say where the first fault is; `anchors` counts the anchors given that were found right,
    `missed` those that a file should have kept and has not; `anchored_until` is the moment of the last good one, of
    the head where none was given.
    """

    ok: bool
    lines: int
    file: str = ""
    first_bad_line: int | None = None
    anchored_until: datetime | None = None
    anchors: int = 0
    missed: int = 0


def rotate(path: Path, clock: Clock, tell: Tell, actor: Actor, months: int) -> Path | None:
    """Put the journal aside when its first line is of an earlier month; forget files older than `months`.

    Raises:
        MssError: the files cannot be moved; the journal goes on as it is.
    """
    today = day(clock.now())
    aside: Path | None = None
    try:
        with contextlib.suppress(FileNotFoundError), os.fdopen(open_private(path, os.O_RDWR), "rb") as file:
            lock(file.fileno(), path)
            began = _moment(file.readline(1 << 20))
            if began is not None and (day(began).year, day(began).month) < (today.year, today.month):
                aside = _free(path, f"{day(began):%Y-%m}")
                path.replace(aside)
                with contextlib.suppress(FileNotFoundError):
                    head_of(path).replace(head_of(aside))
        for old in archives(path):
            year, month = map(int, old.stem.removeprefix(f"{path.stem}-").split("-")[:2])
            if plus_months(today.replace(day=1), -months) > today.replace(year=year, month=month, day=1):
                old.unlink()
                head_of(old).unlink(missing_ok=True)
    except OSError as error:
        raise unusable(path, error) from error
    if aside is not None:
        last = _last(aside)
        JsonlJournal(path, clock, tell).write(actor, "", FOLLOWS, "note", file=aside.name, hash=last)
    return aside


def verify_all(path: Path, clock: Clock, tell: Tell, anchors: Iterable[bytes] = ()) -> WholeVerified:
    """Every file, how each follows the one before, and what anchors say of them."""
    whole = WholeVerified(True, 0)
    before: str | None = None
    files = [*archives(path), path]
    for number, one in enumerate(files):
        found = JsonlJournal(one, clock, tell).verify()
        whole = _joined(whole, one, found)
        follows = _follows(one)
        if number and whole.ok and one.exists() and before is not None and follows != before:
            whole = replace(whole, ok=False, file=one.name, first_bad_line=1)
        before = _last(one)
    return _anchored(whole, {_first(one): one for one in files if one.exists()}, anchors)


def _joined(whole: WholeVerified, path: Path, found: Verified) -> WholeVerified:
    lines = whole.lines + found.lines
    until = found.anchored_until or whole.anchored_until
    if not whole.ok or found.ok:
        return replace(whole, lines=lines, anchored_until=until if whole.ok else whole.anchored_until)
    return replace(
        whole, ok=False, lines=lines, file=path.name, first_bad_line=found.first_bad_line, anchored_until=until
    )


def _anchored(whole: WholeVerified, files: Mapping[str, Path], anchors: Iterable[bytes]) -> WholeVerified:
    """Compare with anchors; one of a file that is no longer kept says nothing, unless nothing of its chain is left."""
    wanted: dict[str, dict[int, str]] = {}
    for told in anchors:
        for chain, lines, last in _ANCHOR.findall(told):
            wanted.setdefault(chain.decode(), {})[int(lines)] = last.decode()
    if not wanted:
        return whole
    good = missed = 0
    until: datetime | None = None
    place, number = whole.file, whole.first_bad_line
    kept = {chain: at for chain, at in wanted.items() if chain in files}
    for chain, points in kept.items():
        raw = files[chain].read_bytes().split(b"\n")
        for line, digest in sorted(points.items()):
            if line <= len(raw) and hashlib.sha256(raw[line - 1]).hexdigest() == digest:
                good += 1
                until = max(filter(None, (until, _moment(raw[line - 1]))), default=None)
            else:
                missed += 1
                place, number = (place or files[chain].name), number or line
    if not kept and files:
        missed += sum(map(len, wanted.values()))  # the whole journal was replaced by another
    return replace(
        whole,
        ok=whole.ok and not missed,
        file=place,
        first_bad_line=number,
        anchored_until=until,
        anchors=good,
        missed=missed,
    )


def _free(path: Path, month: str) -> Path:
    """A name for a file put aside that no other has."""
    number = 1
    while True:
        suffix = "" if number == 1 else f"-{number}"
        aside = path.with_name(f"{path.stem}-{month}{suffix}{path.suffix}")
        if not aside.exists():
            return aside
        number += 1


def _moment(line: bytes) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(line)["at"])
    except (ValueError, KeyError, TypeError):
        return None


def _follows(path: Path) -> str | None:
    """The hash that a file says it follows, None where it begins the chain."""
    try:
        with path.open("rb") as file:
            line = json.loads(file.readline(1 << 20))
        return str(line["details"]["hash"]) if line["act"] == FOLLOWS else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _first(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.sha256(file.readline(1 << 20).rstrip(b"\n")).hexdigest()


def _last(path: Path) -> str:
    try:
        lines = path.read_bytes().rstrip(b"\n").split(b"\n")
    except OSError:
        return ""
    return hashlib.sha256(lines[-1]).hexdigest()
