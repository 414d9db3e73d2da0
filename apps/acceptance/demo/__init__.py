"""The demo company: believable, Dutch, and built through the real actions with a fixed seed."""
