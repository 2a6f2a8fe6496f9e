"""The whole comparison with other clients: every cell in turns, medians, a Markdown table of ratios.

    ../shared/bench/setup_env.sh                       # once: its Dovecot, its mailboxes, the peers
    python -m tests.bench.matrix --out matrix.jsonl    # 45 minutes at most; again with the same file goes on from there
    python -m tests.bench.matrix --out matrix.jsonl --table

`BENCH_BASE` is where the harness lives (its default: ~/.cache/mss-bench; Dovecot must be able to enter it, so for root
it is elsewhere, /var/tmp/mss-bench); `MSS_TUI` is the program, this environment's unless set. Every cell is a process
that is ended when its time is over; what ended so, or failed, counts as a failure and is not tried again. The peers
know implicit TLS only: STARTTLS is measured for mss-tui alone, against the same peers.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

HERE = Path(__file__).parent
HARNESS = HERE.parents[2] / "shared/bench"
OURS = (("mss-tui", "tls"), ("mss-tui", "starttls"), ("mss-tui-low", "tls"))
PEERS = ("neomutt", "mutt", "aerc", "alpine")
SIZES, TIMES = (1_000, 10_000, 100_000), (0, 30, 100, 1500)
START, DETAIL = "cold", "cold,keys,open,search,idle,new"
DETAIL_AT = (10_000, 0)
CELL_SECONDS, DETAIL_SECONDS = 100.0, 240.0

Result = dict[str, Any]


class Cell(NamedTuple):
    """One run: cold, then warm; all phases where `phases` says so."""

    client: str
    security: str
    size: int
    rtt: int
    turn: int
    phases: str


def cells(turns: int) -> Iterator[Cell]:
    """Every cell, ours and the peers' in turns; the slowest lines last."""
    who = (*OURS, *((peer, "tls") for peer in PEERS))
    for turn in range(turns):
        for rtt in TIMES:
            for size in SIZES:
                detail = turn == 0 and (size, rtt) == DETAIL_AT
                for client, security in who:
                    phases = DETAIL if detail and security == "tls" else START
                    yield Cell(client, security, size, rtt, turn, phases)


