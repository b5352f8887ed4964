"""A tiny addon that keeps something on customers, for the tests of what stands against deleting one."""
