"""A client that knows the address of the OpenAPI document and how OpenAPI works, and nothing of this API."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest


class Client:
    """Calls operations by what the document says of them."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._document = json.loads(self._ask("GET", "/openapi.json")[1])

    def find_operation(self, word: str) -> tuple[str, str, dict[str, Any]]:
        for path, operations in self._document["paths"].items():
            for method, operation in operations.items():
                if word in operation["summary"].lower():
                    return method.upper(), path, operation
        raise LookupError(word)

    def make_body(self, schema: dict[str, Any]) -> Any:
        """Make a value up from a schema alone, the way a generator of clients would."""
        while "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        if "anyOf" in schema:
            return self.make_body(schema["anyOf"][0])
        if "enum" in schema:
            return schema["enum"][0]
        if schema["type"] == "object":
            return {name: self.make_body(schema["properties"][name]) for name in schema["required"]}
        if "examples" in schema:
            return schema["examples"][0]
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return {"number": 1.5, "integer": 1, "boolean": True, "string": "x"}[kinds[0]]

    def call(self, word: str) -> tuple[dict[str, Any], dict[str, Any]]:
        method, path, operation = self.find_operation(word)
        content = operation["requestBody"]["content"]["application/json"]
        body = json.dumps(self.make_body(content["schema"])).encode()
        status, answer = self._ask(method, path, body, {"Content-Type": "application/json"})
        return operation["responses"][str(status)], json.loads(answer)

    def _ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(*self._address, timeout=30)
        try:
            connection.request(method, path, body or None, headers or {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


@pytest.mark.slow
def test_the_document_is_enough_to_get_a_prediction(server):
    documented, answer = Client("127.0.0.1", server.port).call("predict")
    assert documented["description"] == "One prediction for each row, in order."
    assert answer["errors"] == {}
    assert answer["predictions"][0] > 0
