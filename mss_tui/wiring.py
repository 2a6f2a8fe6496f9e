"""Joins services and adapters for a profile; the only place that names adapters."""
