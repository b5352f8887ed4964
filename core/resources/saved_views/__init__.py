"""Saved views: a list's filters, search, sort and columns under a name, one's own or shared; and a user's own columns."""
