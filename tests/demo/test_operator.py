"""The operator starts, points at itself, and leaves nothing."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
import sys
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from mss_tui.demo.operator import Operator
from mss_tui.demo.store import Message
from mss_tui.errors import UsageError
from tests.demo.conftest import NOW, Clients, new_directory


async def test_the_first_line_holds_what_the_contract_says(operator: Operator) -> None:
    line = json.loads(json.dumps(operator.line_json()))
    assert set(line) == {"schema", "imap", "imaps", "smtp", "sieve", "fhir", "ca", "config", "accounts"}
    assert line["schema"] == 1
    for name in ("imap", "imaps", "smtp", "sieve"):
        assert set(line[name]) == {"host", "port"}
        assert line[name]["host"] == "127.0.0.1"
    assert [account["type"] for account in line["accounts"]] == ["PER", "ORG"]
    assert all(set(account) == {"address", "type", "password"} for account in line["accounts"])
    assert line["fhir"].startswith("https://127.0.0.1:")


async def test_the_configuration_points_at_it_and_holds_no_secret(operator: Operator) -> None:
    text = operator.config.read_text()
    data = tomllib.loads(text)
    assert data["profile"] == "demo"
    for name, account in zip(data["profiles"]["demo"]["accounts"], operator.accounts, strict=True):
        entry = data["accounts"][name]
        assert entry["address"] == account.address
        assert entry["imap"]["port"] == operator.imap.port
        assert account.password not in text
        printed = subprocess.run(entry["auth"]["command"], capture_output=True, check=True, text=True).stdout
        assert printed == account.password
    key = subprocess.run(data["directory"]["fhir"]["key_command"], capture_output=True, check=True, text=True).stdout
    assert key
    assert key not in text


async def test_the_configuration_is_one_that_mss_tui_loads(operator: Operator, tmp_path: Path) -> None:
    from mss_tui.config.load import Sources, Wanted, load

    loaded = load(Sources(operator.config, tmp_path / "no-site", named=True), Wanted())
    assert loaded.profile.name == "demo"
    assert [account.address for account in loaded.profile.accounts] == [a.address for a in operator.accounts]
    assert loaded.profile.accounts[0].imap == operator.imap
    assert loaded.profile.accounts[0].ca == operator.ca
    assert loaded.profile.directory.fhir_url == operator.fhir_url


async def test_only_the_owner_reads_its_files(operator: Operator) -> None:
    secret = [operator.config, *operator.directory.glob("*.secret"), operator.directory / "fhir.key"]
    assert len(secret) == 4
    for path in secret:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_everything_is_gone_after_stop(tmp_path: Path) -> None:
    directory = new_directory(tmp_path)
    operator = await Operator.start(directory, NOW)
    clients = Clients(operator)
    wire = await clients.login()
    messages: list[Message] = operator.store.accounts[operator.accounts[0].address].folders["INBOX"].messages
    assert messages
    await operator.stop()
    assert await wire.line() == b""
    assert not directory.exists()
    assert operator.store.accounts == {}
    for server in (operator.imap, operator.imaps, operator.smtp, operator.sieve):
        assert server is not None
        with pytest.raises(OSError, match=str(server.port)):
            await asyncio.open_connection(server.host, server.port)
    wire.writer.close()


async def test_two_operators_do_not_know_each_other(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o700)
    (tmp_path / "b").mkdir(mode=0o700)
    one = await Operator.start(tmp_path / "a", NOW, empty=True)
    two = await Operator.start(tmp_path / "b", NOW, empty=True)
    try:
        assert one.imap.port != two.imap.port
        assert one.accounts[0].password != two.accounts[0].password
        assert one.ca.read_bytes() != two.ca.read_bytes()
    finally:
        await one.stop()
        await two.stop()


async def test_its_clock_starts_on_the_day_it_is_told(tmp_path: Path) -> None:
    operator = await Operator.start(new_directory(tmp_path), NOW, empty=True, day=12)
    try:
        message = operator.store.deliver(operator.accounts[0].address, b"Subject: x\r\n\r\n")
        assert NOW + timedelta(days=12) <= message.received < NOW + timedelta(days=12, hours=1)
        assert "20261120" in operator.extraction.name
    finally:
        await operator.stop()


async def test_a_directory_that_is_in_use_is_an_error_and_leaves_no_server(tmp_path: Path) -> None:
    directory = new_directory(tmp_path)
    (directory / "fhir.key").write_text("taken")
    with pytest.raises(FileExistsError):
        await Operator.start(directory, NOW, empty=True)


@pytest.mark.parametrize("missing", ["aiosmtpd", "trustme"])
async def test_without_the_extra_one_sentence_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == missing]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, "mss_tui.demo.submission", raising=False)
    with pytest.raises(UsageError) as refused:
        await Operator.start(new_directory(tmp_path), NOW, empty=True)
    assert "pip install 'mss-tui[demo]'" in str(refused.value)
    assert missing in str(refused.value)
