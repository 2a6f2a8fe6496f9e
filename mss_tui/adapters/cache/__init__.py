"""The encrypted copy of mail on this machine (docs/adr/0009). sqlcipher3 is imported when a copy is opened."""
