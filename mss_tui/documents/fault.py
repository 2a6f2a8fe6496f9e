"""What is wrong with a document, in a sentence."""

from __future__ import annotations

from mss_tui.errors import UsageError


class DocumentFault(UsageError):
    """The bytes are not what they should be; nothing was written anywhere."""
