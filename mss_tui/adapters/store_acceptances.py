"""What was accepted lately: rule and a keyed hash of the item, never the item (ports/store.py, Acceptances)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mss_tui.adapters.store import (
    Tell,
    locked,
    private_directory,
    read_private,
    replace_private,
    set_aside,
    unusable,
)
from mss_tui.adapters.store_json import JsonFile
from mss_tui.ports.clock import Clock

KEY_OCTETS = 32
KEPT_DAYS = 400

_Pairs = dict[tuple[str, str], datetime]


class Accepted(frozenset[tuple[str, str]]):
    """Pairs of rule and hashed item; `(rule, item) in accepted` is asked with the item in clear."""

    def __new__(cls, pairs: Any, key: bytes) -> Accepted:
        """`pairs` hold hashes made with `key`."""
        made = super().__new__(cls, pairs)
        made._key = key
        return made

    _key: bytes

    def __contains__(self, pair: object) -> bool:
        match pair:
            case (str(rule), str(item)):
                return super().__contains__((rule, hashed(self._key, item)))
        return False


def hashed(key: bytes, item: str) -> str:
    """What is stored for `item`."""
    return hmac.new(key, item.strip().lower().encode(), hashlib.sha256).hexdigest()


class FileAcceptances:
    """Acceptances in one file, hashed with a key of this machine that lies beside it."""

    def __init__(self, path: Path, clock: Clock, tell: Tell) -> None:
        self._file = JsonFile(path, tell, _decode, _encode)
        self._key_path = path.with_name("machine.key")
        self._clock = clock
        self._tell = tell

    def recent(self, days: int) -> frozenset[tuple[str, str]]:
        """What was accepted in the last `days`."""
        since = self._clock.now() - timedelta(days=days)
        pairs = self._file.read()
        key = self._key() if pairs else b""
        return Accepted((pair for pair, at in pairs.items() if at >= since), key)

    def accept(self, rule: str, item: str) -> None:
        """Remember one."""
        now = self._clock.now()
        pair = (rule, hashed(self._key(), item))
        oldest = now - timedelta(days=KEPT_DAYS)
        self._file.change(lambda pairs: {p: at for p, at in pairs.items() if at >= oldest} | {pair: now})

    def _key(self) -> bytes:
        path = self._key_path
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


def _decode(found: dict[str, Any]) -> _Pairs:
    pairs = {}
    for rule, item, at in found.get("accepted", ()):
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("a date without its zone")
        pairs[str(rule), str(item)] = moment
    return pairs


def _encode(pairs: _Pairs) -> dict[str, Any]:
    return {"schema": 1, "accepted": [(rule, item, at.isoformat()) for (rule, item), at in pairs.items()]}
