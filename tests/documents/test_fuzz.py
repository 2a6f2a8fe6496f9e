"""Whatever the octets are: a result or one sentence, within bounds, and every text safe to show."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mss_tui.adapters.worker_child import encodable
from mss_tui.documents.answers import Opened
from mss_tui.documents.facts import facts_of
from mss_tui.documents.jobs import cda_job, xdm_job
from mss_tui.documents.text import as_text
from tests.support.xdm import laboratory, n1, n3, unzipped, xdm, zipped

BASE = xdm(n3(laboratory()), n1())
DOCUMENT = n3(laboratory())


def safe(opened: Opened) -> None:
    """The answer crosses the pipe, and all that would be shown only shows."""
    sent = msgspec.msgpack.encode(opened, enc_hook=encodable)
    back = msgspec.msgpack.decode(sent, type=Opened)
    assert (back.archive is None) == (back.what is not None)
    if back.archive is None:
        return
    facts_of(back.archive, "x.zip")
    for document in back.archive.documents:
        text = as_text(document, 40)
        assert all(c == "\n" or c.isprintable() or c == "\u00a0" for c in text), repr(text)
        assert max(map(len, text.split("\n"))) <= 200


@given(st.binary(max_size=400))
def test_any_octets(data: bytes) -> None:
    safe(xdm_job(data, {}))
    safe(cda_job(data, {}))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_an_archive_with_octets_changed(data: st.DataObject) -> None:
    octets = bytearray(BASE)
    for _ in range(data.draw(st.integers(1, 6))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    safe(xdm_job(bytes(octets), {}))


@given(st.integers(0, len(BASE)))
@settings(max_examples=60, deadline=None)
def test_an_archive_cut_anywhere(end: int) -> None:
    safe(xdm_job(BASE[:end], {}))


@given(st.lists(st.tuples(st.integers(0, len(DOCUMENT) - 1), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_a_document_with_octets_changed(changes: list[tuple[int, int]]) -> None:
    octets = bytearray(DOCUMENT)
    for place, value in changes:
        octets[place] = value
    safe(cda_job(bytes(octets), {}))


NAMES = st.text(st.sampled_from("ABCxyz./\\ \u202e\u00e9:"), min_size=1, max_size=30)


@given(st.dictionaries(NAMES, st.binary(max_size=50), max_size=6))
@settings(max_examples=80, deadline=None)
def test_other_entries_under_any_name_hide_nothing(more: dict[str, bytes]) -> None:
    known = {name.casefold() for name in unzipped(BASE)}
    entries = {name: octets for name, octets in more.items() if name.strip("./\\ ").casefold() not in known}
    opened = xdm_job(zipped({**unzipped(BASE), **entries}), {})
    assert opened.archive is not None
    assert [d.hash_ok for d in opened.archive.documents] == [True, True]


@pytest.mark.parametrize(
    "section",
    [
        f"<section><text><table><tr><td colspan='64' rowspan='500'>{'x' * 20_000}</td></tr>"
        f"{'<tr><td>a</td></tr>' * 400}</table></text></section>",
        f"<section><text>{'<list><item>' * 150}x{'</item></list>' * 150}</text></section>",
        f"<section><text><table>{'<tr><td>a</td></tr>' * 70_000}</table></text></section>",
        f"<section><text>{'<paragraph>a</paragraph>' * 30_000}</text></section>",
    ],
    ids=["spans", "nesting", "cells", "blocks"],
)
def test_what_would_grow_without_end_is_a_sentence(section: str) -> None:
    opened = cda_job(n3(section), {})
    assert opened.what is not None
    assert "trop" in str(opened.what)


def test_deep_nesting_is_a_sentence() -> None:
    opened = cda_job(b"<a>" * 5_000 + b"</a>" * 5_000, {})
    assert "imbriqué" in str(opened.what) or "bien formé" in str(opened.what)
