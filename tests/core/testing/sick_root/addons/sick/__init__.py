"""Breaks every promise that an addon can break; the tests of the contract name each by its code."""
