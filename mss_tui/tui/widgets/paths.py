"""Paths typed by the user: completion, and what a path means."""

from __future__ import annotations

from pathlib import Path

MOST = 40


def readable_path(typed: str) -> Path:
    """The path meant by what was typed; "~" is home."""
    path = Path(typed.strip())
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def complete_path(typed: str) -> list[str]:
    """Paths that begin as typed, folders with a slash at their end, hidden ones only when asked for."""
    path = readable_path(typed)
    folder, start = (path, "") if typed.endswith("/") else (path.parent, path.name)
    found: list[str] = []
    try:
        for entry in sorted(folder.iterdir()):
            if (
                entry.name.isprintable()
                and entry.name.startswith(start)
                and (start.startswith(".") or not entry.name.startswith("."))
            ):
                found.append(f"{entry}/" if entry.is_dir() else str(entry))
                if len(found) == MOST:
                    break
    except OSError:
        return []
    return found
