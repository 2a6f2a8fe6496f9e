"""The session's keyring as servers have it, each in a process of its own: no bus, a dead one, a locked collection."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = """
import asyncio
from mss_tui.adapters.secrets_keyring import from_keyring
from mss_tui.errors import MssError
try:
    found = asyncio.run(from_keyring("a@b.mssante.fr"))
    print(found.reveal() if found else "rien")
except MssError as error:
    print(type(error).__name__, error)
"""


def asked(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DBUS_", "DISPLAY", "WAYLAND"))}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=kept | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


def one_sentence(done: subprocess.CompletedProcess[str], sentence: str) -> None:
    """It was said, once, and nothing of the library's own came to the terminal."""
    assert done.stdout.startswith(sentence), done.stdout
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_without_a_bus_there_is_no_keyring() -> None:
    one_sentence(asked(), "ConfigError Ce poste n'a pas de trousseau utilisable.")


def test_a_bus_whose_socket_is_dead_is_none(tmp_path: Path) -> None:
    address = f"unix:path={tmp_path / 'dead'}"
    one_sentence(asked(DBUS_SESSION_BUS_ADDRESS=address), "ConfigError Ce poste n'a pas de trousseau utilisable.")


def test_another_back_end_that_the_environment_names_is_not_used() -> None:
    done = asked(PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring")
    one_sentence(done, "ConfigError Ce poste n'a pas de trousseau utilisable.")


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    """A message bus of our own; its address."""
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("dbus-daemon is not installed (apt-get install dbus-daemon)")
    with subprocess.Popen(
        [daemon, "--session", "--nofork", "--nopidfile", "--print-address", f"--address=unix:path={tmp_path / 'bus'}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stdout is not None
        yield running.stdout.readline().strip()
        running.kill()


def test_a_bus_without_a_keyring_is_said(bus: str) -> None:
    one_sentence(asked(DBUS_SESSION_BUS_ADDRESS=bus), "ConfigError Ce poste n'a pas de trousseau utilisable.")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("locked", "AuthRefused Le trousseau est verrouillé."), ("open", "du-trousseau")],
)
def test_a_collection_of_the_secret_service(bus: str, state: str, sentence: str) -> None:
    environment = os.environ | {"DBUS_SESSION_BUS_ADDRESS": bus}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.secrets.secret_service", state],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as service:
        assert service.stdout is not None
        assert service.stdout.readline() == "ready\n"
        try:
            one_sentence(asked(DBUS_SESSION_BUS_ADDRESS=bus), sentence)
        finally:
            service.kill()
