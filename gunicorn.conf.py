"""Gunicorn finds this file by its name, where it is started beside ``wsgi.py``."""

from core.serving import *  # noqa: F403
