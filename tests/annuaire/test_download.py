"""Downloading and updating against a real HTTPS server, hostile ones included."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mss_tui.adapters.directory.extraction import download
from mss_tui.adapters.directory.index import SqliteIndex
from mss_tui.adapters.directory.update import AnnuaireUpdate
from mss_tui.adapters.directory.whitelist import WhiteList
from mss_tui.errors import CannotConnect, ConfigError, ConnectionLost, DeadlinePassed, HostileServer, UsageError
from mss_tui.ports.directory import UpdateStage, UpdateStep
from tests.annuaire.conftest import FixedClock
from tests.support.extraction import Box, boxes, domains, white_list, write
from tests.support.https_server import Authority, Handler, HttpsServer, Request, always, answer, drip, flood, head

ANNE = Box("anne.lefebvre@medecin.mssante.fr", family="LEFEBVRE", given="ANNE", rpps="10900007018")
NAMED = {"Content_Disposition": "attachment; filename=Extraction_Correspondance_MSSante_202611190500.zip"}
LEFT = [".extraction.mark", ".extraction.part"]


def ignore(step: UpdateStep) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write(tmp_path_factory.mktemp("x") / "x.zip", [ANNE, *boxes(3_000)]).read_bytes()


@pytest.fixture
async def server(authority: Authority) -> AsyncIterator[HttpsServer]:
    async with HttpsServer(authority, always(answer(b"", 404))) as started:
        yield started


def in_pieces(content: bytes, cut_at: int, etag: str = '"v1"') -> Handler:
    """The first answer stops at `cut_at`; a Range of the same version gets the rest."""
    first = True

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal first
        asked = request.headers.get("range", "")
        if asked and request.headers.get("if-range") == etag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            said = f"bytes {start}-{len(content) - 1}/{len(content)}"
            writer.write(head(206, length=len(content) - start, ETag=etag, Content_Range=said) + content[start:])
            return
        writer.write(head(200, length=len(content), ETag=etag))
        writer.write(content[:cut_at] if first else content)
        first = False

    return handle


async def test_a_download_is_whole_and_dated(
    server: HttpsServer, authority: Authority, tmp_path: Path, content: bytes
) -> None:
    server.handler = always(answer(content, **NAMED))
    steps: list[UpdateStep] = []
    got = await download(f"{server.url}/x", authority.context, tmp_path, steps.append)
    assert got.path.read_bytes() == content
    assert got.made is not None
    assert got.made.isoformat() == "2026-11-19T05:00:00+01:00"
    assert {step.stage for step in steps} == {UpdateStage.DOWNLOAD}
    assert steps[-1].done == steps[-1].total == len(content)
    assert got.path.stat().st_mode & 0o777 == 0o600
    assert "esante-api-key" not in server.requests[0].headers


async def test_what_was_cut_is_taken_up_again(
    server: HttpsServer, authority: Authority, tmp_path: Path, content: bytes
) -> None:
    server.handler = in_pieces(content, 1_000)
    with pytest.raises(ConnectionLost):
        await download(f"{server.url}/x", authority.context, tmp_path, ignore)
    assert (tmp_path / ".extraction.part").read_bytes() == content[:1_000]
    got = await download(f"{server.url}/x", authority.context, tmp_path, ignore)
    assert got.path.read_bytes() == content
    assert server.requests[1].headers["range"] == "bytes=1000-"


async def test_another_version_is_read_from_its_beginning(
    server: HttpsServer, authority: Authority, tmp_path: Path, content: bytes
) -> None:
    server.handler = in_pieces(content, 1_000)
    with pytest.raises(ConnectionLost):
        await download(f"{server.url}/x", authority.context, tmp_path, ignore)
    other = content[::-1]
    server.handler = in_pieces(other, len(other), '"v2"')
    got = await download(f"{server.url}/x", authority.context, tmp_path, ignore)
    assert got.path.read_bytes() == other


async def test_another_address_is_read_from_its_beginning(
    server: HttpsServer, authority: Authority, tmp_path: Path, content: bytes
) -> None:
    server.handler = in_pieces(content, 1_000)
    with pytest.raises(ConnectionLost):
        await download(f"{server.url}/x", authority.context, tmp_path, ignore)
    await download(f"{server.url}/y", authority.context, tmp_path, ignore)
    assert "range" not in server.requests[1].headers


@pytest.mark.parametrize(
    ("status", "said"), [(206, "bytes 5-9/10"), (206, "nonsense"), (206, "bytes 99999999999999999999-1/2"), (416, "")]
)
async def test_a_wrong_range_is_never_joined(
    server: HttpsServer, authority: Authority, tmp_path: Path, content: bytes, status: int, said: str
) -> None:
    server.handler = in_pieces(content, 1_000)
    with pytest.raises(ConnectionLost):
        await download(f"{server.url}/x", authority.context, tmp_path, ignore)
    server.handler = always(answer(b"12345", status, Content_Range=said))
    with pytest.raises(CannotConnect):
        await download(f"{server.url}/x", authority.context, tmp_path, ignore)


async def test_a_cancelled_download_is_taken_up_again(
    server: HttpsServer, authority: Authority, tmp_path: Path, content: bytes
) -> None:
    received = asyncio.Event()

    async def stalls(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, length=len(content), ETag='"v1"') + content[:1_000])
        await writer.drain()
        await asyncio.Event().wait()

    server.handler = stalls
    task = asyncio.create_task(
        download(f"{server.url}/x", authority.context, tmp_path, lambda step: received.set() if step.done else None)
    )
    await received.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    server.handler = in_pieces(content, len(content))
    got = await download(f"{server.url}/x", authority.context, tmp_path, ignore)
    assert got.path.read_bytes() == content
    assert server.requests[-1].headers["range"] == "bytes=1000-"


async def test_a_redirect_is_named_and_not_followed(server: HttpsServer, authority: Authority, tmp_path: Path) -> None:
    async with HttpsServer(authority, always(answer(b"x"))) as other:
        server.handler = always(answer(b"", 302, Location=f"{other.url}/static/bals.txt"))
        with pytest.raises(HostileServer, match=r"static/bals\.txt"):
            await download(f"{server.url}/x", authority.context, tmp_path, ignore)
        assert not other.raw
    assert list(tmp_path.iterdir()) == []


async def test_a_file_too_large_is_not_kept(server: HttpsServer, authority: Authority, tmp_path: Path) -> None:
    async def unannounced(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200))
        writer.write(b"x" * 300_000)

    for handler in (flood, unannounced):
        server.handler = handler
        with pytest.raises(HostileServer, match="trop grande"):
            await download(f"{server.url}/x", authority.context, tmp_path, ignore, limit=200_000)
        assert list(tmp_path.iterdir()) == []


async def test_a_server_that_drips_meets_the_deadline(
    server: HttpsServer, authority: Authority, tmp_path: Path
) -> None:
    server.handler = drip
    with pytest.raises(DeadlinePassed):
        await download(f"{server.url}/x", authority.context, tmp_path, ignore, seconds=0.3)


async def test_an_error_page_is_an_error(server: HttpsServer, authority: Authority, tmp_path: Path) -> None:
    with pytest.raises(CannotConnect, match="404"):
        await download(f"{server.url}/x", authority.context, tmp_path, ignore)


@pytest.fixture
def update(server: HttpsServer, authority: Authority, tmp_path: Path, clock: FixedClock) -> AnnuaireUpdate:
    return AnnuaireUpdate(
        tmp_path / "place" / "annuaire.sqlite",
        clock,
        authority.context,
        extraction_url=f"{server.url}/extraction",
        white_list_url=f"{server.url}/liste",
    )


def serving(extraction: bytes, trust: bytes) -> Handler:
    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(extraction if request.path == "/extraction" else trust)

    return handle


def found(update: AnnuaireUpdate) -> list[str]:
    index = SqliteIndex(update.index, update.clock)
    try:
        return [entry.address for entry in index.search("lefebvre anne").entries[:1]]
    finally:
        index.close()


async def test_an_update_brings_index_and_list_and_leaves_nothing_else(
    server: HttpsServer, update: AnnuaireUpdate, content: bytes
) -> None:
    server.handler = serving(answer(content, **NAMED), answer(white_list(domains(50))))
    stages: list[UpdateStage] = []
    updated = await update.update(None, lambda step: stages.append(step.stage))
    assert (updated.mailboxes, updated.domains, updated.trust_error) == (3_001, 50, None)
    assert list(dict.fromkeys(stages)) == ["download", "read", "index", "trust"]
    assert found(update) == [ANNE.address]
    assert WhiteList(update.white_list).in_white_list("structure-1.mssante.fr")
    assert sorted(path.name for path in update.index.parent.iterdir()) == [
        "annuaire.sqlite",
        "listeblanchemssante.xml",
    ]


async def test_a_list_that_cannot_be_had_does_not_undo_the_index(
    server: HttpsServer, update: AnnuaireUpdate, content: bytes
) -> None:
    server.handler = serving(answer(content, **NAMED), answer(b"", 503))
    updated = await update.update(None, ignore)
    assert updated.domains is None
    assert "503" in str(updated.trust_error)
    assert found(update) == [ANNE.address]


async def test_a_page_instead_of_an_extraction_changes_nothing(
    server: HttpsServer, update: AnnuaireUpdate, content: bytes
) -> None:
    server.handler = serving(answer(content, **NAMED), answer(white_list(domains(5))))
    await update.update(None, ignore)
    before = update.index.read_bytes()
    server.handler = serving(answer(b"<html>maintenance</html>"), answer(white_list(domains(5))))
    with pytest.raises(UsageError, match="pas été touché"):
        await update.update(None, ignore)
    assert update.index.read_bytes() == before
    assert [path.name for path in update.index.parent.iterdir() if path.name.startswith(".")] == []


async def test_files_handed_in_need_no_network(
    server: HttpsServer, update: AnnuaireUpdate, content: bytes, tmp_path: Path
) -> None:
    zipped = tmp_path / "Extraction_Correspondance_MSSante_202611180500.zip"
    zipped.write_bytes(content)
    assert (await update.update(zipped, ignore)).mailboxes == 3_001
    trust = tmp_path / "listeblanchemssante.xml"
    trust.write_bytes(white_list(domains(7)))
    assert (await update.update(trust, ignore)).domains == 7
    assert not server.requests
    for absent in ("no.zip", "no.xml"):
        with pytest.raises(UsageError, match="lu"):
            await update.update(tmp_path / absent, ignore)


async def test_a_cancelled_build_leaves_the_index_as_it_was(
    update: AnnuaireUpdate, content: bytes, tmp_path: Path
) -> None:
    source = tmp_path / "x.zip"
    source.write_bytes(content)
    await update.update(source, ignore)
    before = update.index.read_bytes()
    begun = asyncio.Event()
    more = write(tmp_path / "y.txt", boxes(40_000))
    task = asyncio.create_task(update.update(more, lambda step: begun.set()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert update.index.read_bytes() == before
    assert [path.name for path in update.index.parent.iterdir()] == ["annuaire.sqlite"]


async def test_without_an_address_a_file_is_asked_for(authority: Authority, clock: FixedClock, tmp_path: Path) -> None:
    update = AnnuaireUpdate(tmp_path / "a.sqlite", clock, authority.context, extraction_url="", white_list_url="")
    with pytest.raises(ConfigError, match="Donnez un fichier"):
        await update.update(None, ignore)
