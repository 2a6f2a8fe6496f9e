"""A configuration in a directory of its own, and a site above it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mss_tui.config.load import Sources

GOOD = """
[defaults]
policy = "sn-hdf"
ca = "system"

[profiles.garde]
person = { name = "Jean MARTIN", title = "Dr", rpps = "10001234567", entity = "Cabinet du Port" }
accounts = ["dr-martin", "ehpad"]
calls = [{ who = "Régulation", phone = "15" }]

[accounts.ehpad]
address = "secretariat@ehpad-tilleuls.mssante.fr"
type = "ORG"
imap = { host = "imap.operateur.example", port = 143, security = "starttls" }
smtp = { host = "smtp.operateur.example", port = 587 }
sieve = { host = "imap.operateur.example", port = 4190 }
auth = { command = ["pass", "mss/ehpad"] }
ca = "igc.pem"

[accounts.dr-martin]
inherits = "ehpad"
address = "jean.martin@medecin.mssante.fr"
type = "PER"

[directory]
fhir = { url = "https://annuaire.example/fhir/v2", key_command = ["pass", "mss/annuaire"] }
"""

Write = Callable[..., Sources]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the user's file, and the site's when there is one."""

    def _write(user: str = GOOD, site: str = "") -> Sources:
        file, folder = tmp_path / "mss.toml", tmp_path / "site"
        file.write_text(user)
        folder.mkdir(exist_ok=True)
        if site:
            (folder / "config.toml").write_text(site)
        return Sources(file, folder, named=True)

    return _write
