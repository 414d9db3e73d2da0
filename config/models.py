"""No tables. Django tells only apps that have this module when a migrate is done; see apps.py."""
