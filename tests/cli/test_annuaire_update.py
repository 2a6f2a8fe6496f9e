"""Bringing the annuaire up to date on a machine where nothing else is configured."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.support.extraction import Box, write

ANNE = Box("anne.lefebvre@medecin.mssante.fr", family="LEFEBVRE", given="ANNE", rpps="10900007018")


def test_no_configuration_at_all_is_needed(run: Run, tmp_path: Path) -> None:
    ran = run("annuaire", "update", "--json", "--from", str(write(tmp_path / "x.zip", [ANNE])))
    assert ran.code == 0, ran.err
    assert ran.document["mailboxes"] == 1
    assert (tmp_path / ".local" / "share" / "mss-tui" / "annuaire.sqlite").exists()


def test_a_configuration_without_mailbox_names_the_index(run: Run, tmp_path: Path) -> None:
    config, index = tmp_path / "annuaire.toml", tmp_path / "shared" / "annuaire.sqlite"
    config.write_text(f'[directory]\nindex = "{index}"\n')
    config.chmod(0o600)
    index.parent.mkdir()
    extraction = str(write(tmp_path / "x.zip", [ANNE]))
    ran = run("--config", str(config), "annuaire", "update", "--from", extraction)
    assert (ran.code, ran.out) == (0, "1 boîtes, 0 disparue(s).\n"), ran.err
    assert index.exists()


def test_a_configuration_that_is_wrong_is_said(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "annuaire.toml"
    config.write_text('[directory]\nindexe = "x"\n')
    config.chmod(0o600)
    ran = run("--config", str(config), "annuaire", "update", "--from", "x.zip")
    assert ran.code == 2
    assert "indexe" in ran.err
    assert run("--config", str(tmp_path / "none.toml"), "annuaire", "update").code == 2
