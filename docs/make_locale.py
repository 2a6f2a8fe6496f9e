"""Collect the French sentences of the product and compile the translations: `python docs/make_locale.py`.

French is the source. `say(...)`, `_(...)` and the templates of the rule catalogue go to `locale/mss_tui.pot`; each
`locale/<lang>/LC_MESSAGES/mss_tui.po` is brought up to date and compiled beside itself. A test compares.
"""

from __future__ import annotations

import ast
import io
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mss_tui"
MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""The same in every catalogue, so that only sentences make a difference."""
RULE_FIELDS = ("title", "message", "remedy", "unknown")


def template() -> Catalog:
    """Every sentence that a user may see."""
    catalog = Catalog(project="mss-tui", charset="utf-8", fuzzy=False)
    for path in sorted(PACKAGE.rglob("*.py")):
        for line, sentence in _said(path):
            catalog.add(sentence, locations=[(path.relative_to(ROOT).as_posix(), line)])
    for path in sorted((PACKAGE / "rules").rglob("*.toml")):
        _collect(tomllib.loads(path.read_text("utf-8")), path.relative_to(ROOT).as_posix(), catalog)
    return catalog


def _said(path: Path) -> Iterator[tuple[int, str]]:
    """The literals given to `say` or `_`, and the names of values in the help of commands.

    Read here and not by babel, which does not look into f-strings.
    """
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("say", "_"):
            yield from _literal(node.args[0] if node.args else None)
        elif isinstance(node, ast.keyword) and node.arg == "metavar":
            yield from _literal(node.value)


def _literal(node: ast.expr | None) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.lineno, node.value


def _collect(node: object, name: str, catalog: Catalog) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in RULE_FIELDS and isinstance(value, str) and value:
                catalog.add(value, locations=[(name, 1)])
            else:
                _collect(value, name, catalog)
    elif isinstance(node, list):
        for value in node:
            _collect(value, name, catalog)


def compiled(po: Path) -> bytes:
    """The binary catalogue of a .po file."""
    with po.open("rb") as file:
        catalog = read_po(file)
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def main() -> int:
    """Write what changed; exit 1 when a sentence has no translation."""
    source = template()
    missing = 0
    for po in sorted((PACKAGE / "locale").glob("*/LC_MESSAGES/mss_tui.po")):
        with po.open("rb") as file:
            catalog = read_po(file)
        catalog.update(source, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.creation_date = catalog.revision_date = MADE
        with po.open("wb") as file:
            write_po(file, catalog, width=120, sort_output=True, omit_header=False, no_location=True)
        po.with_suffix(".mo").write_bytes(compiled(po))
        lacking = [m.id for m in catalog if m.id and not m.string]
        missing += len(lacking)
        print(f"{po.relative_to(ROOT)}: {len(catalog)} sentences, {len(lacking)} without a translation")
        for sentence in lacking:
            print(f"  {sentence}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
