"""Text in the colour of what it stands on, or of no size: there for programs and for deceit; so it is marked.

It is kept, since a style sheet that is not understood here may well show it. Colours and sizes come from
attributes, inline styles and the simplest rules of style sheets; what cannot be known (a picture behind) hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lxml.html import HtmlElement

from mss_tui.record import dataclass

Colour = tuple[int, int, int]

NEAR = 16
"""Most that any of red, green and blue may differ (of 255) for a text to be invisible."""

_NAMES: Mapping[str, Colour] = {
    "white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240), "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245), "floralwhite": (255, 250, 240), "mintcream": (245, 255, 250),
    "azure": (240, 255, 255), "aliceblue": (240, 248, 255), "seashell": (255, 245, 238), "black": (0, 0, 0),
    "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192), "lightgray": (211, 211, 211),
    "lightgrey": (211, 211, 211), "gainsboro": (220, 220, 220), "red": (255, 0, 0), "maroon": (128, 0, 0),
    "yellow": (255, 255, 0), "lime": (0, 255, 0), "green": (0, 128, 0), "aqua": (0, 255, 255), "cyan": (0, 255, 255),
    "teal": (0, 128, 128), "blue": (0, 0, 255), "navy": (0, 0, 128), "fuchsia": (255, 0, 255), "purple": (128, 0, 128),
}  # fmt: skip
_HEX = re.compile(r"#?([0-9a-f]{3,8})\Z")
_RGB = re.compile(r"rgba?\(\s{0,3}(\d{1,3})\s{0,3}[, ]\s{0,3}(\d{1,3})\s{0,3}[, ]\s{0,3}(\d{1,3})\s{0,3}\)\Z")
_WORD = re.compile(r"rgba?\([^()]{0,60}\)|[^\s]{1,60}")
_RULE = re.compile(r"([^{}]{1,400})\{([^{}]{0,2000})\}")
_SELECTOR = re.compile(r"\s*([a-z][a-z0-9]{0,20})?(?:([.#])([A-Za-z0-9_-]{1,80}))?\s*\Z")
_TINY = re.compile(r"(?:(?:0?\.\d{1,4}|[01](?:\.\d{1,4})?)(?:px|pt)|0(?:\.0{1,3})?(?:r?em|%)?)(?=[\s/]|\Z)")
"""Up to a point and a bit; sizes that hang on another are not reckoned."""
_LINK: Colour = (0, 0, 238)
_SPREAD = ("body", "html")
_BLOCKS = frozenset((
    "address", "article", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
"""What holds one of these is not marked as a whole: each of its own texts is."""


@dataclass(frozen=True, slots=True)
class Look:
    """Colour of a text and of what is behind it, None where it cannot be known; is the text too small to be seen?"""

    text: Colour | None = (0, 0, 0)
    behind: Colour | None = (255, 255, 255)
    tiny: bool = False

    @property
    def hides(self) -> bool:
        """Is a text not seen?"""
        if self.tiny or self.text is None or self.behind is None:
            return self.tiny
        return all(abs(a - b) <= NEAR for a, b in zip(self.text, self.behind, strict=True))


class Sheet:
    """The colours and sizes that the simple rules of style sheets give: by tag, class or id."""

    def __init__(self, css: Iterable[str]) -> None:
        self._rules: dict[tuple[str, str, str], str] = {}
        for text in css:
            for rule in _RULE.finditer(text):
                if "color" in rule[2] or "background" in rule[2] or "font" in rule[2]:
                    self._add(rule[1], rule[2])

    def _add(self, selectors: str, style: str) -> None:
        for selector in selectors.split(",")[:50]:
            found = _SELECTOR.match(selector.strip())
            if found and selector.strip():
                key = (found[1] or "", found[2] or "", found[3] or "")
                self._rules[key] = f"{self._rules.get(key, '')};{style}"[:4_000]

    def styles(self, element: HtmlElement) -> list[str]:
        """What applies to an element, the weakest first."""
        if not self._rules:
            return []
        tag = str(element.tag)
        keys = [(tag, "", "")]
        for name in element.get("class", "").split()[:20]:
            keys += [("", ".", name), (tag, ".", name)]
        ident = element.get("id", "")
        keys += [("", "#", ident), (tag, "#", ident)] if ident else []
        return [self._rules[key] for key in keys if key in self._rules]


def colour_of(text: str) -> Colour | None:
    """A colour as CSS or HTML writes it; None for what is none, is seen through, or is written otherwise."""
    word = text.strip().lower()
    if word in _NAMES:
        return _NAMES[word]
    found = _HEX.match(word)
    if found and len(found[1]) in (3, 6):
        digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    numbers = _RGB.match(word)
    if numbers:
        return min(int(numbers[1]), 255), min(int(numbers[2]), 255), min(int(numbers[3]), 255)
    return None


def looks(elements: Iterable[HtmlElement], sheet: Sheet) -> dict[HtmlElement, Look]:
    """How the text of each element looks; elements come in the order of the document."""
    found: dict[HtmlElement, Look] = {}
    for element in elements:
        above = found.get(element.getparent(), Look())
        found[element] = _own(element, above, sheet)
    return found


def _own(element: HtmlElement, above: Look, sheet: Sheet) -> Look:
    text, behind = above.text, above.behind
    if element.tag == "a" and "href" in element.attrib:
        text = _LINK
    for name in ("color", "text") if element.tag in ("font", *_SPREAD) else ():
        text = colour_of(element.get(name, "")) or text
    behind = colour_of(element.get("bgcolor", "")) or behind
    if element.get("background", ""):
        behind = None
    look = Look(text, behind, above.tiny)
    for style in (*sheet.styles(element), element.get("style", "")[:4_000]):
        look = _styled(style, look)
    return look


def _styled(style: str, look: Look) -> Look:
    text, behind, tiny = look.text, look.behind, look.tiny
    for declaration in style.lower().split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip(), value.replace("!important", "").strip()
        if name == "color" and value and value != "inherit":
            text = colour_of(value)
        elif name in ("background", "background-color", "background-image") and value:
            behind = _behind(value, behind)
        elif name in ("font-size", "font") and value and value != "inherit":
            tiny = bool(_TINY.match(value))
    return Look(text, behind, tiny)


def _behind(value: str, behind: Colour | None) -> Colour | None:
    if "url(" in value or "gradient" in value:
        return None
    if value in ("none", "transparent", "inherit", "initial", "unset"):
        return behind
    words = _WORD.findall(value[:200])
    return next((found for word in words if (found := colour_of(word)) is not None), None)


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is not seen: whole elements, the first text of elements, the text after elements, and how much it is."""

    whole: list[HtmlElement]
    texts: list[HtmlElement]
    tails: list[HtmlElement]
    characters: int


