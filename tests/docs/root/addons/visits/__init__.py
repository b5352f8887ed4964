"""Visits: who was where, when, and what came of it."""
