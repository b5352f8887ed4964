"""The WSGI entry: ``gunicorn wsgi:app``. Everything comes from the environment."""

from core.app import create_app

app = create_app()
