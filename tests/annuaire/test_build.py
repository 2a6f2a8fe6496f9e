"""Building: what is taken, what is refused, and that the index in place survives everything."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mss_tui.adapters.directory.build import PRIVATE, SHARED, build
from mss_tui.adapters.directory.index import SqliteIndex
from mss_tui.adapters.directory.rows import made_of
from mss_tui.errors import UsageError
from mss_tui.ports.directory import UpdateStage, UpdateStep
from tests.annuaire.conftest import NAME, FixedClock
from tests.support.extraction import Box, boxes, header, write

ANNE = Box("anne.lefebvre@medecin.mssante.fr", family="LEFEBVRE", given="ANNE", rpps="10900007018")
PAUL = Box("paul.durand@medecin.mssante.fr", family="DURAND", given="PAUL")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An index in place that knows ANNE."""
    path = tmp_path / "place" / "annuaire.sqlite"
    build(write(tmp_path / NAME, [ANNE]), path, FixedClock())
    return path


def found(path: Path, words: str) -> list[str]:
    index = SqliteIndex(path, FixedClock())
    try:
        return [entry.address for entry in index.search(words).entries]
    finally:
        index.close()


@pytest.mark.parametrize("suffix", [True, False], ids=["suffix", "bare"])
@pytest.mark.parametrize("bom", [True, False], ids=["bom", "no bom"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("form", ["x.txt", "x.zip"])
def test_every_spelling_of_an_extraction_is_read(tmp_path: Path, suffix: bool, bom: bool, end: str, form: str) -> None:
    source = write(tmp_path / form, [ANNE, PAUL], suffix=suffix, bom=bom, end=end)
    built = build(source, tmp_path / "annuaire.sqlite", FixedClock())
    assert built.mailboxes == 2
    assert found(tmp_path / "annuaire.sqlite", "lefebvre") == [ANNE.address]


def test_the_last_line_may_lack_its_end(tmp_path: Path) -> None:
    source = tmp_path / "x.txt"
    source.write_text(f"{header()}\n{ANNE.line}\n{PAUL.line}", encoding="utf-8")
    assert build(source, tmp_path / "annuaire.sqlite", FixedClock()).mailboxes == 2


def test_the_date_comes_from_the_name_of_the_text_in_the_zip(tmp_path: Path) -> None:
    built = build(write(tmp_path / "download.zip", [ANNE]), tmp_path / "annuaire.sqlite", FixedClock())
    assert built.made is not None
    assert built.made.isoformat() == "2026-11-19T05:00:00+01:00"


def test_a_date_can_be_given_where_no_name_has_one(tmp_path: Path) -> None:
    source = write(tmp_path / "bals.txt", [ANNE])
    assert build(source, tmp_path / "a.sqlite", FixedClock()).made is None
    given = datetime(2026, 11, 1, tzinfo=UTC)
    assert build(source, tmp_path / "a.sqlite", FixedClock(), made=given).made == given


@pytest.mark.parametrize("name", ["Extraction_202613190500.txt", "x_20261119.txt", "x.txt", ""])
def test_a_name_without_a_date_is_no_error(name: str) -> None:
    assert made_of(name) is None


def test_one_address_on_several_lines_is_all_of_its_people(tmp_path: Path) -> None:
    other = Box(ANNE.address, family="LEFEBVRE", given="BLANCHE", rpps="10900000018")
    path = tmp_path / "annuaire.sqlite"
    build(write(tmp_path / "x.txt", [ANNE, other]), path, FixedClock())
    assert {entry.given for entry in SqliteIndex(path, FixedClock()).of_address(ANNE.address)} == {"ANNE", "BLANCHE"}


ALIEN = {
    "empty": b"",
    "header alone": f"{header()}\n".encode(),
    "other columns": b"a|b|c\n1|2|3\n",
    "31 other columns": ("|".join(f"c{n}" for n in range(31)) + "\n").encode(),
    "html": b"<!DOCTYPE html><html><body>Service indisponible</body></html>",
    "latin-1": f"{header()}\n{PAUL.line.replace('PAUL', 'É')}\n".encode("latin-1"),
    "binary": bytes(range(256)) * 50,
    "cut in a line": f"{header()}\n{ANNE.line}\n{PAUL.line[:60]}".encode(),
    "30 columns": f"{header()}\n{ANNE.line}\n{PAUL.line.rpartition('|')[0]}\n".encode(),
    "no address": f"{header()}\n{ANNE.line.replace('@', '')}\n".encode(),
    "address with a control": f"{header()}\n{ANNE.line.replace('@', chr(27) + '@')}\n".encode(),
    "endless line": f"{header()}\n".encode() + b"x" * 200_000,
    "cut zip": b"PK\x03\x04" + b"\0" * 100,
}


@pytest.mark.parametrize("content", ALIEN.values(), ids=ALIEN)
def test_an_alien_or_cut_file_is_refused_and_changes_nothing(tmp_path: Path, place: Path, content: bytes) -> None:
    before = place.read_bytes()
    source = tmp_path / "alien"
    source.write_bytes(content)
    with pytest.raises(UsageError, match="pas été touché"):
        build(source, place, FixedClock())
    assert place.read_bytes() == before
    assert [path.name for path in place.parent.iterdir()] == [place.name]


def _zip(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_a_zip_must_hold_one_text_of_a_believable_size(tmp_path: Path, place: Path) -> None:
    good = f"{header()}\n{ANNE.line}\n".encode()
    for source in (
        _zip(tmp_path / "none.zip", ("readme.md", b"")),
        _zip(tmp_path / "two.zip", ("a.txt", good), ("b.txt", good)),
        _zip(tmp_path / "bomb.zip", ("a.txt", good + b"x|" * 10_000_000)),
    ):
        with pytest.raises(UsageError):
            build(source, place, FixedClock())
    assert found(place, "lefebvre") == [ANNE.address]


def test_a_zip_with_a_wrong_checksum_is_refused(tmp_path: Path, place: Path) -> None:
    source = write(tmp_path / "x.zip", [ANNE, PAUL])
    content = bytearray(source.read_bytes())
    content[len(content) // 3] ^= 0xFF
    source.write_bytes(content)
    with pytest.raises(UsageError):
        build(source, place, FixedClock())
    assert found(place, "lefebvre") == [ANNE.address]


def test_an_odd_line_in_a_thousand_is_left_out(tmp_path: Path) -> None:
    people = [Box(f"p{n}@x.mssante.fr", family=f"NOM{n}") for n in range(1_500)]
    source = write(tmp_path / "x.txt", [*people, "PER|broken|line"])
    assert build(source, tmp_path / "annuaire.sqlite", FixedClock()).mailboxes == 1_500


def test_far_fewer_mailboxes_than_before_are_taken_for_a_cut_file(tmp_path: Path) -> None:
    path = tmp_path / "annuaire.sqlite"
    build(write(tmp_path / "a.txt", boxes(200)), path, FixedClock())
    fewer = write(tmp_path / "b.txt", boxes(150))
    with pytest.raises(UsageError, match="moins de boîtes"):
        build(fewer, path, FixedClock())
    assert build(fewer, path, FixedClock(), accept_fewer=True).mailboxes == 150


def test_what_left_the_directory_is_remembered_but_not_listed(tmp_path: Path, place: Path) -> None:
    built = build(write(tmp_path / "b.txt", [PAUL]), place, FixedClock())
    assert built.gone == 1
    index = SqliteIndex(place, FixedClock())
    assert index.formerly(ANNE.address.upper())
    assert not index.formerly(PAUL.address)
    assert not index.formerly("jamais.vu@medecin.mssante.fr")
    assert ANNE.address.encode() not in place.read_bytes()
    build(write(tmp_path / "c.txt", [PAUL]), place, FixedClock())
    assert index.formerly(ANNE.address)
    build(write(tmp_path / "d.txt", [PAUL, ANNE]), place, FixedClock())
    assert not index.formerly(ANNE.address)
    index.close()


def test_what_left_two_years_ago_is_forgotten(tmp_path: Path, place: Path) -> None:
    clock = FixedClock()
    build(write(tmp_path / "b.txt", [PAUL]), place, clock)
    clock.at = clock.at.replace(year=2029)
    build(write(tmp_path / "c.txt", [PAUL]), place, clock)
    assert not SqliteIndex(place, clock).formerly(ANNE.address)


def test_a_damaged_index_in_place_does_not_keep_a_new_one_out(tmp_path: Path) -> None:
    path = tmp_path / "annuaire.sqlite"
    build(write(tmp_path / "a.txt", boxes(3_000)), path, FixedClock())
    content = bytearray(path.read_bytes())
    content[3 * 4096 : -4096] = b"\xa5" * (len(content) - 4 * 4096)
    path.write_bytes(content)
    build(write(tmp_path / "b.txt", [ANNE]), path, FixedClock(), accept_fewer=True)
    assert found(path, "lefebvre") == [ANNE.address]


def test_only_its_owner_reads_a_private_index_and_everyone_a_shared_one(tmp_path: Path) -> None:
    source = write(tmp_path / "x.txt", [ANNE])
    for mode in (PRIVATE, SHARED):
        path = tmp_path / f"{mode:o}" / "annuaire.sqlite"
        build(source, path, FixedClock(), mode=mode)
        assert path.stat().st_mode & 0o777 == mode


def test_an_index_in_a_read_only_folder_is_searched(tmp_path: Path, place: Path) -> None:
    place.chmod(0o444)
    place.parent.chmod(0o555)
    try:
        assert found(place, "lefebvre anne") == [ANNE.address]
        assert [path.name for path in place.parent.iterdir()] == [place.name]
    finally:
        place.parent.chmod(0o755)


def test_progress_is_told_and_goes_forward(tmp_path: Path) -> None:
    steps: list[UpdateStep] = []
    source = write(tmp_path / "x.txt", boxes(9_000))
    build(source, tmp_path / "annuaire.sqlite", FixedClock(), watch=steps.append)
    assert list(dict.fromkeys(step.stage for step in steps)) == [UpdateStage.READ, UpdateStage.INDEX]
    for stage in (UpdateStage.READ, UpdateStage.INDEX):
        told = [step for step in steps if step.stage is stage]
        assert [step.done for step in told] == sorted(step.done for step in told)
        assert told[-1].done == told[-1].total > 0


class Enough(Exception):
    """Raised by a watcher that wants to stop."""


@pytest.mark.parametrize("stage", [UpdateStage.READ, UpdateStage.INDEX])
def test_a_watcher_ends_a_build_and_nothing_has_changed(tmp_path: Path, place: Path, stage: UpdateStage) -> None:
    before = place.read_bytes()

    def stop(step: UpdateStep) -> None:
        if step.stage is stage:
            raise Enough

    with pytest.raises(Enough):
        build(write(tmp_path / "x.txt", boxes(9_000)), place, FixedClock(), watch=stop)
    assert place.read_bytes() == before
    assert [path.name for path in place.parent.iterdir()] == [place.name]


def test_two_updates_at_once_do_not_meet(tmp_path: Path, place: Path) -> None:
    source = write(tmp_path / "x.txt", [ANNE, PAUL])
    errors: list[str] = []

    def another(step: UpdateStep) -> None:
        try:
            build(source, place, FixedClock())
        except UsageError as error:
            errors.append(str(error))

    build(source, place, FixedClock(), watch=another)
    assert errors
    assert all("déjà en cours" in error for error in errors)


def test_a_disk_that_refuses_more_is_said_and_changes_nothing(tmp_path: Path, place: Path) -> None:
    source = write(tmp_path / "x.txt", boxes(9_000))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(UsageError, match="écrit"):
            build(source, place, FixedClock())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert found(place, "lefebvre") == [ANNE.address]
    assert [path.name for path in place.parent.iterdir()] == [place.name]


def test_killed_at_any_moment_the_index_in_place_answers(tmp_path: Path, place: Path) -> None:
    """Each round kills a process later in its build; the file left beside is cleaned by the next build."""
    source = write(tmp_path / "x.txt", [ANNE, *boxes(12_000)])
    command = [sys.executable, "-m", "tests.annuaire.killed", str(source), str(place)]
    done = False
    for lines in range(1, 20, 2):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
        assert process.stdout is not None
        for _ in range(lines):
            done = process.stdout.readline() == "done\n" or done
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert found(place, "lefebvre anne")[0] == ANNE.address
    assert done, "the sweep must reach past a whole build"
    build(source, place, FixedClock())
    assert [path.name for path in place.parent.iterdir()] == [place.name]


def test_a_search_in_another_thread_goes_on_during_an_update(tmp_path: Path, place: Path) -> None:
    source = write(tmp_path / "x.txt", [ANNE, *boxes(2_000)])
    index = SqliteIndex(place, FixedClock())
    stop = threading.Event()
    first: list[str] = []

    def search() -> None:
        while not stop.is_set():
            first.append(index.search("lefebvre anne").entries[0].address)

    thread = threading.Thread(target=search)
    thread.start()
    try:
        for _ in range(3):
            build(source, place, FixedClock())
            assert thread.is_alive()
    finally:
        stop.set()
        thread.join()
    assert set(first) == {ANNE.address}
