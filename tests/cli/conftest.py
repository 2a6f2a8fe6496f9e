"""The program as scripts run it: a process, an operator on loopback, no terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

MSS_TUI = (sys.executable, "-m", "mss_tui")


@dataclass(frozen=True)
class Ran:
    """What a run left: its exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


Run = Callable[..., Ran]


def environment(home: Path) -> dict[str, str]:
    """Of a user whose home is `home`."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return kept | {"HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "Europe/Paris", "COLUMNS": "80"}


def run_in(home: Path, arguments: Sequence[str], **options: Any) -> Ran:
    """Run mss-tui; standard input is empty unless something is given."""
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    elif isinstance(options["input"], str):
        options["input"] = options["input"].encode()
    done = subprocess.run(
        [*MSS_TUI, *arguments], env=environment(home), capture_output=True, check=False, timeout=60, **options
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs mss-tui without any configuration."""
    return lambda *arguments, **options: run_in(tmp_path, arguments, **options)


@dataclass(frozen=True)
class Demo:
    """A running operator with three messages."""

    line: dict[str, Any]
    home: Path

    @property
    def config(self) -> Path:
        """The configuration that points at it."""
        return Path(self.line["config"])

    def run(self, *arguments: str, **options: Any) -> Ran:
        """Run mss-tui with that configuration."""
        return run_in(self.home, ("--config", str(self.config), *arguments), **options)

    def changed(self, name: str, *changes: tuple[str, str]) -> Path:
        """Another configuration beside it: the same, with changes."""
        text = self.config.read_text()
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        path = self.config.with_name(name)
        path.unlink(missing_ok=True)
        path.write_text(text)
        path.chmod(0o600)
        return path


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """An operator for the tests of a module."""
    home = tmp_path_factory.mktemp("home")
    place = home / "operator"
    place.mkdir(mode=0o700)
    program = [sys.executable, "-m", "tests.cli.operator_process", str(place)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(home)) as process:
        assert process.stdout is not None
        yield Demo(json.loads(process.stdout.readline()), home)
        process.communicate(timeout=30)
