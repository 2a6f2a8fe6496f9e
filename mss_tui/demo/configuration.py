"""The demo's private directory: a configuration file that points at it, and secrets that only their owner reads."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from mss_tui.model.people import Endpoint
from mss_tui.record import dataclass

PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Configured:
    """One account of the configuration file."""

    id: str
    address: str
    type: str
    label: str
    secret: Path


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else may read, from its first octet on."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w", encoding="utf-8") as file:
        file.write(text)


def _printing(secret: Path) -> str:
    return json.dumps([shutil.which("cat") or "/bin/cat", str(secret)], ensure_ascii=False)


def _server(name: str, server: Endpoint) -> str:
    return f'{name} = {{ host = "{server.host}", port = {server.port}, security = "{server.security}" }}'


def configuration(
    accounts: Sequence[Configured],
    *,
    imap: Endpoint,
    smtp: Endpoint,
    sieve: Endpoint | None,
    ca: Path,
    index: Path,
    fhir_url: str,
    fhir_key: Path,
    rpps: str,
    state: Path,
    relay: str = "",
) -> str:
    """The text of the file: profile `demo`, every account, the directory (design.md, Configuration)."""
    lines = [
        'profile = "demo"',
        f"state = {json.dumps(str(state), ensure_ascii=False)}",
        "",
        "[profiles.demo]",
        f'person = {{ name = "Jean MARTIN", title = "Dr", rpps = "{rpps}", entity = "Cabinet du Port" }}',
        f"accounts = {json.dumps([account.id for account in accounts])}",
        'lock = { minutes = 120, unlock = "key" }',
        "calls = [",
        '    { who = "Régulation du SAMU", phone = "15" },',
        '    { who = "Urgences, personnes sourdes", phone = "114" },',
        '    { who = "Laboratoire BIOSUD", phone = "03 00 00 00 21" },',
        '    { who = "EHPAD Les Tilleuls, infirmière de garde", phone = "03 00 00 00 40" },',
        "]",
    ]
    for account in accounts:
        lines += [
            "",
            f"[accounts.{account.id}]",
            f'address = "{account.address}"',
            f'type = "{account.type}"',
            f'label = "{account.label}"',
            'policy = "sn-hdf"',
            _server("imap", imap),
            _server("smtp", smtp),
            *([f'sieve = {{ host = "{sieve.host}", port = {sieve.port} }}'] if sieve else []),
            f'auth = {{ method = "psc", relay = "{relay}" }}'
            if relay
            else f'auth = {{ method = "password", command = {_printing(account.secret)} }}',
            f"ca = {json.dumps(str(ca), ensure_ascii=False)}",
        ]
    lines += [
        "",
        "[directory]",
        f"index = {json.dumps(str(index), ensure_ascii=False)}",
        f'fhir = {{ url = "{fhir_url}", key_command = {_printing(fhir_key)} }}',
        f"ca = {json.dumps(str(ca), ensure_ascii=False)}",
        "",
    ]
    return "\n".join(lines)
