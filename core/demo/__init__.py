"""Invented Vietnamese people, companies and workbooks for demonstrations, tests and benchmarks."""
