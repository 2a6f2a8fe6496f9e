"""Standard output: data, and nothing else writes there (command line contract).

Every string passes the sanitiser once more: no control byte leaves the program, whatever a service forgot.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from mss_tui.errors import OutcomeUnknown
from mss_tui.phrase import say
from mss_tui.text import clean, clean_lines

SCHEMA = 1
MAX_TEXT = 50_000_000


class Output:
    """Writes documents or text to a stream of octets.

    Whatever cannot be written (a full disk, a closed stream) is `OutcomeUnknown`: the act may well have been done.
    """

    def __init__(self, stream: BinaryIO | None = None, encoding: str = "") -> None:
        self._stream = stream or sys.stdout.buffer
        self._encoding = encoding or getattr(sys.stdout, "encoding", "") or "utf-8"

    def document(self, document: Mapping[str, Any]) -> None:
        """One JSON document on one line, its schema first."""
        self.line({"schema": SCHEMA, **document})

    def line(self, document: Mapping[str, Any]) -> None:
        """One JSON object on one line, for streams of them."""
        text = json.dumps(_safe(document), ensure_ascii=False, separators=(", ", ": "))
        self._write(text.encode() + b"\n")

    def text(self, text: str) -> None:
        """Lines for a person."""
        self._write(clean_lines(text, MAX_TEXT).encode(self._encoding, "replace") + b"\n")

    def _write(self, data: bytes) -> None:
        try:
            self._stream.write(data)
            self._stream.flush()
        except BrokenPipeError:  # whoever read has enough (`| head`)
            self._leave()
        except OSError as error:
            self._leave()
            raise OutcomeUnknown(
                say("La réponse n'a pas pu être écrite sur la sortie standard."),
                meaning=say("Ce qui était demandé a pu être fait."),
                remedy=say("Donnez-lui de la place ou un autre fichier, et vérifiez avant de recommencer."),
                detail=clean(error.strerror or ""),
            ) from error

    def _leave(self) -> None:
        """What is written from here on, the rest of the buffer too, goes nowhere, quietly."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        return clean_lines(value, MAX_TEXT)
    if isinstance(value, Mapping):
        return {clean_lines(str(name), MAX_TEXT): _safe(inner) for name, inner in value.items()}
    if isinstance(value, Sequence):
        return [_safe(inner) for inner in value]
    return value
