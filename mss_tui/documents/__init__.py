"""Health documents: XDM archives, CDA, PDF text. Pure functions on bytes, run in the bounded worker."""
