"""How long an archive or a document takes to open and lay out, the worker warm.

python -m tests.documents.measure FILE...
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path

from mss_tui.adapters.worker import ProcessWorker
from mss_tui.documents.text import as_text
from mss_tui.services.document_files import DocumentFiles

ROUNDS = 15


async def main(paths: list[Path]) -> None:
    worker = ProcessWorker()
    files = DocumentFiles(worker)
    for path in paths:
        data = path.read_bytes()
        await files.read(data, path.name)
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            archive = await files.read(data, path.name)
            for document in archive.documents:
                as_text(document, 80)
            times.append(1000 * (time.perf_counter() - began))
        print(f"{path.name:<60} {len(data):>10} o   {statistics.median(times):7.1f} ms   max {max(times):.1f}")
    await worker.close()


if __name__ == "__main__":
    asyncio.run(main([Path(name) for name in sys.argv[1:]]))
