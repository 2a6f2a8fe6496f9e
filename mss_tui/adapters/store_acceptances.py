"""What was accepted lately: rule and a keyed hash of the item, never the item (ports/store.py, Acceptances)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mss_tui.adapters.store import Tell
from mss_tui.adapters.store_json import JsonFile
from mss_tui.adapters.store_key import MachineKey, keyed_hash
from mss_tui.ports.clock import Clock

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
                return super().__contains__((rule, keyed_hash(self._key, item)))
        return False


class FileAcceptances:
    """Acceptances in one file, hashed with a key of this machine that lies beside it."""

    def __init__(self, path: Path, clock: Clock, tell: Tell) -> None:
        self._file = JsonFile(path, tell, _decode, _encode)
        self._key = MachineKey(path.parent, tell)
        self._clock = clock

    def recent(self, days: int) -> frozenset[tuple[str, str]]:
        """What was accepted in the last `days`."""
        since = self._clock.now() - timedelta(days=days)
        pairs = self._file.read()
        key = self._key.octets() if pairs else b""
        return Accepted((pair for pair, at in pairs.items() if at >= since), key)

    def accept(self, rule: str, item: str) -> None:
        """Remember one."""
        now = self._clock.now()
        pair = (rule, self._key.hashed(item))
        oldest = now - timedelta(days=KEPT_DAYS)
        self._file.change(lambda pairs: {p: at for p, at in pairs.items() if at >= oldest} | {pair: now})


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
