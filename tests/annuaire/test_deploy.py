"""The files for a shared index: the configuration is one, and the places are those that mss-tui looks at."""

from __future__ import annotations

import configparser
from pathlib import Path

from mss_tui.adapters.places import SHARED_INDEX
from mss_tui.config.load import Sources, load_directory

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"


def test_the_configuration_of_the_service_is_right(tmp_path: Path) -> None:
    source = load_directory(Sources(DEPLOY / "annuaire.toml", tmp_path, named=True))
    assert (source.index, source.ca) == (SHARED_INDEX, Path("/etc/mss-tui/igc-sante.pem"))


def test_the_service_writes_where_mss_tui_reads() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "mss-tui-annuaire.service", encoding="utf-8")
    service = unit["Service"]
    assert Path("/var/lib") / service["StateDirectory"] == SHARED_INDEX.parent
    assert service["StateDirectoryMode"] == "0755"
    assert service["ExecStart"].endswith("annuaire update")
    assert service["User"] in (DEPLOY / "mss-tui-annuaire.sysusers").read_text(encoding="utf-8")
