"""What commands print of hundreds of payloads, on both streams: nothing that a terminal would act on (P4)."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from mss_tui.model.people import Security
from tests.cli.conftest import MSS_TUI, Demo, Ran, environment
from tests.cli.hostile_operator import EACH
from tests.imap.scripted import Authority, Ordinary, serving
from tests.support.hostile import seeded

COUNT = 320


def acting(text: str) -> list[str]:
    """Characters of `text` that act on a terminal or turn its words around; line feeds are ours."""
    found = (i for i, char in enumerate(text) if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs"))
    return [text[max(0, i - 20) : i + 20] for i in found]


def harmless(ran: Ran) -> None:
    assert acting(ran.out) == []
    assert acting(ran.err) == []
    assert "Traceback" not in ran.err


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """An operator full of payloads."""
    home = tmp_path_factory.mktemp("home")
    place = home / "operator"
    place.mkdir(mode=0o700)
    program = [sys.executable, "-m", "tests.cli.hostile_operator", str(place), str(COUNT)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(home)) as process:
        assert process.stdout is not None
        yield Demo(json.loads(process.stdout.readline()), home)
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def refs(hostile: Demo) -> list[str]:
    """References of its messages."""
    document = hostile.run("inbox", "--json").document
    return [message["ref"] for message in document["messages"]]


def test_lists_and_folders(hostile: Demo) -> None:
    for arguments in (("inbox",), ("inbox", "--json"), ("folders",), ("folders", "--json"), ("status",), ("journal",)):
        ran = hostile.run(*arguments)
        harmless(ran)
        assert ran.out or arguments == ("journal",), (arguments, ran.err)


def test_every_message_and_its_pieces(hostile: Demo, refs: list[str], tmp_path: Path) -> None:
    assert len(refs) == COUNT // EACH
    shown = ""
    for number, ref in enumerate(refs):
        ran = hostile.run("read", ref)
        harmless(ran)
        assert ran.code == 0
        shown += ran.out
        if number % 5 == 0:
            for arguments in (
                ("read", ref, "--json"),
                ("read", ref, "--raw"),
                ("attachment", ref, "2", "--text"),
                ("attachment", ref, "--all", "--save", str(tmp_path)),
                ("attachment", ref, "\x1b]0;x\x07", "--text"),
                ("signaler", ref),
                ("receipts", ref),
                ("xdm", "show", str(tmp_path / "\x1b[2J.zip")),
            ):
                harmless(hostile.run(*arguments))
    assert {int(found) for found in re.findall(r"p(\d+)", shown)} >= set(range(COUNT))
    names = [path.name for path in tmp_path.iterdir()]
    assert len(names) == 4 * len(refs[::5])
    assert all(acting(name) == [] for name in names)


def test_arguments_that_are_payloads(hostile: Demo) -> None:
    payloads = [payload.replace("\0", "") for payload in seeded(COUNT)]
    for start in range(0, COUNT, 40):
        words = " ".join(payloads[start : start + 40])
        command = (
            ("inbox", "--search", words),
            ("inbox", "--folder", words),
            ("annuaire", "search", words),
            ("annuaire", "verify", words),
            ("check", "--to", words, "--subject", words, "--body", words),
            ("read", words),
            ("inbox", "--account", words),
            (words,),
        )[start // 40]
        ran = hostile.run(*command)
        harmless(ran)
        assert ran.code in (0, 2, 10), (command[0], ran.err)


async def _run(config: Path, home: Path, *arguments: str) -> Ran:
    process = await asyncio.create_subprocess_exec(
        *(*MSS_TUI, "--config", str(config), *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(home),
    )
    out, err = await process.communicate()
    return Ran(process.returncode or 0, out.decode(), err.decode())


@pytest.mark.parametrize("command", [b"AUTHENTICATE", b"SELECT", b"UID FETCH", b"LIST"])
async def test_what_a_server_answers(hostile: Demo, tmp_path: Path, command: bytes) -> None:
    authority = Authority(tmp_path)
    answers = " ".join(seeded(COUNT)).replace("\0", "").encode("utf-8", "replace")
    answers = answers.replace(b"\r", b" ").replace(b"\n", b" ")
    port = hostile.line["imap"]["port"]
    ca = hostile.line["ca"]
    for number, start in enumerate(range(0, len(answers), 1_500)):
        words = answers[start : start + 1_500]
        said = {command: b"TAG NO " + words + b"\r\n"}
        async with serving(authority, Ordinary(said), security=Security.TLS) as served:  # type: ignore[arg-type]
            config = hostile.changed(
                f"answers-{command.decode().replace(' ', '')}-{number}.toml",
                (f'port = {port}, security = "starttls"', f'port = {served.account.imap.port}, security = "tls"'),
                (f'ca = "{ca}"', f'ca = "{authority.pem}"'),
            )
            ran = await _run(config, hostile.home, "folders" if command == b"LIST" else "inbox")
        harmless(ran)
        assert ran.code in (2, 20, 21), ran.err
        if number == 2:
            break
