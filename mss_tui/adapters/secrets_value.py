"""What may be a password or a token, and what may not."""

from __future__ import annotations

import json

from mss_tui.errors import ConfigError
from mss_tui.phrase import Phrase, say
from mss_tui.ports.secrets import Secret

MAX_SECRET = 4096
MAX_TOKEN = 16_384


def password(data: bytes, way: Phrase) -> Secret:
    """The secret that `data` is, less one line end.

    Raises:
        ConfigError: it is empty, too long, no UTF-8, or has a line end or NUL inside.
    """
    if len(data) > MAX_SECRET:
        raise ConfigError(say("{way} donne plus de 4 Ko.", way=way))
    return Secret(_line(data, way))


def token(data: bytes, way: Phrase) -> tuple[Secret, float]:
    """A token and its seconds to live (0: not said), from the token alone or JSON `access_token`, `expires_in`.

    Raises:
        ConfigError: it is neither.
    """
    if len(data) > MAX_TOKEN:
        raise ConfigError(say("{way} donne plus de 16 Ko.", way=way))
    seconds = 0.0
    if data.lstrip().startswith(b"{"):
        try:
            found = json.loads(data)
            data = str(found["access_token"]).encode()
            seconds = float(found.get("expires_in") or 0)
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(say("{way} ne donne pas de jeton lisible.", way=way)) from error
    line = _line(data, way)
    if not line.isascii() or " " in line:
        raise ConfigError(say("{way} ne donne pas de jeton lisible.", way=way))
    return Secret(line), seconds


def _line(data: bytes, way: Phrase) -> str:
    data = data.removesuffix(b"\n").removesuffix(b"\r")
    if not data:
        raise ConfigError(say("{way} ne donne rien.", way=way))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ConfigError(say("{way} ne donne pas de l'UTF-8.", way=way)) from error
    if any(char in text for char in "\r\n\0"):
        raise ConfigError(say("{way} donne plusieurs lignes.", way=way))
    return text
