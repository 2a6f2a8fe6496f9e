"""How much is read of anything (documents.md §5, zip guard): counted while reading, never taken from a header."""

MAX_ENTRIES = 200
MAX_ENTRY_OCTETS = 64_000_000
MAX_TOTAL_OCTETS = 100_000_000
MAX_XML_OCTETS = 48_000_000
MAX_DEPTH = 200
MAX_NODES = 400_000
MAX_BLOCKS = 20_000
MAX_COLUMNS = 64
MAX_CELLS = 60_000
MAX_EMBEDDED = 200
MAX_DOCUMENTS = 100
MAX_NARRATIVE = 4_000_000
"""Characters of a narrative, cells repeated by spans counted again."""
MAX_RATIO = 200
"""Octets unpacked for one packed; real documents stay below 35."""
