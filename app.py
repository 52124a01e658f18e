"""Entry point: `flask` and gunicorn find the application here."""

from grants import create_app

app = create_app()
