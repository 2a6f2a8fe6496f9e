"""What the first rows wait for: modules and classes are countable, the same on every machine (design.md, Budgets)."""

from __future__ import annotations

import json
import subprocess
import sys

ON_THE_WAY = (
    "mss_tui.__main__", "mss_tui.cli.main", "mss_tui.config.load", "mss_tui.adapters.secrets",
    "mss_tui.adapters.secrets_terminal", "mss_tui.cli.psc", "mss_tui.wiring", "mss_tui.tui.app",
    "mss_tui.tui.application", "mss_tui.tui.frugal_driver",
)  # fmt: skip
LATER = {
    "lxml", "pypdfium2", "rapidfuzz", "httpx2", "aiosmtplib", "sqlite3", "msgspec", "inscriptis", "keyring", "shtab",
    "cryptography", "email", "importlib.resources", "textual.widgets._text_area",
    "mss_tui.demo", "mss_tui.documents", "mss_tui.services.sending", "mss_tui.services.checking",
    "mss_tui.services.annuaire", "mss_tui.services.drafts", "mss_tui.services.spelling", "mss_tui.adapters.directory",
    "mss_tui.adapters.worker", "mss_tui.adapters.cache", "mss_tui.adapters.psc", "mss_tui.mime.build",
    "mss_tui.rules.checks.registry_sending", "mss_tui.rules.checks.content", "mss_tui.rules.language.reading",
}  # fmt: skip
OURS, ALL = 205, 620
"""Modules before the first screen: the program's, and with Python's own and Textual's."""

SOON = (
    "mss_tui.wiring_annuaire", "mss_tui.services.annuaire", "mss_tui.services.checking", "mss_tui.services.outbox",
    "mss_tui.services.registers", "mss_tui.services.reading", "mss_tui.services.status",
    "mss_tui.adapters.store_patients", "mss_tui.adapters.store_outbox", "mss_tui.adapters.worker",
)  # fmt: skip
HEAVY = {"rapidfuzz", "lxml", "cryptography", "pypdfium2", "httpx2", "aiosmtplib", "inscriptis", "keyring", "PIL"}
"""Libraries of 3 to 10 MB each, for those who search, open a document or send."""

COMPILED = {"mss_tui.model.message.MessageRef"}
"""Dataclasses whose functions are compiled as they are defined: half a millisecond each (mss_tui/record.py)."""


def loaded(code: str) -> set[str]:
    shown = f"import sys\n{code}\nimport json; sys.stderr.write(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", shown], capture_output=True, check=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_the_first_rows_wait_for_nothing_that_they_do_not_show() -> None:
    found = loaded(f"import {', '.join(ON_THE_WAY)}")
    assert found & LATER == set()
    assert len([name for name in found if name.partition(".")[0] == "mss_tui"]) <= OURS
    assert len(found) <= ALL


def test_an_inbox_that_stands_open_holds_no_library_that_nobody_used() -> None:
    """80 MB for the process tree: what the rules, the outbox and the annuaire load once the rows are there."""
    assert loaded(f"import {', '.join((*ON_THE_WAY, *SOON))}") & HEAVY == set()


def test_the_first_rows_wait_for_no_class_to_be_compiled() -> None:
    code = f"""
import json, sys, {", ".join(ON_THE_WAY)}
modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == "mss_tui"]
classes = {{found for module in modules for found in vars(module).values() if isinstance(found, type)}}
ours = [found for found in classes if found.__module__.partition(".")[0] == "mss_tui"]
made = [found for found in ours if "__dataclass_params__" in vars(found) and found.__dataclass_params__.init]
print(json.dumps([f"{{found.__module__}}.{{found.__qualname__}}" for found in made]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert set(json.loads(done.stdout)) <= COMPILED


def test_garbage_is_looked_for_again_once_the_command_is_there() -> None:
    code = "import gc\ngc.disable()\nfrom mss_tui.cli.main import run\nrun(['help'])\nassert gc.isenabled()"
    assert loaded(code)


def test_a_call_declares_its_own_command_only() -> None:
    code = """
from mss_tui.cli.main import parse
from mss_tui.cli.narration import Narration
import mss_tui.cli.parser as parser
declared, first = [], parser.Parser.__init__
def noted(self, *args, **named):
    declared.append(named.get("prog"))
    first(self, *args, **named)
parser.Parser.__init__ = noted
parse(["--profile", "garde"], Narration(str))
assert declared == ["mss-tui"], declared
del declared[:]
parse(["status", "--json"], Narration(str))
assert declared == ["mss-tui", "mss-tui status"], declared
"""
    assert loaded(code)
