"""The HTTP service: ``uvicorn --factory service.app:create_app`` or ``python -m service``."""
