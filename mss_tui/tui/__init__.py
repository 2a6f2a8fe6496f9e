"""The terminal interface: renders what services return. Alone in knowing Textual."""
