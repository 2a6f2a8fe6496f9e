"""The annuaire: a local index of the daily extraction, the FHIR API v2, the list of trust-space domains."""
