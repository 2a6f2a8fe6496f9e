"""The demo's messages: texts in `*.toml`, built into bytes and dated from day 0."""
