"""One JSON object in a private file, shared by the programs that run."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from mss_tui.adapters.store import Tell, locked, private_directory, read_private, replace_private, set_aside, unusable

T = TypeVar("T")


class JsonFile(Generic[T]):
    """A value of type `T` in the file `path`.

    Args:
        decode: makes the value of the JSON object, `{}` where there is no file; ValueError, KeyError, TypeError or
            AttributeError mean that the file is damaged.
        encode: the way back.
    """

    def __init__(
        self, path: Path, tell: Tell, decode: Callable[[dict[str, Any]], T], encode: Callable[[T], dict[str, Any]]
    ) -> None:
        self.path = path
        self._tell = tell
        self._decode = decode
        self._encode = encode

    def read(self) -> T:
        """The value. A damaged file is set aside and said.

        Raises:
            MssError: it is there and cannot be read.
        """
        try:
            return self._parsed()
        except OSError as error:
            raise unusable(self.path, error) from error
        except (ValueError, KeyError, TypeError, AttributeError):
            with self._lock():
                return self._mended()

    def change(self, edit: Callable[[T], T]) -> T:
        """Put what `edit` makes of the value in its place, under a lock, and return it.

        Raises:
            MssError: it could not be written; the old one is as it was.
        """
        private_directory(self.path.parent)
        with self._lock():
            try:
                made = edit(self._mended())
                replace_private(self.path, json.dumps(self._encode(made), ensure_ascii=False, indent=1).encode())
            except OSError as error:
                raise unusable(self.path, error) from error
        return made

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(locked(self.path.with_name(f".{self.path.name}.lock")))
            except OSError as error:
                raise unusable(self.path, error) from error
            yield

    def _mended(self) -> T:
        try:
            return self._parsed()
        except (ValueError, KeyError, TypeError, AttributeError):
            set_aside(self.path, self._tell)
            return self._decode({})

    def _parsed(self) -> T:
        data = read_private(self.path)
        if data is None:
            return self._decode({})
        found = json.loads(data)
        if not isinstance(found, dict):
            raise TypeError("not an object")
        return self._decode(found)
