"""Collect the French sentences of the product and compile the translations: `python docs/make_locale.py`.

French is the source. `say(...)`, `_(...)` and the templates of the rule catalogue go to `locale/mss_tui.pot`; each
`locale/<lang>/LC_MESSAGES/mss_tui.po` is brought up to date and compiled beside itself. A test compares.
"""

from __future__ import annotations

import io
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
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
    keywords = {"say": None, "_": None}
    for name, line, message, _comments, _context in extract_from_dir(PACKAGE, [("**.py", "python")], keywords=keywords):
        catalog.add(message, locations=[(f"mss_tui/{name}", line)])
    for path in sorted((PACKAGE / "rules").rglob("*.toml")):
        _collect(tomllib.loads(path.read_text("utf-8")), path.relative_to(ROOT).as_posix(), catalog)
    return catalog


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
