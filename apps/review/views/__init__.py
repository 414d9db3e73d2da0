"""The pages of the review, split by behaviour."""
