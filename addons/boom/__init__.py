"""Boom customers: who often sends parcels back, how sure that is, and what other shops report."""
