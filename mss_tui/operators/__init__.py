"""Operator policies, one TOML file each: figures with the document each comes from, and the support card.

`commun.toml` holds what every policy starts from: the product's own choices.
"""
