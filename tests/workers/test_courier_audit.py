"""What the courier leaves in the audit log when it gives an endpoint up, on both databases."""

from moderation.audit_entry import SERVICE
from moderation.auditing import verify
from moderation.storage import endpoints
from moderation.storage.database import Database
from tests.logbook import entries
from tests.whole.service import wait_until
from tests.workers.endpoint import says
from tests.workers.office import Office

GONE = says("HTTP/1.1 410 Gone\n\nno")


def test_an_endpoint_that_is_given_up_is_told_once(office: Office, database: Database) -> None:
    """By the service itself, however many deliveries to it end at the same moment."""
    office.listen(GONE)
    office.decide(number=4)
    before = len(entries(database))

    office.deliver(4)
    office.decide()
    office.courier.deliver()
    with database.read() as connection:
        (one,) = endpoints.list_endpoints(connection, "news")

    def told() -> list[tuple[str, str]]:
        return [(entry.action, entry.subject) for entry in entries(database)[before:] if entry.actor == SERVICE]

    wait_until(told, seconds=10, what="the entry")
    assert told() == [("endpoint.disabled", one.id)]
    assert verify(database, "news").broken is None
