"""A company of any size to measure on: jobs that the real actions made, many times over."""