def results(out: Path) -> list[Result]:
    """What was measured so far."""
    return [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []


def measure(cell: Cell, harness: Path, python: str) -> Result:
    """Run one cell in the harness, within its time."""
    environment = dict(os.environ)
    environment.setdefault("BENCH_DRIVER", str(HERE / "driver.py"))
    environment.setdefault("MSS_TUI", str(Path(sys.executable).with_name("mss-tui")))
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "r.jsonl"
        command = [python, "tui_bench.py", "--client", cell.client, "--n", str(cell.size), "--rtt", str(cell.rtt)]
        command += ["--phases", cell.phases, "--security", cell.security, "--out", str(made)]
        with subprocess.Popen(command, cwd=harness, env=environment, start_new_session=True) as running:
            try:
                running.wait(DETAIL_SECONDS if cell.phases == DETAIL else CELL_SECONDS)
                error = "no result"
            except subprocess.TimeoutExpired:
                error = "time"
            finally:
                if running.poll() is None:
                    os.killpg(running.pid, signal.SIGTERM)
        found = results(made)
    return (found[-1] if found else {"error": error}) | cell._asdict()


def run(out: Path, harness: Path, turns: int, minutes: float) -> None:
    """Measure what is not there yet, until the time is over."""
    base = os.environ.get("BENCH_BASE")
    python = str((Path(base) if base else Path.home() / ".cache/mss-bench") / "venv/bin/python")
    done = {Cell(**{name: found[name] for name in Cell._fields}) for found in results(out)}
    end = time.monotonic() + 60 * minutes
    for cell in cells(turns):
        if cell in done:
            continue
        if time.monotonic() > end:
            print("The time is over: again with the same file goes on from here.")
            return
        found = measure(cell, harness, python)
        with out.open("a") as file:
            file.write(json.dumps(found) + "\n")


def seconds(found: Iterable[Result], client: str, security: str, size: int, rtt: int, kind: str) -> tuple[float, int]:
    """The median from start to the newest subject on screen, and of how many runs; infinite where none came."""
    mine = [r for r in found if (r["client"], r["security"], r["size"], r["rtt"]) == (client, security, size, rtt)]
    came = [r[kind]["useful_s"] for r in mine if r.get(kind, {}).get("useful_s") is not None]
    return (median(came) if came else float("inf")), len(came)


def _ratio(found: list[Result], ours: tuple[str, str], size: int, rtt: int, kind: str) -> str:
    best = min((seconds(found, peer, "tls", size, rtt, kind)[0], peer) for peer in PEERS)
    took, runs = seconds(found, *ours, size, rtt, kind)
    if not runs or best[0] == float("inf"):
        return "–"
    return f"{took / best[0]:.2f} ({best[1]})"


def table(found: list[Result]) -> str:
    """Ratios to the best peer of each cell, below 1 is ahead; then what is countable and what is reported."""
    head = "| messages, round trip | k |"
    for client, security in OURS:
        name = client if security == "tls" else f"{client}, STARTTLS"
        head += f" {name}: cold | warm |"
    lines = [head, "|" + "---|" * head.count("|", 1)]
    for size in SIZES:
        for rtt in TIMES:
            runs = seconds(found, *OURS[0], size, rtt, "cold")[1]
            line = f"| {size:,}".replace(",", " ") + f", {rtt} ms | {runs} |"
            for ours in OURS:
                for kind in ("cold", "warm"):
                    line += f" {_ratio(found, ours, size, rtt, kind)} |"
            lines.append(line)
    lines += ["", "| 10 000 messages, no delay |" + "".join(f" {c} |" for c in DETAILED)]
    lines.append("|" + "---|" * (len(DETAILED) + 1))
    for title, path in FIGURES:
        lines.append(f"| {title} |" + "".join(f" {_figure(found, client, path)} |" for client in DETAILED))
    failed = [(r["client"], r["security"], r["size"], r["rtt"], r["error"][-80:]) for r in found if "error" in r]
    lines += ["", f"Load at the time: {sorted({round(r['load1']) for r in found if 'load1' in r})}. Failed: {failed}."]
    return "\n".join(lines)


DETAILED = ("mss-tui", "mss-tui-low", *PEERS)
FIGURES = (
    ("turns to the rows, cold", "cold net_at_useful turns_max_conn"),
    ("turns to the rows, warm", "warm net_at_useful turns_max_conn"),
    ("octets from the server at the rows, cold", "cold net_at_useful bytes_down"),
    ("octets from the server at the rows, warm", "warm net_at_useful bytes_down"),
    ("octets to the terminal at the rows, cold", "cold tty_bytes"),
    ("a cursor move, octets: median", "keys down bytes_med"),
    ("a cursor move, octets: mean", "keys down bytes_mean"),
    ("a page, octets", "keys page_down bytes_med"),
    ("100 keys at once, octets", "keys burst_100 bytes"),
    ("a cursor move, ms: median", "keys down last_ms_med"),
    ("opening a message, ms", "open open first_ms_med"),
    ("opening a message, octets", "open open bytes_med"),
    ("search of a subject, s", "search subject s"),
    ("6 s of idleness, octets to the terminal", "idle tty_bytes"),
    ("a new message on screen, s", "new median_s"),
    ("memory of the process tree, settled, MB", "warm rss_settled_mb"),
    ("the same, highest, MB", "peak_rss_mb"),
)


def _figure(found: list[Result], client: str, path: str) -> str:
    for result in found:
        if (result["client"], result["phases"]) != (client, DETAIL):
            continue
        value: Any = result
        for name in path.split():
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None:
            return f"{round(value, 2):,}".replace(",", " ")
    return "–"


def main() -> None:
    """Measure, then show the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="results, a line a cell")
    parser.add_argument("--harness", type=Path, default=HARNESS, help="where tui_bench.py is")
    parser.add_argument("--turns", type=int, default=1, help="how often every cell is run")
    parser.add_argument("--minutes", type=float, default=45, help="begin no cell after so long")
    parser.add_argument("--table", action="store_true", help="measure nothing")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a cell in hand is ended with us
    if not options.table:
        run(options.out.absolute(), options.harness, options.turns, options.minutes)
    print(table(results(options.out)))


if __name__ == "__main__":
    main()