def unseen(elements: list[HtmlElement], sheet: Sheet) -> Hidden:
    """The texts that nobody sees; whole lines where they hold nothing else."""
    seen_as = looks(elements, sheet)
    shows: set[HtmlElement] = set()
    hides: set[HtmlElement] = set()
    characters = 0
    for element in reversed(elements):
        parent = element.getparent()
        for holder, text in ((element, element.text), (parent, element.tail)):
            if holder in seen_as and text and not text.isspace():
                (hides if seen_as[holder].hides else shows).add(holder)
                characters += len(text.strip()) if seen_as[holder].hides else 0
        for kind in (shows, hides):
            if element in kind and parent is not None:
                kind.add(parent)
    whole: list[HtmlElement] = []
    covered: set[HtmlElement] = set()
    texts: list[HtmlElement] = []
    tails: list[HtmlElement] = []
    for element in elements if hides else ():
        parent = element.getparent()
        if parent in covered:
            covered.add(element)
            continue
        if element.tail and not element.tail.isspace() and parent in seen_as and seen_as[parent].hides:
            tails.append(element)
        if element in hides and element not in shows and not any(child.tag in _BLOCKS for child in element):
            whole.append(element)
            covered.add(element)
        elif element.text and not element.text.isspace() and seen_as[element].hides:
            texts.append(element)
    return Hidden(whole, texts, tails, characters)
