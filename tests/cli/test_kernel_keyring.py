"""The whole program with the kernel's keyring: typed once, then not asked for; gone after a log-out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mss_tui.adapters.secrets_kernel import KernelKeys
from mss_tui.errors import ConfigError
from mss_tui.ports.secrets import Secret
from tests.cli.conftest import Demo
from tests.support.terminal import Terminal

ADDRESS = "jean.martin@medecin.demo.mssante.fr"
NAME = f"mss-tui:{ADDRESS}"
pytestmark = pytest.mark.terminal


@pytest.fixture
def keys() -> Iterator[KernelKeys]:
    made = KernelKeys()
    try:
        made.keep(NAME, Secret("essai"), 1)
    except ConfigError as error:
        pytest.skip(f"the kernel's keyring cannot be used here: {error.detail}")
    made.drop(NAME)
    yield made
    made.drop(NAME)


def test_a_password_is_typed_once_and_gone_after_a_log_out(demo: Demo, tmp_path: Path, keys: KernelKeys) -> None:
    password = next(a["password"] for a in demo.line["accounts"] if a["address"] == ADDRESS)
    config = tmp_path / "config.toml"
    servers = "\n".join(
        f'{name} = {{ host = "127.0.0.1", port = {demo.line[name]["port"]} }}' for name in ("imap", "smtp")
    )
    config.write_text(
        f'state = "{tmp_path}"\n[profiles.moi]\nperson = {{ name = "Jean MARTIN" }}\naccounts = ["moi"]\n'
        f'[accounts.moi]\naddress = "{ADDRESS}"\ntype = "PER"\npolicy = "generique"\n'
        f"ca = {json.dumps(demo.line['ca'])}\n{servers}\nauth = {{ kernel_minutes = 5 }}\n"
    )
    config.chmod(0o600)

    def started() -> Terminal:
        return Terminal("mss_tui", "--config", str(config), cols=120, rows=30, own=True)

    with started() as terminal:
        terminal.wait("Mot de passe de")
        terminal.type(password + "\r")
        terminal.wait("messages")
        assert terminal.end() == 0
    kept = keys.read(NAME)
    assert kept is not None
    assert kept.reveal() == password
    assert password not in "".join(path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file())
    with started() as terminal:
        terminal.wait("messages")
        assert "Mot de passe" not in terminal.written.decode(errors="replace")
        terminal.type("\x0c")
        terminal.wait("Écran verrouillé")
        assert terminal.end() == 0
    assert keys.read(NAME) is None
