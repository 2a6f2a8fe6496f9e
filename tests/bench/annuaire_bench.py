"""How long building and searching the annuaire take: `python -m tests.bench.annuaire_bench [--rows N]`.

Prints build time, peak memory, size, the percentiles of a keystroke and the cost of start-up with the index present.
The keystrokes are those of people typing names, professions, towns and structures of the index letter by letter,
errors included. Times depend on the machine: the report names it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from mss_tui.adapters.directory.build import build
from mss_tui.adapters.directory.database import read_only
from mss_tui.adapters.directory.index import SqliteIndex
from mss_tui.adapters.directory.layout import ROW, Row
from tests.support.extraction import boxes, write

ROWS = 535_928
"""Lines of the extraction of 26 August 2026 (annuaire.md §4)."""
NAME = "Extraction_Correspondance_MSSante_202611190500.zip"


class Now:
    """The system's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def one_build(source: Path, target: Path) -> None:
    """Build, and print what it took: run in a process of its own, so that its peak of memory is its own."""
    wall, processor = time.perf_counter(), time.process_time()
    built = build(source, target, Now())
    print(
        json.dumps(
            {
                "mailboxes": built.mailboxes,
                "seconds": time.perf_counter() - wall,
                "processor": time.process_time() - processor,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "size_mb": target.stat().st_size / 1e6,
            }
        )
    )


def _typo(rng: random.Random, word: str) -> str:
    at = rng.randrange(len(word) - 1)
    return rng.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + rng.choice("aeioulrst") + word[at + 1 :],
        )
    )


def typed(target: Path, count: int) -> Iterator[str]:
    """What people type, as whole texts."""
    rng = random.Random(42)
    database = read_only(target)
    last = database.execute("SELECT max(id) FROM box").fetchone()[0]
    for number in range(count):
        columns = database.execute(ROW + "WHERE box.id = ?", (rng.randrange(1, last + 1),)).fetchone()
        row = Row._make(columns)
        family, given, town = row.family or row.structure, row.given, row.town
        yield (
            family,
            f"{given} {family}",
            f"{family} {given}",
            f"{family} {given[:1]}",
            f"{family} {row.profession}",
            f"{row.speciality or row.profession} {town}",
            f"{family} {town}",
            f"{row.structure} {town}",
            f"{_typo(rng, family) if len(family) > 3 else family} {given}",
            f"{row.profession} {row.postal_code}",
            f"{row.rpps:011d}",
            row.address,
            row.finess or row.postal_code or family,
        )[number % 13].lower().strip() or "martin"


def favourites(target: Path) -> tuple[str, ...]:
    """A hundred correspondents of a profile."""
    rng = random.Random(7)
    database = read_only(target)
    last = database.execute("SELECT max(id) FROM box").fetchone()[0]
    wanted = [(rng.randrange(1, last + 1),) for _ in range(100)]
    return tuple(
        database.execute("SELECT address FROM box WHERE id = ?", number).fetchone()[0].lower() for number in wanted
    )


def keystrokes(target: Path, texts: int) -> None:
    """Milliseconds of a keystroke: percentiles over every beginning of every text."""
    index = SqliteIndex(target, Now())
    prefer = favourites(target)
    index.search("démarrage", prefer=prefer)
    passed, worked = [], []
    slowest = ("", 0.0)
    for text in typed(target, texts):
        for end in range(1, len(text) + 1):
            wall, processor = time.perf_counter(), time.thread_time()
            index.search(text[:end], prefer=prefer)
            worked.append((time.thread_time() - processor) * 1000)
            passed.append((time.perf_counter() - wall) * 1000)
            slowest = max(slowest, (text[:end], worked[-1]), key=lambda one: one[1])
    index.close()
    for name, spent in (("frappe", passed), ("frappe, processeur", worked)):
        cuts = statistics.quantiles(spent, n=100)
        print(
            f"{name} : p50 {cuts[49]:.2f} ms, p95 {cuts[94]:.2f} ms, p99 {cuts[98]:.2f} ms, "
            f"max {max(spent):.1f} ms sur {len(spent)} frappes"
        )
    print(f"la plus lente : {slowest[0]!r}")


def start_up(target: Path) -> float:
    """Milliseconds from a fresh process to its first result, imports of the index included, best of five."""
    code = (
        "import sys, time; begun = time.perf_counter()\n"
        "from pathlib import Path\n"
        "from datetime import UTC, datetime\n"
        "from mss_tui.adapters.directory.index import SqliteIndex\n"
        "class Now:\n    def now(self): return datetime.now(UTC)\n"
        "SqliteIndex(Path(sys.argv[1]), Now()).search('martin')\n"
        "print((time.perf_counter() - begun) * 1000)\n"
    )
    command = [sys.executable, "-c", code, str(target)]
    return min(float(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(5))


def main() -> None:
    """Run everything, or one build (`--build`, for itself)."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--texts", type=int, default=400)
    parser.add_argument("--builds", type=int, default=3)
    parser.add_argument("--build", nargs=2, type=Path, metavar=("SOURCE", "INDEX"))
    options = parser.parse_args()
    if options.build:
        one_build(*options.build)
        return
    with tempfile.TemporaryDirectory(prefix="annuaire-bench-") as folder:
        source, target = Path(folder) / NAME, Path(folder) / "annuaire.sqlite"
        write(source, boxes(options.rows))
        where = f"{platform.machine()}, {os.cpu_count()} cœurs, charge {os.getloadavg()[0]:.1f}"
        print(f"{where}, Python {platform.python_version()}, {options.rows} lignes")
        command = [sys.executable, "-m", "tests.bench.annuaire_bench", "--build", str(source), str(target)]
        for number in range(options.builds):
            said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            print(
                f"construction {number + 1} : {said['seconds']:.1f} s ({said['processor']:.1f} s de processeur), "
                f"{said['peak_mb']:.0f} Mo en mémoire, {said['size_mb']:.0f} Mo sur le disque, "
                f"{said['mailboxes']} boîtes"
            )
        keystrokes(target, options.texts)
        print(f"démarrage jusqu'au premier résultat : {start_up(target):.0f} ms")
        print(f"mémoire de la recherche : {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} Mo")


if __name__ == "__main__":
    main()
