"""How numbers are written, per language."""
