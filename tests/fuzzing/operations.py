"""Tries every operation of `/openapi.json` with input that is made from the description, good and bad.

Every answer must have a status, a content type, headers and a shape that are described, none may be a failure of the
service, what the description forbids must be refused, and what it allows must be taken.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable

from moderation import clock, ids
from moderation.model import Scope
from moderation.policy_document import Policy
from moderation.storage import sites
from moderation.storage.database import Database

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of what it imports
    import schemathesis
    from schemathesis import Case, GenerationMode
    from schemathesis.core.failures import AcceptedNegativeData, Failure, FailureGroup
    from schemathesis.core.result import Ok
    from schemathesis.openapi.checks import RejectedPositiveData

OF_THE_MOMENT = {
    "blocked_target": "which addresses callbacks may go to is decided by looking them up",
    "empty": "what is visible is no matter of a pattern",
    "idempotency_reused": "depends on the request before",
    "too_long": "depends on the policy in force",
    "too_short": "depends on the policy in force",
    "unreadable_list": "a file is a text to the description",
}
"""Refusals of input that is as described, each with the reason why the description cannot say it."""
OPAQUE = {"comment_id", "cursor", "metadata", "term", "until"}
"""Fields with bounds that no schema tells: an appeal names its comment in one way or the other, a cursor comes from the
page before, metadata may be so long in all, a term has something to find, and a restriction ends in the future."""


@dataclass
class Tried:
    """What came of trying one operation."""

    operation: str
    examples: int = 0
    findings: set[str] = field(default_factory=set)


def make_site(database: Database) -> str:
    """Make a site; return a key that may do everything."""
    prefix, key = ids.new_api_key()
    with database.write() as connection:
        sites.add_site(connection, "news", "news", Policy(), clock.now())
        sites.add_key(connection, "news", key, prefix, "native", list(Scope), "fuzz", clock.now())
    return key


def try_all(app: Flask, key: str, examples: int, start: int = 1) -> Iterator[Tried]:
    """Try each operation with so many good and so many bad examples; equal numbers give equal examples."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        tried = Tried(operation.label)
        for mode in GenerationMode:
            _try(operation.as_strategy(generation_mode=mode), tried, key, examples, start)
        yield tried


def _try(cases: Any, tried: Tried, key: str, examples: int, start: int) -> None:
    @seed(start)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def ask(case: Case[Any]) -> None:
        tried.examples += 1
        tried.findings |= set(_findings(case, key))

    try:
        ask()
    except Unsatisfiable:
        if tried.examples == 0:
            raise  # an operation that takes nothing has no bad input, but a good one


def _findings(case: Case[Any], key: str) -> Iterator[str]:
    """Yield what is wrong with the answer to one request."""
    headers = {"Authorization": f"Bearer {key}"}
    response = case.call(headers=headers)
    try:
        case.validate_response(response, headers=headers)
    except FailureGroup as group:
        document = response.json() if "json" in response.headers.get("content-type", [""])[0] else {}
        for failure in group.exceptions:
            assert isinstance(failure, Failure)
            if not _is_meant(failure, case, response.status_code, document):
                yield f"{response.status_code}: {failure.title}: {_about(document)}"


def _is_meant(failure: Failure, case: Case[Any], status: int, document: Any) -> bool:
    if isinstance(failure, RejectedPositiveData):
        fields = {one["field"].split(".")[-1] for one in document.get("errors", [])}
        return document.get("code") in OF_THE_MOMENT or (bool(fields) and fields <= OPAQUE)
    if not isinstance(failure, AcceptedNegativeData):
        return False
    if any(value == [] for value in (case.query or {}).values()):
        return True  # what was wrong in the query was never sent
    return status == 207 and any(one["status_code"] >= 400 for one in document["results"])  # each has its own answer


def _about(document: Any) -> str:
    """Return what a refusal is about, without what was sent."""
    fields = [f"{one['field']} {one['code']} {one['message']}" for one in document.get("errors", [])[:2]]
    return "; ".join([str(document.get("code")), *fields])[:300]
