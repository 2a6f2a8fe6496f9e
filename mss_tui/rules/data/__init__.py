"""The rules' data: the catalogue, lists of words and file types, as TOML beside this module."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def load(name: str) -> dict[str, Any]:
    """The content of `name`.toml."""
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text("utf-8"))
