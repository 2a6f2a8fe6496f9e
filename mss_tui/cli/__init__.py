"""The command line: renders what services return. Never imports Textual."""
