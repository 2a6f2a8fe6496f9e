"""Text/plain with format=flowed (RFC 3676): soft line ends joined, so that a paragraph is one line."""

from __future__ import annotations


def unflow(text: str, *, delsp: bool = False) -> str:
    """`text` with flowed lines joined; quote marks become `>` each, then a space. `delsp`: the soft space goes."""
    paragraphs: list[tuple[int, list[str]]] = []
    soft = False
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        signature = bare == "-- "
        if soft and not signature and paragraphs[-1][0] == depth:
            paragraphs[-1][1].append(bare)
        else:
            paragraphs.append((depth, [bare]))
        soft = bare.endswith(" ") and not signature
        if soft and delsp:
            paragraphs[-1][1][-1] = bare[:-1]
    return "\n".join(f"{'>' * depth} {''.join(words)}" if depth else "".join(words) for depth, words in paragraphs)
