"""The service for any WSGI server: ``granian --interface wsgi wsgi:app``, ``gunicorn wsgi``; see feeds/web/wsgi.py."""

from feeds.web.wsgi import app

application = app  # the name that PEP 3333's older servers look for

__all__ = ["app", "application"]
