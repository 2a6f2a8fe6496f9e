"""Text from outside made safe to show: the one sanitiser and the width of what it gives."""

from mss_tui.text.clean import DisplayText, clean, clean_lines
from mss_tui.text.width import cell_width, fit

__all__ = ["DisplayText", "cell_width", "clean", "clean_lines", "fit"]
