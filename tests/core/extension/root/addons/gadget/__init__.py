"""Adds to the market where both are on."""
