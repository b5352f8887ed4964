"""Merging two customers into one, and taking it back."""
