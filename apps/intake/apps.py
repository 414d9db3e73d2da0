from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "apps.intake"

    def ready(self) -> None:
        from apps.core import chain
        from apps.intake.chain import request_step

        chain.register(10, request_step)
