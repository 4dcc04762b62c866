"""Alembic migrations, packaged with the code: ``opening.open_store`` runs those that a database lacks."""
