"""What a French message says, as far as the text rules need.

The patterns are read on the first text: a list of messages needs none of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.model.verdict import Span


def labels(subject: str, body: str, attachments: Sequence[str]) -> dict[str, tuple[Span, ...]]:
    """The text rules that a message violates, with the words that say so (`language.message.labels`)."""
    from mss_tui.rules.language.message import labels as read

    return read(subject, body, attachments)
