"""The commands, one module each, imported when they are asked for; each has `run(context)`: an exit code,
or a coroutine of one where it needs an event loop.
"""
