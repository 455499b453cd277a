"""OpenAPI 3.1: the catalog as a document for API tools and client generators."""

from collections.abc import Mapping

from integration.kernel.catalog import Catalog
from integration.kernel.specs import Platform
from integration.schema.document import Rest, document, written


def compile(catalog: Catalog, base_url: str) -> Mapping[str, str]:
    return compile_service(catalog, base_url, Rest())


def compile_service(catalog: Catalog, base_url: str, rest: Rest) -> Mapping[str, str]:
    return {"openapi.json": written(document(catalog, base_url, rest))}


PLATFORM = Platform(
    key="openapi",
    label="OpenAPI",
    description="Describes the service for API tools and client generators.",
    compile=compile,
    compile_service=compile_service,
)
