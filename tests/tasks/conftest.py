from tests.review.conftest import shop  # the same jobs, prices and customer

__all__ = ["shop"]
