"""What is written to endpoints of an appeal."""

from moderation import appeals, clock
from moderation.appeals import Asked
from moderation.audit_entry import SERVICE
from moderation.model import Action, DecidedBy, Decision
from moderation.pipeline import overrule
from tests.workers.endpoint import says
from tests.workers.office import Office, body

OK = says("HTTP/1.1 200 OK\n\nthank you")


def test_what_an_appeal_says_is_sent_to_who_asks_for_it(office: Office) -> None:
    """Beside the comment's own text, and to nobody else."""
    comment_id = office.decide("The text of it")
    parts, now = office.here.parts, clock.now()
    overrule(parts, "news", comment_id, Decision(Action.REJECT, DecidedBy.API, now, 1))
    plain, quoting = office.listen(OK), office.listen(OK, include_text=True)
    appeals.open_appeal(parts, "news", Asked(comment_id, None, "I meant it well"), 5, now, SERVICE)

    office.deliver(2)

    said, whole = body(plain), body(quoting)
    assert (said["type"], said["data"]["appeal"]["status"], said["data"]["sequence"]) == ("appeal.opened", "open", 3)
    assert said["data"]["status"] == said["data"]["previous_status"] == "rejected"
    assert "text" not in said["data"]["appeal"]
    assert whole["data"]["appeal"] == {**said["data"]["appeal"], "text": "I meant it well"}
