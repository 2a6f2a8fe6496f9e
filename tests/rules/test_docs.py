"""The pages of docs/rules are those that the data makes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from mss_tui.rules.catalogue import catalogue

DOCS = Path(__file__).resolve().parents[2] / "docs"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not (DOCS / "make_rules.py").exists(), reason="the documentation is not beside the tests")
def test_the_pages_are_up_to_date() -> None:
    for name, text in script("make_rules").pages().items():
        path = DOCS / "rules" / name
        assert path.read_text("utf-8") == text, f"{path}: run docs/make_rules.py"


@pytest.mark.skipif(not (DOCS / "make_rules.py").exists(), reason="the documentation is not beside the tests")
def test_every_rule_has_its_place_in_the_pages() -> None:
    index = script("make_rules").index_page()
    assert all(f"[`{rule}`]" in index for rule in catalogue())
