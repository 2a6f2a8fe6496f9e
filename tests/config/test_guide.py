"""The configuration that the guide shows is one that the program takes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from mss_tui.config.check import problems
from mss_tui.config.resolve import Layer, Origin, is_locked

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
PAGES = {"premiere-connexion": "accounts.x", "sur-un-serveur-partage": ""}


@pytest.mark.parametrize(("page", "within"), PAGES.items())
def test_each_toml_block_is_good(page: str, within: str) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (GUIDE / f"{page}.md").read_text(), re.DOTALL)
    assert blocks
    for block in blocks:
        head = f"[{within}]\n" if within else ""
        tables = tomllib.loads(head + block.replace("AB:CD:…", "AB" * 32))
        assert [error.render() for error in problems(Path(page), tables, site=True)] == []
        if "lock" in tables.get("locked", ()):
            layer = Layer(Origin.SITE, Path(page), tables, tuple(tables["locked"]))
            assert is_locked((layer,), "lock.minutes")
