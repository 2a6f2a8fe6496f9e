"""The jobs of the bounded worker run here: the real functions, their answers through the real encoding."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from mss_tui.adapters.worker_child import encodable
from mss_tui.adapters.worker_jobs import JOBS

T = TypeVar("T")


class JobsHere:
    """A `BoundedWorker` without a process."""

    async def run(
        self,
        job: str,
        result: type[T],
        data: bytes,
        options: Mapping[str, str | int] | None = None,
        *,
        seconds: float = 2.0,
    ) -> T:
        module, _, function = JOBS[job].partition(":")
        answer = getattr(importlib.import_module(module), function)(data, dict(options or {}))
        return msgspec.msgpack.decode(msgspec.msgpack.encode(answer, enc_hook=encodable), type=result)

    async def close(self) -> None:
        pass
