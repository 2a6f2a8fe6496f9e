"""Finding an operator's servers from an address alone (ECO.1.1.9): known table, DNS SRV, Mozilla's autoconfig."""
