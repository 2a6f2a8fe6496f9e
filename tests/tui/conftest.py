"""Pauses of the screens are none in tests: the rules speak at once, the annuaire is asked at once."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    from mss_tui.tui.screens import annuaire, composer_fields

    monkeypatch.setattr(composer_fields, "PAUSE", 0.001)
    monkeypatch.setattr(annuaire, "PAUSE", 0.0)
