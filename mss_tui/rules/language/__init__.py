"""What a French message says, as far as the text rules need: `labels`."""

from mss_tui.rules.language.labels import labels

__all__ = ["labels"]
