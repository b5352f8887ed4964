"""Records that are discussed."""
