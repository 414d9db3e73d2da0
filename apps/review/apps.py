from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "apps.review"

    def ready(self) -> None:
        from apps.core import chain
        from apps.messaging import links
        from apps.review.chain import review_steps

        chain.register(50, review_steps)
        links.register("extra_work", "extra-work:show")
