"""What a page keeps from every reader's eyes by its style: not displayed, moved away, of no size."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

_HIDDEN = re.compile(
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}(?:hidden|collapse)|opacity\s{0,3}:\s{0,3}0(?:\.0{0,3})?\s{0,3}(?:;|!|\Z)"
    r"|max-height\s{0,3}:\s{0,3}0(?:px|em|%)?\s{0,3}(?:;|!|\Z)|mso-hide\s{0,3}:\s{0,3}all"
    r"|color\s{0,3}:\s{0,3}transparent|text-indent\s{0,3}:\s{0,3}-\d{3,}|left\s{0,3}:\s{0,3}-\d{4,}",
    re.I,
)
_SIZE_0 = re.compile(
    r"font-size\s{0,3}:\s{0,3}(?:(?:0(?:\.0{1,3})?|\.0{1,3})(?:px|pt|em|rem|%)?|0?\.\d{1,4}(?:px|pt)|1(?:\.\d{1,4})?(?:px|pt|%)|0?\.0\d{0,3}r?em)"
    r"\s{0,3}(?:;|!|\Z)",
    re.I,
)
_SIZE = re.compile(r"font(?:-size)?\s{0,3}:", re.I)
_RULE = re.compile(r"([^{}]{1,400})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"\s*[a-z0-9]{0,20}([.#])([A-Za-z0-9_-]{1,80})\s*\Z")


def hidden_names(sheets: list[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Classes and ids that a style sheet hides on every screen: rules inside @media are left alone."""
    names: dict[str, set[str]] = {".": set(), "#": set()}
    for sheet in sheets:
        for rule in _RULE.finditer(sheet):
            if _HIDDEN.search(rule[2]):
                for selector in rule[1].split(","):
                    simple = _SIMPLE.match(selector)
                    if simple:
                        names[simple[1]].add(simple[2])
    return frozenset(names["."]), frozenset(names["#"])


def without_media(css: str) -> str:
    """`css` without what stands in the braces of an at-rule."""
    kept: list[str] = []
    depth = skip = 0
    for piece in re.split(r"([{}])", css):
        if piece == "{":
            depth += 1
        elif piece == "}":
            depth = max(depth - 1, 0)
            if skip and depth < skip:
                skip = 0
                continue
        elif not skip and "@" in piece:
            kept.append(piece.partition("@")[0])
            skip = depth + 1
        if not skip:
            kept.append(piece)
    return "".join(kept)


def is_hidden(element: HtmlElement, classes: frozenset[str], ids: frozenset[str]) -> bool:
    """Does its style, its class or an attribute keep an element from every reader's eyes?"""
    if "hidden" in element.attrib or element.get("id") in ids:
        return True
    if classes and not classes.isdisjoint(element.get("class", "").split()[:50]):
        return True
    style = element.get("style", "")[:4_000]
    if not style:
        return False
    if _HIDDEN.search(style):
        return True
    return bool(_SIZE_0.search(style)) and not any(_SIZE.search(e.get("style", "")) for e in element.iterdescendants())
