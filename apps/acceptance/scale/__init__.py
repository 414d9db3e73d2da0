"""A believable company of any size, loaded in bulk: what `manage.py scale` does."""
