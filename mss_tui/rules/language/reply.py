"""Sentences that say that no reply is possible (contenu.applicative-mention)."""

from __future__ import annotations

import re

from mss_tui.rules.words import flat

_NO_REPLY = re.compile(
    r"(?:ne (?:pas|plus) |n'y )(?:y )?repond|pas possible (?:de|d'y) (?:y )?repondre|"
    r"(?:aucune|sans) reponse (?:possible|n)|"
    r"repon(?:se|dre|ses)[^.\n]{0,60}(?:pas |non |impossible|ne ser)|impossib(?:le|ilite)[^.\n]{0,50}repon|no[- ]?reply"
)


def says_no_reply(text: str) -> bool:
    """Does the text say that no reply is possible?"""
    return _NO_REPLY.search(flat(text)) is not None
