"""An embedded MSSanté operator on loopback: for trying, for training, for tests. Extra `demo`."""
