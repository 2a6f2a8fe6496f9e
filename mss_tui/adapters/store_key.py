"""A key of this machine and user: what must only be recognised again is stored as a hash that nobody can reverse."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from mss_tui.adapters.store import Tell, locked, private_directory, read_private, replace_private, set_aside, unusable

KEY_OCTETS = 32
NAME = "machine.key"


class MachineKey:
    """The key in `folder`, made when it is first needed."""

    def __init__(self, folder: Path, tell: Tell) -> None:
        self._path = folder / NAME
        self._tell = tell

    def hashed(self, item: str) -> str:
        """What is stored for `item`, blanks around it and letter case aside.

        Raises:
            MssError: the key can be neither read nor made.
        """
        return keyed_hash(self.octets(), item)

    def octets(self) -> bytes:
        """The key; a damaged one is set aside and made anew.

        Raises:
            MssError: it can be neither read nor made.
        """
        path = self._path
        private_directory(path.parent)
        try:
            with locked(path.with_name(f".{path.name}.lock")):
                data = read_private(path)
                if data is not None and len(data) == KEY_OCTETS:
                    return data
                if data is not None:
                    set_aside(path, self._tell)
                key = secrets.token_bytes(KEY_OCTETS)
                replace_private(path, key)
        except OSError as error:
            raise unusable(path, error) from error
        return key


def keyed_hash(key: bytes, item: str) -> str:
    """HMAC-SHA-256 of `item` in hexadecimal."""
    return hmac.new(key, item.strip().lower().encode(), hashlib.sha256).hexdigest()
