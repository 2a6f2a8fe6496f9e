"""Makes XML elements by their names: `make.title("Compte rendu")`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from mss_tui.errors import UsageError
from mss_tui.phrase import say
from mss_tui.text import clean


class Maker:
    """Elements of one namespace; `None` in `nsmap` is the default one."""

    def __init__(self, namespace: str, nsmap: Mapping[str | None, str]) -> None:
        self._namespace = namespace
        self._nsmap: Any = nsmap  # the stubs know no default namespace

    def __call__(self, tag: str, *inside: etree._Element | str, **attributes: str) -> etree._Element:
        """An element with its text or children, in order.

        Raises:
            UsageError: a text holds a character that XML cannot carry.
        """
        element = etree.Element(f"{{{self._namespace}}}{tag}", nsmap=self._nsmap)
        try:
            for name, value in attributes.items():
                element.set(name, value)
            for child in inside:
                if isinstance(child, str):
                    element.text = child
                else:
                    element.append(child)
        except ValueError as error:
            text = " ".join([*attributes.values(), *(c for c in inside if isinstance(c, str))])
            raise UsageError(
                say("« {text} » contient un caractère de contrôle.", text=clean(text, 60)),
                remedy=say("Réécrivez ce champ sur une seule ligne."),
            ) from error
        return element

    def __getattr__(self, tag: str) -> Callable[..., etree._Element]:
        def made(*inside: etree._Element | str, **attributes: str) -> etree._Element:
            return self(tag, *inside, **attributes)

        return made
