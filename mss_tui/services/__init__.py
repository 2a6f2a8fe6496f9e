"""Use cases: what a person or a script can do, written once for both front ends. They know ports, never adapters."""
