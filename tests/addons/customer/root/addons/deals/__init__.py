"""Fills the extension points of customers, for their tests."""
