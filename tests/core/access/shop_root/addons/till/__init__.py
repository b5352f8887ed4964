"""A till beside the stall: the addon of the tests of rights, applications and settings."""
