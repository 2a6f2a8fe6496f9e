"""The demo's directory: invented professionals and structures, as an extraction file and as a FHIR v2 answerer."""
