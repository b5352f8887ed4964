"""Contracts, payments and goods for the tiers of customers, for their tests."""
