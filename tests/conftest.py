"""Every test runs away from the user's own files, in a fixed zone, with no network but loopback."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

pytest_plugins = ["tests.support.dovecot", "tests.support.servers"]

LOOPBACK = ("127.", "::1", "localhost")


def pytest_configure(config: pytest.Config) -> None:
    os.umask(0o077)
    # Started in the background or under nohup: what is tested must still hear Ctrl+C and a line that is cut.
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A machine that must have the real servers fails at once when it has not."""
    if os.environ.get("MSS_REQUIRE_REAL_SERVERS") and not Path("/usr/sbin/dovecot").exists():
        pytest.exit("MSS_REQUIRE_REAL_SERVERS is set and Dovecot is not installed", returncode=3)


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Configuration, state and cache directories of its own for each test."""
    home = tmp_path_factory.mktemp("home")
    for name, folder in (
        ("HOME", "."),
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_STATE_HOME", ".state"),
        ("XDG_DATA_HOME", ".data"),
        ("XDG_CACHE_HOME", ".cache"),
        ("XDG_RUNTIME_DIR", ".run"),
    ):
        path = home / folder
        path.mkdir(mode=0o700, exist_ok=True)
        monkeypatch.setenv(name, str(path))
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.setenv(name, "C.UTF-8")
    monkeypatch.setenv("TZ", "Europe/Paris")


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anything but this machine fails the test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if isinstance(host, str) and host and not host.startswith(LOOPBACK):
            raise AssertionError(f"connection to {host!r} in a test")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
