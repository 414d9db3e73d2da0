"""What each kind of page costs, measured through the production server: `manage.py bench`."""
