"""Widgets that draw their own lines: text goes to the terminal as it is, without markup, one style a run."""
