"""Documents that the demo's messages carry: PDF, CDA N1 and N3, XDM archives. Patients are invented."""
