"""The schema says the same as the checker."""

from __future__ import annotations

import json
import tomllib

from mss_tui.config.keys import ACCOUNT, DIRECTORY, LOCKABLE, PROFILE, dotted
from mss_tui.config.schema import schema
from tests.config.conftest import GOOD


def _accepts(node: dict[str, object], value: object) -> bool:
    """Enough of JSON schema for ours: objects without additional properties."""
    properties = node.get("properties")
    if isinstance(value, dict) and isinstance(properties, dict):
        return all(name in properties and _accepts(properties[name], inner) for name, inner in value.items())
    extra = node.get("additionalProperties")
    if isinstance(value, dict) and isinstance(extra, dict):
        return all(_accepts(extra, inner) for inner in value.values())
    return True


def test_the_schema_is_json_and_knows_every_key_of_a_good_file() -> None:
    made = json.loads(json.dumps(schema()))
    assert _accepts(made, tomllib.loads(GOOD))
    assert not _accepts(made, {"profiles": {"garde": {"appels": []}}})
    assert not _accepts(made, {"accounts": {"ehpad": {"imap": {"prot": 1}}}})


def test_every_key_has_a_description_and_patterns_are_anchored() -> None:
    text = json.dumps(schema())
    for key in (dotted(PROFILE) | dotted(ACCOUNT) | dotted(DIRECTORY)).values():
        assert json.dumps(key.what.render())[1:-1] in text
    assert text.count('"pattern"') == text.count('"pattern": "^(?:')


def test_no_two_lockable_keys_share_a_name() -> None:
    assert len(LOCKABLE) == len(dotted(PROFILE)) + len(dotted(ACCOUNT)) + len(dotted(DIRECTORY)) - 1
