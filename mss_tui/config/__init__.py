"""Configuration files and operator policies, read into `model.people` and `model.policy`."""
