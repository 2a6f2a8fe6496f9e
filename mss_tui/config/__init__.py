"""Profiles: TOML files in layers, every key declared once (design.md, Configuration)."""
