"""Appeals at the desk: the open ones, oldest first, each with its comment, what was decided, and two buttons."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation import appeals
from moderation.appeals import Whole
from moderation.dashboard import show
from moderation.dashboard.deciding import read_note, read_revision, seated_page
from moderation.dashboard.elsewhere import told
from moderation.dashboard.language import N_, gettext
from moderation.dashboard.listing import known_id
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import Seat, take_seat
from moderation.errors import AppealClosedError, BadRequestError, StaleError
from moderation.model import Action, AppealOutcome, AppealStatus, DecidedBy, Decision, Reason
from moderation.records import Site
from moderation.storage import moderators
from moderation.storage.appeals import Wanted
from moderation.web import service

PAGE_SIZE = 25
COUNTED = 100
"""The bar at the top counts no further."""
OUTCOMES = {
    AppealOutcome.UPHELD: N_("The decision was kept."),
    AppealOutcome.OVERTURNED: N_("The comment was approved."),
    AppealOutcome.SUPERSEDED: N_("The comment was decided anew, or edited, before anybody looked at this."),
    AppealOutcome.ERASED: N_("The comment was erased."),
}


@dataclass(frozen=True, slots=True)
class AppealCard:
    """What a page shows of an appeal."""

    id: str
    text: str
    opened: show.Moment
    card: show.Card
    decided: show.Moment | None
    decided_by: str
    reasons: tuple[show.Why, ...]
    note: str | None
    """Of the decision."""
    own: bool
    """Whether the moderator who looks at it made the decision."""
    outcome: str
    closed: show.Moment | None
    closed_by: str
    answer: str | None
    """The note of who decided the appeal."""


@blueprint.get("/appeals")
def appeals_page() -> AnyResponse:
    """List open appeals, oldest first, or closed ones, newest first."""
    seat = take_seat()
    return _page(seat, service().site(seat.moderator.site_id))


@blueprint.post("/appeals/<appeal_id>/decision")
def decide_appeal(appeal_id: str) -> AnyResponse:
    """Keep the decision or approve the comment, then go on with the next appeal."""
    seat = take_seat()
    site, outcome = service().site(seat.moderator.site_id), request.form.get("outcome")
    if outcome not in {AppealOutcome.UPHELD, AppealOutcome.OVERTURNED}:
        raise BadRequestError(gettext("An appeal is decided by keeping the decision or by approving the comment"))
    decision = Decision(
        action=Action.APPROVE,
        by=DecidedBy.MODERATOR,
        at=service().now(),
        policy_version=site.policy_version,
        reasons=(Reason("appeal", "overturned on appeal"),),
        actor=seat.moderator.email,
        note=read_note(request.form.get("note", "")),
        actor_id=seat.moderator.id,
    )
    revision = read_revision(request.form.get("expected_revision"))
    try:
        appeals.decide(service().parts, site.id, known_id(appeal_id), AppealOutcome(outcome), decision, revision)
    except AppealClosedError:
        return _page(seat, site, 409, gettext("That appeal was closed in the meantime; it stands under “Closed”."))
    except StaleError:
        return _page(seat, site, 409, gettext("That comment was edited in the meantime; nothing was decided."))
    following = request.form.get("following")
    anchor = f"c-{known_id(following)}" if following else None
    return redirect(url_for("desk.appeals_page", done=outcome, _anchor=anchor), 303)


@blueprint.context_processor
def waiting() -> dict[str, Callable[[Seat], str]]:
    """Let the bar at the top say how many appeals are open."""
    return {"open_appeals": _open_appeals}


def _open_appeals(seat: Seat) -> str:
    number = appeals.count_open(service().parts, seat.moderator.site_id, COUNTED)
    return f"{COUNTED - 1}+" if number == COUNTED else str(number or "")


def _page(seat: Seat, site: Site, status: int = 200, problem: str = "") -> AnyResponse:
    closed, start = request.args.get("status") == AppealStatus.CLOSED, request.args.get("from")
    wanted = Wanted(AppealStatus.CLOSED if closed else AppealStatus.OPEN)
    from_id = known_id(start) if start else None
    found, following = appeals.page(
        service().parts, site.id, wanted, limit=PAGE_SIZE, from_id=from_id, oldest=not closed
    )
    done, alone = request.args.get("done"), _is_alone(site.id)
    return seated_page(
        "appeals",
        seat,
        site,
        status,
        closed=closed,
        appeals=[_card(one, site, seat, alone=alone) for one in found],
        following=following,
        problem=problem,
        said=gettext(OUTCOMES[AppealOutcome(done)]) if done in set(AppealOutcome) else "",
    )


def _card(one: Whole, site: Site, seat: Seat, *, alone: bool) -> AppealCard:
    """Return what a page shows of an appeal; who is alone has nobody to leave it to."""
    appeal, decision = one.appeal, one.decision
    mine = decision is not None and decision.by is DecidedBy.MODERATOR and decision.actor == seat.moderator.email
    return AppealCard(
        id=appeal.id,
        text=appeal.text,
        opened=show.moment(appeal.opened_at),
        card=replace(show.card(one.comment, site.policy), actions=()),
        decided=show.moment(decision.at) if decision else None,
        decided_by=show.decided_by(decision) if decision else "",
        reasons=tuple(show.Why(show.in_words(why.code), told(why.detail)) for why in decision.reasons)
        if decision
        else (),
        note=decision.note if decision else None,
        own=mine and not alone,
        outcome=gettext(OUTCOMES[appeal.outcome]) if appeal.outcome else "",
        closed=show.moment(appeal.closed_at) if appeal.closed_at else None,
        closed_by=appeal.actor or "",
        answer=appeal.note,
    )


def _is_alone(site_id: str) -> bool:
    with service().parts.database.read() as connection:
        return len(moderators.list_moderators(connection, site_id, limit=2)) < 2  # noqa: PLR2004 - one, or more
