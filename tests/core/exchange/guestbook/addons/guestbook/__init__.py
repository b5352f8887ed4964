"""Guests who come and go by the hundred: the addon that the tests of import and export use."""
