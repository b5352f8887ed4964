"""The quality gates of ``make check``. House rules live here as small checkers, each with a test that shows it red.

``python -m checks`` runs all gates, ``python -m checks ruff templates`` only those named.
"""
