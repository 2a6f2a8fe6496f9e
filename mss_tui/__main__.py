"""mss-tui, from the outside in.

    __main__                      the only module that knows both front ends
    cli | tui                     render, nothing else. tui alone knows Textual; cli alone writes stdout
    demo                          the embedded operator (extra `demo`)
    wiring                        joins services and adapters for a profile
    services | adapters | config  use cases | one technology a file | profiles
    ports                         what services need
    rules | mime | documents      pure, and independent of one another
    model                         frozen dataclasses
    text | errors                 sanitising and width of text from outside | our errors
    phrase                        sentences for the user, not yet in a language

Each line may import those below it, never beside or above (import-linter; `|`: may not know each other).
"""

from __future__ import annotations


def main() -> None:
    """Start mss-tui."""


if __name__ == "__main__":
    main()
