"""The OpenAPI 3.1 description of the API, made from the parameters that are read and the types that are answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

import msgspec

from feeds.web.apiparameters import AFTER, ARTICLES, CONTENT, KEYWORDS_LIMIT, LANGUAGE, LIMIT, Parameter
from feeds.web.apishapes import ArticleOut, ArticlePage, FeedList, KeywordList, LanguageList, Problem, SourcePage

PROBLEM_TYPE = "application/problem+json"
_REFERENCE = "#/components/schemas/{name}"
_FOR_KEYS = "for those who have a key (as Bearer, as the password of Basic, or as key= in the address)"
_WAYS_IN: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "bearer": {"type": "http", "scheme": "bearer"},
        "password": {"type": "http", "scheme": "basic"},
        "address": {"type": "apiKey", "in": "query", "name": "key"},
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What can be asked for at a path below ``/api``; ``answer`` is the type of what comes."""

    path: str
    name: str
    summary: str
    says: str
    parameters: Sequence[Parameter]
    answer: type


ARTICLES_OPERATION = Operation(
    path="/api/articles",
    name="articles",
    summary="Articles that answer a question",
    says=(
        "The newest change first; next leads on to older ones. With since the oldest change after that number first: "
        "an aggregator that begins with since=0 and always goes on from seq misses no change."
    ),
    parameters=ARTICLES,
    answer=ArticlePage,
)
ARTICLE_OPERATION = Operation(
    path="/api/articles/{id}",
    name="article",
    summary="One article",
    says="As it is now, by its id.",
    parameters=(CONTENT,),
    answer=ArticleOut,
)
KEYWORDS_OPERATION = Operation(
    path="/api/keywords",
    name="keywords",
    summary="Keywords by use",
    says="The most used first; what an article is tagged with, in any spelling.",
    parameters=(LANGUAGE, KEYWORDS_LIMIT),
    answer=KeywordList,
)
LANGUAGES_OPERATION = Operation(
    path="/api/languages",
    name="languages",
    summary="Languages",
    says="Every language that stored articles have.",
    parameters=(),
    answer=LanguageList,
)
SOURCES_OPERATION = Operation(
    path="/api/sources",
    name="sources",
    summary="Sources and how they are doing",
    says="By id; next leads on.",
    parameters=(AFTER, LIMIT),
    answer=SourcePage,
)
FEEDS_OPERATION = Operation(
    path="/api/feeds",
    name="feeds",
    summary="Feeds that are offered",
    says="Of everything, of named questions, of languages and of their sections.",
    parameters=(),
    answer=FeedList,
)
OPERATIONS = (
    ARTICLES_OPERATION,
    ARTICLE_OPERATION,
    KEYWORDS_OPERATION,
    LANGUAGES_OPERATION,
    SOURCES_OPERATION,
    FEEDS_OPERATION,
)


def describe(title: str, public_url: str, *, is_closed: bool) -> dict[str, Any]:
    """The whole description, as JSON values.

    Args:
        title: how the service calls itself.
        public_url: what stands before ``/api``.
        is_closed: whether only those who name a key are answered.
    """
    types = [*dict.fromkeys(each.answer for each in OPERATIONS), Problem]
    references, schemas = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    by_type = dict(zip(types, references, strict=True))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{title} API",
            "version": version("polyfeed"),
            "description": (
                f"Read only, {_FOR_KEYS if is_closed else 'without a key'}, for every origin. Every answer has an "
                "ETag: send it back as If-None-Match, and what has not changed is a 304. Mistakes are told as "
                "application/problem+json (RFC 9457)."
            ),
        },
        "servers": [{"url": public_url or "/"}],
        "paths": {each.path: {"get": _operation(each, by_type)} for each in OPERATIONS},
        "components": {"schemas": schemas, **({"securitySchemes": dict(_WAYS_IN)} if is_closed else {})},
        **({"security": [{way: []} for way in _WAYS_IN]} if is_closed else {}),
    }


def _operation(operation: Operation, references: Mapping[type, Mapping[str, Any]]) -> dict[str, Any]:
    problem = {PROBLEM_TYPE: {"schema": references[Problem]}}
    has_id = operation.path.endswith("{id}")
    parameters = [_parameter(each) for each in operation.parameters]
    if has_id:
        schema = {"type": "string"}
        parameters.insert(0, {"name": "id", "in": "path", "required": True, "schema": schema})
    missing = {"404": {"description": "There is no such article.", "content": problem}} if has_id else {}
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.says,
        "parameters": parameters,
        "responses": {
            "200": {
                "description": operation.summary,
                "content": {"application/json": {"schema": references[operation.answer]}},
            },
            "304": {"description": "Nothing has changed since the answer whose ETag was sent."},
            "400": {"description": "A parameter cannot be read.", "content": problem},
            **missing,
            "503": {"description": "The store does not answer at the moment.", "content": problem},
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.says,
        "schema": dict(parameter.schema),
    }
    if parameter.schema["type"] == "array":
        described |= {"style": "form", "explode": True}
    if parameter.example is not None:
        is_list = parameter.schema["type"] == "array"
        described["example"] = [parameter.example] if is_list else parameter.example
    return described


def type_words(schema: Mapping[str, Any]) -> str:
    """What a value is, in words for a page: ``text or null``, ``list of Picture``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(type_words, schema["anyOf"])))
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    if schema["type"] == "array":
        return f"list of {type_words(schema['items'])}"
    if schema["type"] == "object":
        return f"object of {type_words(schema['additionalProperties'])}"
    return _WORDS.get(schema.get("format", schema["type"]), str(schema["type"]))


_WORDS = {"date-time": "instant", "string": "text", "integer": "number", "boolean": "true or false"}


def field_words(schema: Mapping[str, Any]) -> str:
    """What a field means: its own description, or that of what it may be."""
    said = schema.get("description") or next(
        (part["description"] for part in schema.get("anyOf", ()) if "description" in part), ""
    )
    return str(said)
