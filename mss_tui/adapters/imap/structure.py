"""BODYSTRUCTURE (RFC 9051 §7.5.2) as a tree of parts: iterative, bounded, forgiving of what servers leave out."""

from __future__ import annotations

from collections.abc import Iterable

from mss_tui.adapters.imap.syntax import Atom, Value
from mss_tui.mime.parameters import file_name
from mss_tui.model.message import Part
from mss_tui.text import clean

MAX_PARTS = 2_000
MAX_DEPTH = 100
_WORD = 200
_NAME = 500


class _Node:
    """A part being read: `section`, its values, and its children's nodes."""

    __slots__ = ("children", "depth", "section", "values")

    def __init__(self, section: str, values: list[Value], depth: int) -> None:
        self.section = section
        self.values = values
        self.depth = depth
        self.children: list[_Node] = []

    @property
    def multipart(self) -> bool:
        return bool(self.values) and isinstance(self.values[0], list)


def whole(size: int) -> Part:
    """The message as one part, where the server's description cannot be read."""
    return Part("", "message/rfc822", size)


def structure(value: Value, size: int) -> Part:
    """The tree that a BODYSTRUCTURE describes; `size` is RFC822.SIZE. Never fails.

    A part nested deeper than `MAX_DEPTH`, and every part after `MAX_PARTS`, is left out of its parent: the message
    then opens raw.
    """
    if not isinstance(value, list) or not value:
        return whole(size)
    root = _Node("", value, 0)
    order = [root]
    for node in order:  # grows while it runs: breadth first
        if not node.multipart:
            continue
        for place, child in enumerate(node.values, 1):
            if not isinstance(child, list):
                break
            if len(order) >= MAX_PARTS or node.depth >= MAX_DEPTH:
                return whole(size)
            section = f"{node.section}.{place}" if node.section else str(place)
            node.children.append(_Node(section, child, node.depth + 1))
            order.append(node.children[-1])
    parts: dict[int, Part] = {}
    for node in reversed(order):
        children = tuple(parts.pop(id(child)) for child in node.children)
        parts[id(node)] = _multipart(node, children) if node.multipart else _leaf(node)
    return parts[id(root)]


def _multipart(node: _Node, children: tuple[Part, ...]) -> Part:
    rest = node.values[len(children) :]
    parameters = _parameters(_at(rest, 1))
    return Part(
        section=node.section,
        type=f"multipart/{_word(_at(rest, 0)) or 'mixed'}",
        disposition=_disposition(_at(rest, 2))[0],
        parameters=tuple(parameters.items()),
        parts=children,
    )


def _leaf(node: _Node) -> Part:
    values = node.values
    kind = f"{_word(_at(values, 0)) or 'text'}/{_word(_at(values, 1)) or 'plain'}"
    parameters = _parameters(_at(values, 2))
    extension = 7
    if kind.startswith("text/"):
        extension = 8
    elif kind in ("message/rfc822", "message/global"):
        extension = 10
    disposition, more = _disposition(_at(values, extension + 1))
    return Part(
        section=node.section or "1",
        type=kind,
        size=_number(_at(values, 6)),
        encoding=_word(_at(values, 5)) or "7bit",
        charset=parameters.get("charset", ""),
        name=file_name(_pairs(_described(_at(values, extension + 1))), _pairs(_at(values, 2))),
        disposition=disposition,
        content_id=_shown(_at(values, 3)).strip("<>"),
        parameters=tuple((parameters | more).items()),
    )


def _at(values: list[Value], place: int) -> Value:
    return values[place] if place < len(values) else None


def _raw(value: Value) -> bytes:
    return bytes(value) if isinstance(value, bytes) else b""


def _shown(value: Value) -> str:
    return clean(_raw(value).decode("utf-8", "replace"), _NAME)


def _word(value: Value) -> str:
    return clean(_raw(value).decode("ascii", "replace").lower().strip(), _WORD)


def _number(value: Value) -> int:
    return int(value) if isinstance(value, Atom) and value.isdigit() and len(value) < 19 else 0


def _pairs(value: Value) -> Iterable[tuple[str, bytes]]:
    flat = value if isinstance(value, list) else []
    return ((_word(name), _raw(text)) for name, text in zip(flat[::2], flat[1::2], strict=False))


def _parameters(value: Value) -> dict[str, str]:
    return {name: clean(text.decode("utf-8", "replace"), _NAME) for name, text in _pairs(value)}


def _disposition(value: Value) -> tuple[str, dict[str, str]]:
    if not isinstance(value, list) or not value:
        return _word(value), {}
    return _word(value[0]), _parameters(_described(value))


def _described(value: Value) -> Value:
    """The parameters of a disposition."""
    return _at(value, 1) if isinstance(value, list) else None
