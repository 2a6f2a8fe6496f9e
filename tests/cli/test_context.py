"""What a command is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from mss_tui.cli.context import Context
from mss_tui.cli.main import parse
from mss_tui.cli.narration import Narration
from mss_tui.cli.output import Output
from mss_tui.cli.running import Stopping
from mss_tui.phrase import say
from tests.config.conftest import GOOD


def _context(tmp_path: Path, text: str, *arguments: str) -> Context:
    path = tmp_path / "mss.toml"
    path.write_text(text)
    narration = Narration()
    options = parse(["--config", str(path), *arguments], narration)
    assert not isinstance(options, int)
    return Context(options, Output(), narration, Stopping())


def test_the_profiles_language_is_spoken_once_it_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mss_tui.cli.context.translator", lambda lang: lambda text: f"{lang}: {text}")
    context = _context(tmp_path, GOOD.replace("[defaults]", '[defaults]\nlang = "en"'), "status")
    assert context.loaded.profile.lang == "en"
    assert context.t(say("Fait.")) == "en: Fait."


def test_the_state_is_where_the_configuration_says(tmp_path: Path) -> None:
    assert _context(tmp_path, 'state = "ici"\n' + GOOD, "status").places.journal == tmp_path / "ici" / "journal.jsonl"


def test_options_stand_before_or_after_the_command(tmp_path: Path) -> None:
    before = _context(tmp_path, GOOD, "--account", "ehpad", "--json", "inbox")
    after = _context(tmp_path, GOOD, "inbox", "--account", "ehpad", "--json")
    assert (before.options.account, before.json) == (after.options.account, after.json) == ("ehpad", True)
