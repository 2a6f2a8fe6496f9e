"""The words of a stored message, decoded for SEARCH BODY and TEXT."""

from __future__ import annotations

import base64
import binascii
import quopri

from mss_tui.demo.imap.structure import Part, Structure

MOST = 1 << 20
"""Octets of one part that are searched."""


def _decoded(structure: Structure, part: Part) -> bytes:
    data = structure.data[part.body : min(part.end, part.body + MOST)]
    encoding = (part.get(b"content-transfer-encoding") or b"").strip().lower()
    if encoding == b"quoted-printable":
        return quopri.decodestring(data)
    if encoding == b"base64":
        try:
            packed = data.translate(None, b" \t\r\n")
            return base64.b64decode(packed[: len(packed) // 4 * 4])
        except binascii.Error:
            return b""
    return data


def body_text(structure: Structure) -> str:
    """Every text part of a message, joined."""
    found = []
    for part in structure.leaves():
        if part.type.lower() != b"text":
            continue
        charset = next((value for name, value in part.parameters if name.lower() == b"charset"), b"")
        try:
            found.append(_decoded(structure, part).decode(charset.decode("ascii", "replace") or "utf-8", "replace"))
        except (LookupError, ValueError):
            found.append(_decoded(structure, part).decode("utf-8", "replace"))
    return "\n".join(found)
