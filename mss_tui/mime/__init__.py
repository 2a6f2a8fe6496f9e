"""Messages as bytes: pure functions from bytes to model and back.

Everything read is hostile and every reader is bounded.
"""
