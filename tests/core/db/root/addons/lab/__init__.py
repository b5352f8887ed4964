"""Models that the data layer is attacked with."""
