"""Checks: for each rule a pure function from facts to findings; each module lists its own in `CHECKS`."""
