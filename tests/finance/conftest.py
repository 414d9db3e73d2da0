from tests.review.conftest import shop

__all__ = ["shop"]
