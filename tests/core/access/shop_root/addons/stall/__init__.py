"""A market stall: the addon of the tests of rights, applications and settings."""
