"""The API takes what its description allows, refuses what it forbids, and answers as described."""

from collections.abc import Iterator

import pytest
from apiflask import APIFlask

from moderation.app import create_app
from moderation.queue import Queue
from moderation.settings import Settings
from moderation.storage.database import Database
from tests.answering import answering
from tests.fuzzing.operations import make_site, try_all
from tests.proofs import Line, described, operations, proves

EXAMPLES = 8


def operation_count(app: APIFlask) -> int:
    """Return how many operations the description has."""
    return len(list(operations(described(app))))


@pytest.fixture
def scored(settings: Settings) -> Iterator[None]:
    """Let texts be scored."""
    with answering(Queue(settings.redis)):
        yield


@proves(Line.INPUT, lambda app: f"{operation_count(app)} operations, {EXAMPLES} good and as many bad requests each")
@pytest.mark.usefixtures("scored")
def test_every_operation_answers_as_described(settings: Settings) -> None:
    """No status, content type, header or shape that is not described; `make fuzz` tries much more of the same."""
    app = create_app(settings)
    tried = list(try_all(app, make_site(Database(settings.database)), EXAMPLES))

    assert {one.operation: one.findings for one in tried if one.findings} == {}
    assert min(one.examples for one in tried) > 0
    assert len(tried) > 30
