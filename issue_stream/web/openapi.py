"""The description of the API as FastAPI makes it, with the one shape of every error named once."""

from typing import Any

from fastapi import FastAPI

from issue_stream.web.api_words import Problem


class DescribedApp(FastAPI):
    """An app whose description is true for errors too."""

    def openapi(self) -> dict[str, Any]:
        """The whole description, made once."""
        if self.openapi_schema is None:
            described = super().openapi()
            schemas = described.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = Problem.model_json_schema()
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            self.openapi_schema = described
        return self.openapi_schema
