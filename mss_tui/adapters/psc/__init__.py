"""Pro Santé Connect through the relay of the establishment (docs/reference/relais-psc.md)."""
