from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "apps.customers"

    def ready(self) -> None:
        from apps.customers import holdings  # noqa: F401  (what moves with a customer registers itself)
