"""The commands, one module each, imported when they are asked for; each has `run(context) -> exit code`."""
