"""Keeps things of customers that a merge has to deal with, and knows nothing of merging."""
