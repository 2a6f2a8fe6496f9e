"""mss-tui: the MSSanté mail client for the terminal.

The architecture stands in `mss_tui.__main__`; the way each layer may see the others is checked by import-linter
(`pyproject.toml`).
"""

__version__ = "0.1.0"
