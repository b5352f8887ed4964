"""A tiny addon that has one of everything a resource can have."""
