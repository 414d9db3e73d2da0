"""Whole jobs, copied: history in bulk that the real actions made once."""
