"""What a start costs: processor time and time to the first rows, beside the least that Textual allows.

    BENCH_BASE=/var/tmp/mss-bench $BENCH_BASE/venv/bin/python tests/bench/start.py [RUNS]

The harness beside the checkout must be set up and its Dovecot run (tests/bench/matrix.py). The floor is the harness's
smallest list in Textual, without network, under the same interpreter as `MSS_TUI` ("mss-tui" unless set). In turns, the
least of RUNS (15), since others use the machine. Processor time is of all threads, in milliseconds.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any, NamedTuple

HARNESS = Path(__file__).parents[3] / "shared/bench"
MESSAGES = 1_000


class Start(NamedTuple):
    """Milliseconds to the first text on screen and to the rows, and the processor's to the rows."""

    first: float
    rows: float
    processor: float


def processor(pid: int) -> float:
    """Milliseconds that all threads of a process have run."""
    found = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(path.read_text().split()[0]) for path in found) / 1e6


def start(term: Any, argv: list[str], env: dict[str, str], cwd: str, ready: str, leave: tuple[str, ...]) -> Start:
    """Start a program once."""
    terminal = term.Term(argv, env, cwd=cwd)
    first = terminal.wait(lambda rows: any(row.strip() for row in rows), 20)
    rows = terminal.wait(ready, 20)
    used = processor(terminal.p.pid)
    terminal.settle(0.5, 0.5, 3)
    terminal.close(list(leave), 2)
    if not rows:
        sys.exit(f"{argv}: no rows\n{terminal.text()}")
    return Start((first - terminal.t0) * 1e3, (rows - terminal.t0) * 1e3, used)


def main() -> None:
    """Measure in turns and print."""
    sys.path.insert(0, str(HARNESS))
    os.environ["BENCH_DRIVER"] = str(Path(__file__).with_name("driver.py"))
    import drivers  # type: ignore[import-not-found]
    import term

    base = os.environ.get("BENCH_BASE") or str(Path.home() / ".cache/mss-bench")
    program = shutil.which(shlex.split(os.environ.get("MSS_TUI", "mss-tui"))[0]) or sys.exit("mss-tui is not found")
    os.environ.setdefault("MSS_TUI", program)
    python = Path(program).read_text().splitlines()[0].removeprefix("#!")
    plain = {"PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": "/tmp"}
    least = [python, str(HARNESS / "textual_apps.py"), "hwscroll", str(MESSAGES)]
    cases: dict[str, Callable[[], Start]] = {
        "floor": lambda: start(term, least, plain, "/tmp", f"NEWEST-{MESSAGES} ", ("q",)),
    }

    def ours(name: str) -> Start:
        home = Path(base, "work", f"start-{name}")
        home.mkdir(parents=True, exist_ok=True)
        context = SimpleNamespace(
            host="localhost", port=10993, user=f"u{MESSAGES}", password="benchpw", ca=f"{base}/work/ca.crt"
        )
        context.home, context.n, context.security = str(home), MESSAGES, "tls"
        driver = drivers.DRIVERS[name](context)
        driver.setup()
        return start(term, driver.argv(), driver.env(), context.home, driver.ready(), driver.quit)

    cases["mss-tui"] = lambda: ours("mss-tui")
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    found: dict[str, list[Start]] = {name: [] for name in cases}
    for _ in range(runs):
        for name, once in cases.items():
            found[name].append(once())
    best = {name: Start(*(min(s[i] for s in all_) for i in range(3))) for name, all_ in found.items()}
    for name, b in best.items():
        ratio = b.processor / best["floor"].processor
        print(
            f"{name:8} first text {b.first:4.0f} ms, rows {b.rows:4.0f} ms (median "
            f"{median(s.rows for s in found[name]):4.0f}), processor {b.processor:4.0f} ms, {ratio:.2f} of the floor"
        )


if __name__ == "__main__":
    main()
