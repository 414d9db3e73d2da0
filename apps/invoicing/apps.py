from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    name = "apps.invoicing"

    def ready(self) -> None:
        from apps.core import chain
        from apps.invoicing import holdings, jobs, links  # noqa: F401  (jobs and what is held register themselves)
        from apps.messaging.links import register

        register("pay", "pay:invoice_pay")
        chain.register(60, links.ask, links.tell)
