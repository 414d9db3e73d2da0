from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "apps.pricing"

    def ready(self) -> None:
        from apps.pricing import holdings  # noqa: F401  (what is held registers itself)
