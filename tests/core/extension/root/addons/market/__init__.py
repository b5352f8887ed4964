"""Offers a slot, an event and a point for contributions."""
