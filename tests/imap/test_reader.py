"""Octets to responses and values: any cut gives the same, nothing fails but as it says, nothing passes a limit."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mss_tui.adapters.imap import names
from mss_tui.adapters.imap.limits import Limits
from mss_tui.adapters.imap.reader import Reader
from mss_tui.adapters.imap.response import Data, Status, classify
from mss_tui.adapters.imap.structure import structure
from mss_tui.adapters.imap.syntax import Atom, Malformed, Value, parse
from mss_tui.adapters.imap.wire import Literal, Literals, astring, read_set, segments, set_text, set_texts, uid_set
from mss_tui.errors import HostileServer

SMALL = Limits(line=200, literal=300, response=500, pieces=5)
WORDS = st.sampled_from(
    b'* |A1 OK |+ |\r\n|\r|\n|{3}|{0}|~{2}|{99999}|"|\\|(|)|FETCH| 1 |UID|NIL|BODY[|]|\xff|\0|BODY[X (TO)]<0>'.split(
        b"|"
    )
)
NOISE = st.lists(st.one_of(WORDS, st.binary(max_size=20)), max_size=40).map(b"".join)


def read(data: bytes, cuts: list[int], limits: Limits = Limits()) -> tuple[list[list[bytes]], bool]:
    """Responses of `data` fed in pieces, and whether the reader gave up."""
    reader = Reader(limits)
    found: list[list[bytes]] = []
    at = 0
    try:
        for cut in [*sorted(c for c in cuts if c <= len(data)), len(data)]:
            found.extend(reader.feed(data[at:cut]))
            at = cut
    except HostileServer:
        return found, True
    return found, False


@given(NOISE, st.lists(st.integers(0, 400), max_size=12))
def test_cuts_change_nothing(data: bytes, cuts: list[int]) -> None:
    assert read(data, cuts) == read(data, [])
    assert read(data, cuts, SMALL)[1] == read(data, [], SMALL)[1]


@given(NOISE)
def test_any_response_is_classified_and_parsed_or_malformed(data: bytes) -> None:
    for pieces in read(data, [])[0]:
        with contextlib.suppress(Malformed):
            response = classify(pieces)
            if isinstance(response, Data):
                response.values()


@given(NOISE)
def test_nothing_larger_than_the_limits_comes_out(data: bytes) -> None:
    for pieces in read(data, [], SMALL)[0]:
        assert sum(map(len, pieces)) <= SMALL.response
        assert all(len(piece) <= max(SMALL.line, SMALL.literal) for piece in pieces)


VALUES = st.recursive(
    st.one_of(st.none(), st.binary(max_size=30), st.integers(0, 2**60).map(lambda n: Atom(b"%d" % n))),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=20,
)


def write(value: Value) -> bytes:
    """A value as a server might write it."""
    if value is None:
        return b"NIL"
    if isinstance(value, list):
        return b"(" + b" ".join(map(write, value)) + b")"
    if isinstance(value, Atom):
        return bytes(value)
    if b"\r" in value or b"\n" in value or len(value) % 3 == 0:
        return b"{%d}\r\n%b" % (len(value), value)
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


@given(st.lists(VALUES, max_size=6), st.lists(st.integers(0, 300), max_size=6))
def test_what_a_server_writes_is_what_is_read(values: list[Value], cuts: list[int]) -> None:
    line = b"* 7 FETCH " + b" ".join(map(write, values)) + b"\r\n"
    ((pieces,), failed) = read(line, cuts)
    response = classify(pieces)
    assert not failed
    assert isinstance(response, Data)
    assert (response.kind, response.number, response.values()) == ("FETCH", 7, values)


def test_a_status_line_announces_no_literal() -> None:
    found, _ = read(b"A1 NO [ALERT] {5}\r\n* OK {5}\r\n* BYE {3}\r\n* 1 FETCH {5}\r\nabcde\r\n", [])
    assert [len(pieces) for pieces in found] == [1, 1, 1, 3]
    status = classify(found[0])
    assert isinstance(status, Status)
    assert (status.tag, status.word, status.code, status.text) == ("A1", "NO", "ALERT", "{5}")


def test_a_code_with_brackets_in_a_string_ends_where_it_ends() -> None:
    status = classify([b'A1 NO [BADCHARSET ("x]y" UTF-8)] unknown ]'])
    assert isinstance(status, Status)
    assert (status.code, status.arguments, status.text) == ("BADCHARSET", b'("x]y" UTF-8)', "unknown ]")


@pytest.mark.parametrize("depth", [201, 2_000, 100_000])
def test_depth_is_bounded_without_recursion(depth: int) -> None:
    with pytest.raises(Malformed):
        parse([b"(" * depth + b")" * depth])


def test_a_section_is_one_word() -> None:
    (value,) = parse([b'(BODY[HEADER.FIELDS ("A]B" TO)]<0> "x" BINARY.SIZE[1.2] 5 body[] NIL)'])
    assert value == [b'BODY[HEADER.FIELDS ("A]B" TO)]<0>', b"x", b"BINARY.SIZE[1.2]", b"5", b"body[]", None]


@given(st.text(max_size=60))
def test_names_go_there_and_back(name: str) -> None:
    with contextlib.suppress(UnicodeEncodeError):
        name.encode("utf-8")  # lone surrogates are no names
        raw = names.encode(name)
        assert all(0x20 <= octet <= 0x7E for octet in raw)
        assert names.decode(raw) == name


@given(st.binary(max_size=60))
def test_any_octets_are_some_name(raw: bytes) -> None:
    assert isinstance(names.decode(raw), str)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"Envoy&AOk-s", "Envoyés"),
        ("Envoyés".encode(), "Envoyés"),
        (b"R&-D", "R&D"),
        (b"&ZeVnLIqe-", "日本語"),
        (b"&2D3eAA-", "😀"),
        (b"R&D", "R&D"),
        (b"&AGE-", "&AGE-"),
        (b"&AOk", "&AOk"),
        (b"&2D0-", "&2D0-"),
        (b"\xe9t\xe9", "été"),
    ],
)
def test_names_as_servers_write_them(raw: bytes, name: str) -> None:
    assert names.decode(raw) == name


@given(st.lists(st.one_of(st.binary(max_size=50), st.text(max_size=30).map(str.encode)), max_size=6))
def test_no_argument_can_end_a_command(arguments: list[bytes]) -> None:
    """Whatever the arguments hold, what goes out is one command: our own reading of it gives them back."""
    (line,) = segments(b"A1", [b"X", *map(astring, arguments)], Literals.ANY)
    sent = b"".join(line).removesuffix(b"\r\n")
    pieces: list[bytes] = []
    while (found := re.match(rb"([^\r\n]*?) ?\{([0-9]+)\+\}\r\n", sent)) is not None:
        size = int(found[2])
        pieces += [found[1], sent[found.end() : found.end() + size]]
        sent = sent[found.end() + size :]
    assert not {*b"\r\n\0"} & {*sent}
    assert parse([*pieces, sent])[2:] == arguments


def test_a_bare_line_end_is_refused() -> None:
    with pytest.raises(ValueError, match="CR or LF"):
        segments(b"A1", [b"SELECT", b"INBOX\r\nA2 DELETE INBOX"], Literals.ANY)


@pytest.mark.parametrize(
    ("literals", "size", "waits"),
    [
        (Literals.ASK, 1, True),
        (Literals.SMALL, 4096, False),
        (Literals.SMALL, 4097, True),
        (Literals.ANY, 1 << 20, False),
    ],
)
def test_literals_wait_where_they_must(literals: Literals, size: int, waits: bool) -> None:
    parts = segments(b"A1", [b"APPEND", Literal(b"x" * size)], literals)
    assert len(parts) == (2 if waits else 1)
    assert (b"+}" in b"".join(parts[0])) is not waits


@given(st.sets(st.integers(1, 5_000), max_size=300))
def test_sets_go_there_and_back(uids: set[int]) -> None:
    if uids:
        assert {uid for span in read_set(set_text(uid_set(uids)), 10_000) for uid in span} == uids
    assert {uid for text in set_texts(uids, 7) for span in read_set(text, 10_000) for uid in span} == uids


@pytest.mark.parametrize("text", [b"", b"1:", b"a", b"1:*", b"1,,2", b"-1", b"1:999999999"])
def test_a_set_that_is_none_or_too_large_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="sequence set"):
        read_set(text, 1_000)


@settings(max_examples=300)
@given(VALUES, st.integers(0, 1 << 40))
def test_any_value_has_some_structure(value: Value, size: int) -> None:
    part = structure(value, size)
    assert len(part.leaves()) >= 0
    assert part.section == "" or part.section == "1"
