from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    name = "apps.invoicing"

    def ready(self) -> None:
        from apps.core import chain
        from apps.invoicing import chain as own
        from apps.invoicing import holdings, jobs  # noqa: F401  (jobs and what is held register themselves)
        from apps.invoicing.actions.case import work_order_settle
        from apps.invoicing.actions.sending import invoice_files, invoice_left
        from apps.messaging import kinds
        from apps.messaging.links import register
        from apps.review.actions import on_verdict

        register("pay", "pay:invoice_pay")
        kinds.register("invoice", "credit_note", attach=invoice_files, sent=invoice_left)
        kinds.register("reminder", attach=invoice_files)
        on_verdict(work_order_settle)
        chain.register(60, own.ask, own.tell)
