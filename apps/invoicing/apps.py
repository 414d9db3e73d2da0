from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    name = "apps.invoicing"

    def ready(self) -> None:
        from apps.core import chain
        from apps.invoicing import jobs, links  # noqa: F401  (jobs: the worker finds its tasks)
        from apps.messaging.links import register

        register("pay", "pay:invoice_pay")
        chain.register(60, links.ask, links.tell)
