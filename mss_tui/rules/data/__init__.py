"""The rules' data: the catalogue, lists of words and file types, as TOML beside this module."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


def load(name: str) -> dict[str, Any]:
    """The content of `name`.toml."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))
