"""Connections of the demo end when they must, whatever the other side does."""

from __future__ import annotations

import asyncio
import logging
import ssl

import pytest

from mss_tui.demo.line import Door, Line, TooLong
from mss_tui.demo.operator import Operator
from tests.demo.conftest import Clients
from tests.demo.wire import Wire


async def test_stopping_ends_a_handshake_that_never_comes(operator: Operator, clients: Clients) -> None:
    wire = await clients.wire(tls=False)
    await wire.line()
    await wire.send(b"a STARTTLS\r\n")
    assert (await wire.line()).startswith(b"a OK")
    await operator.stop()
    assert await wire.line() == b""


async def test_failed_handshakes_do_not_use_up_the_connections(operator: Operator, clients: Clients) -> None:
    distrusting = ssl.create_default_context()
    for _ in range(70):
        wire = await clients.wire(tls=False)
        await wire.line()
        await wire.send(b"a STARTTLS\r\n")
        assert (await wire.line()).startswith(b"a OK")
        with pytest.raises(ssl.SSLCertVerificationError):
            await wire.writer.start_tls(distrusting, server_hostname="127.0.0.1")
        wire.writer.transport.abort()
    assert (await (await clients.wire(tls=False)).line()).startswith(b"* OK")


async def served(data: bytes, limit: int) -> list[bytes]:
    """The lines that a server with that limit gets out of `data`."""
    lines: list[bytes] = []
    done = asyncio.Event()

    async def serve(line: Line) -> None:
        try:
            while True:
                lines.append(await line.read_line(limit))
        except TooLong:
            lines.append(b"too long")
        finally:
            done.set()

    door = await Door.open(serve)
    wire = await Wire.open(door.port)
    await wire.send(data)
    wire.writer.close()
    await done.wait()
    await wire.writer.wait_closed()
    await door.shut()
    return lines


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"a\r\nb\nc", [b"a", b"b"]),
        (b"12345\r\n", [b"12345"]),
        (b"123456\r\n", [b"too long"]),
        (b"x" * 100_000, [b"too long"]),
    ],
)
async def test_lines_end_with_a_line_feed_and_are_bounded(data: bytes, lines: list[bytes]) -> None:
    assert await served(data, 5) == lines


async def test_a_fault_of_ours_ends_one_connection_without_a_traceback(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async def serve(line: Line) -> None:
        await line.read_line(10)
        raise RuntimeError("ours")

    caplog.set_level(logging.DEBUG, "mss_tui.demo.line")
    door = await Door.open(serve)
    wire = await Wire.open(door.port)
    await wire.send(b"x\r\n")
    assert await wire.line() == b""
    wire.writer.close()
    await wire.writer.wait_closed()
    await door.shut()
    assert [record.levelname for record in caplog.records if record.name == "mss_tui.demo.line"] == ["DEBUG"]
    assert capfd.readouterr().err == ""


async def test_a_door_shuts_although_a_connection_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mss_tui.demo.line.SHUTTING", 0.05)
    began, stop = asyncio.Event(), asyncio.Event()

    async def deaf(line: Line) -> None:
        began.set()
        while not stop.is_set():
            try:
                await stop.wait()
            except asyncio.CancelledError:
                continue

    door = await Door.open(deaf)
    _, writer = await asyncio.open_connection("127.0.0.1", door.port)
    await began.wait()
    await door.shut()
    stop.set()
    writer.close()
