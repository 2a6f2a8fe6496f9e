"""Documents handed over to a real folder and to real commands."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.errors import DeadlinePassed, MssError, NotFound, UsageError
from mss_tui.model.people import Actor, Destination, Person
from mss_tui.services import commands
from mss_tui.services.destinations import File, content, drop, hand_over, named
from mss_tui.services.document_files import DocumentFiles
from tests.support.desk import make_desk
from tests.support.jobs import JobsHere
from tests.support.xdm import PDF, n1, n3, xdm

FROM = {"from": "INBOX", "uids": "50", "part": "2"}
ACTOR = Actor(Person("Jean MARTIN"))


def program(source: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-c", source, *arguments)


async def give(destination: Destination, *files: tuple[str, bytes]) -> tuple[str, list[tuple[str, str]]]:
    journal = make_desk().journal
    try:
        given = [File(name, octets, FROM) for name, octets in files]
        said = await hand_over(destination, given, journal, ACTOR, "garde@hopital.mssante.fr")
    except MssError as error:
        said = error.what.render()
    return str(said), [(line.phase, line.details["to"]) for line in journal.lines]


async def test_a_watched_folder_gets_whole_files_under_names_of_their_own(tmp_path: Path) -> None:
    dpi = Destination("DPI", folder=tmp_path, mode=0o640)
    files = [("DOC0001.XML", b"<a/>"), ("DOC0001.XML", b"<b/>"), ("../../x\u202e.xml", b"<c/>")]
    _, lines = await give(dpi, *files)
    there = sorted(tmp_path.iterdir())
    assert sorted(path.read_bytes() for path in there) == [b"<a/>", b"<b/>", b"<c/>"]
    assert {path.stat().st_mode & 0o777 for path in there} == {0o640}
    assert not any(path.name.startswith(".") or "\u202e" in path.name for path in there)
    assert sum(path.name.startswith("DOC0001-") and path.suffix == ".XML" for path in there) == 2
    assert lines == [("intent", "DPI"), ("done", "DPI")] * 3


def test_nobody_sees_a_file_before_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int, int]] = []
    rename = Path.rename

    def watched(self: Path, target: Path) -> Path:
        found = self.stat()
        seen.append((self.name[0], found.st_size, len(list(tmp_path.glob("[!.]*")))))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", watched)
    drop(tmp_path, "a.xml", b"12345")
    assert seen == [(".", 5, 0)]


def test_a_folder_that_cannot_be_written_to_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(UsageError, match="Rien n'a été remis"):
        drop(tmp_path / "absent", "a.xml", b"1")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="Rien n'a été remis"):
        drop(tmp_path, "a.xml", b"1")
    assert list(tmp_path.iterdir()) == []


async def test_a_command_reads_it_on_its_input_and_sees_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_OURS", "x")
    kept = tmp_path / "seen"
    source = (
        "import os,sys,pathlib; data=sys.stdin.buffer.read();"
        "pathlib.Path(sys.argv[1]).write_bytes(data+repr((sys.argv,sorted(os.environ))).encode());"
        "print('request id is P-1\\x1b[31m')"
    )
    said, lines = await give(Destination("Imprimante", command=program(source, str(kept))), ("VIAL.pdf", PDF * 20_000))
    seen = kept.read_bytes()
    assert seen.startswith(PDF * 20_000)
    assert b"VIAL" not in seen
    assert b"SECRET_OF_OURS" not in seen
    assert said.startswith("request id is P-1")
    assert "\x1b" not in said
    assert lines == [("intent", "Imprimante"), ("done", "Imprimante")]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (program("import sys; sys.stderr.write('papier\\x1b[2J'); sys.exit(3)"), "a échoué (code 3)"),
        (("/absent/lp",), "ne peut pas être lancée"),
        (program("print('x' * 100_000)"), "écrit trop"),
    ],
)
async def test_a_command_that_fails_is_said_and_stands_in_the_journal(command: Sequence[str], words: str) -> None:
    said, lines = await give(Destination("Imprimante", command=tuple(command)), ("a.pdf", PDF))
    assert words in said
    assert lines == [("intent", "Imprimante"), ("failed", "Imprimante")]


async def test_what_was_handed_over_before_a_failure_is_said(tmp_path: Path) -> None:
    source = "import sys,pathlib; p=pathlib.Path(sys.argv[1]); done=p.exists(); p.touch(); sys.exit(done)"
    twice = Destination("P", command=program(source, str(tmp_path / "once")))
    files = [File("a", b"1", FROM), File("b", b"2", FROM)]
    with pytest.raises(UsageError, match=r"1 fichier\(s\) étaient déjà remis"):
        await hand_over(twice, files, make_desk().journal, ACTOR, "b")


async def test_a_command_has_a_deadline() -> None:
    with pytest.raises(DeadlinePassed):
        await commands.feed(program("import time; time.sleep(600)"), PDF * 20_000, seconds=0.2, most=10)


async def test_a_command_that_is_given_up_is_ended_with_what_it_started(tmp_path: Path) -> None:
    source = (
        "import subprocess,sys,pathlib,time;"
        "p=subprocess.Popen([sys.executable,'-c','import time; time.sleep(600)']);"
        "kept=pathlib.Path(sys.argv[1]); kept.with_suffix('.new').write_text(str(p.pid));"
        "kept.with_suffix('.new').rename(kept); time.sleep(600)"
    )
    kept = tmp_path / "child"
    act = asyncio.create_task(commands.feed(program(source, str(kept)), b"", seconds=600, most=10))
    while not kept.exists():
        await asyncio.sleep(0.01)
    act.cancel()
    with pytest.raises(asyncio.CancelledError):
        await act
    child = int(kept.read_text())
    while Path(f"/proc/{child}").exists() and Path(f"/proc/{child}/stat").read_text().split()[2] != "Z":
        await asyncio.sleep(0.01)


async def test_what_is_given_up_halfway_is_noted_not_called_a_failure() -> None:
    journal = make_desk().journal
    destination = Destination("P", command=program("import time; time.sleep(600)"))
    act = asyncio.create_task(hand_over(destination, [File("a", b"1", FROM)], journal, ACTOR, "b"))
    while not journal.lines:
        await asyncio.sleep(0)
    act.cancel()
    with pytest.raises(asyncio.CancelledError):
        await act
    assert [line.phase for line in journal.lines] == ["intent", "note"]


async def test_each_destination_takes_its_content() -> None:
    files = DocumentFiles(JobsHere())
    level1, level3 = (await files.read(xdm(n1(), n3()), "IHE_XDM.ZIP")).documents
    dpi, printer, text = (Destination(kind, content=kind) for kind in ("document", "pdf", "text"))
    assert await content(dpi, files, level1, b"cda", FROM) == (File("DOC0001.XML", b"cda", FROM),)
    assert await content(printer, files, level1, b"cda", FROM) == (File("Lettre de liaison.pdf", PDF, FROM),)
    (given,) = await content(text, files, level3, b"cda", FROM)
    assert given.name == "CR de biologie.txt"
    assert "Sortie ce jour." in given.octets.decode()
    with pytest.raises(NotFound, match="ne contient pas de PDF"):
        await content(printer, files, level3, b"cda", FROM)


def test_a_destination_nobody_declared_is_refused_by_name() -> None:
    profile = make_desk().desk.profile
    with pytest.raises(NotFound, match="L'administrateur en déclare"):
        named(profile, "DPI")
    declared = replace(profile, destinations=(Destination("DPI"),))
    assert named(declared, "dpi").name == "DPI"
    with pytest.raises(NotFound, match="Déclarées : DPI"):
        named(declared, "fax")
