"""The WSGI entry: gunicorn wsgi:app."""

from jsonapi_course import create_app

app = create_app()
