"""The bounded worker: hostile bytes are read in a process of their own (design.md, security.md P15, P22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

T = TypeVar("T")


class BoundedWorker(Protocol):
    """Runs named pure jobs on bytes, under limits of time, memory and files."""

    async def run(
        self,
        job: str,
        result: type[T],
        data: bytes,
        options: Mapping[str, str | int] | None = None,
        *,
        seconds: float = 2.0,
    ) -> T:
        """The result of `job` on `data`, decoded as data into `result` (a frozen dataclass).

        Raises:
            DeadlinePassed: it took longer than `seconds`; the process was killed and replaced.
            InternalError: it died, ran out of memory or answered nonsense; the caller shows the raw view.
        """
        ...

    async def close(self) -> None:
        """End the process."""
        ...
