"""The moderators of a site, for its owners: who they are, in which role, and an end to what should end."""

import re
from dataclasses import dataclass

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from moderation import accounts, members, second_factor
from moderation.dashboard.deciding import seated_page
from moderation.dashboard.elsewhere import told
from moderation.dashboard.language import N_, each, gettext
from moderation.dashboard.pages import blueprint
from moderation.dashboard.permissions import ROLE_NAMES, ROLE_WORDS
from moderation.dashboard.session import Seat, take_seat
from moderation.dashboard.show import Moment, moment
from moderation.errors import AddressTakenError, BadRequestError, NotFoundError
from moderation.model import Role
from moderation.storage import moderators
from moderation.storage.moderators import Moderator
from moderation.web import service

EMAIL = re.compile(r"[^\s@\0]{1,64}@[^\s@\0]{1,189}")
NAME_AT_MOST = 100
CHANGED = {
    "role": N_("The role is changed; it holds from the next click on."),
    "signed-out": N_("All sessions of that moderator are over."),
    "totp-off": N_("That moderator is asked for no code any more."),
    "removed": N_("That moderator is removed, and all their sessions are over."),
}
"""What the page says after a change, by what its address says."""


@dataclass(frozen=True, slots=True)
class Person:
    """A moderator as the page shows them."""

    id: str
    name: str
    email: str
    role: Role
    signed_in: Moment | None
    must_change: bool
    two_factor: bool


@blueprint.get("/moderators")
def moderators_page() -> AnyResponse:
    """List the moderators of the site."""
    return _page(take_seat())


@blueprint.post("/moderators")
def add_moderator() -> AnyResponse:
    """Make a moderator; the page shows their first password, once."""
    seat, parts = take_seat(), service().parts
    email, name = request.form.get("email", "").strip(), request.form.get("name", "").replace("\0", "").strip()
    role = _role()
    if not EMAIL.fullmatch(email):
        return _page(seat, 422, mistake=gettext("That is no e-mail address"))
    shown = name[:NAME_AT_MOST] or email
    try:
        password = accounts.add_moderator(
            parts.database, seat.moderator.site_id, email, shown, service().now(), actor=seat.actor, role=role
        )
    except AddressTakenError as taken:
        return _page(seat, taken.status, mistake=told(taken.title))
    return _page(seat, 201, made={"email": email, "password": password})


@blueprint.post("/moderators/<moderator_id>/role")
def change_role(moderator_id: str) -> AnyResponse:
    """Give a moderator another role."""
    seat = _seat_for(moderator_id)
    members.change_role(
        service().parts.database, seat.moderator.site_id, moderator_id, _role(), service().now(), seat.actor
    )
    return _back("role")


@blueprint.post("/moderators/<moderator_id>/sign-out")
def sign_out_moderator(moderator_id: str) -> AnyResponse:
    """End all sessions of a moderator."""
    seat = take_seat()
    members.end_sessions(service().parts.database, seat.moderator.site_id, moderator_id, service().now(), seat.actor)
    return _back("signed-out")


@blueprint.post("/moderators/<moderator_id>/totp-off")
def turn_off_totp_of(moderator_id: str) -> AnyResponse:
    """Switch the second factor of a moderator off who lost it; one's own is switched off with password and code."""
    seat, parts = take_seat(), service().parts
    if moderator_id == seat.moderator.id:
        return redirect(url_for("desk.account"), 303)
    second_factor.turn_off_for(parts.database, seat.moderator.site_id, moderator_id, service().now(), seat.actor)
    return _back("totp-off")


@blueprint.post("/moderators/<moderator_id>/remove")
def remove_moderator(moderator_id: str) -> AnyResponse:
    """Remove a moderator."""
    seat = take_seat()
    members.remove(service().parts.database, seat.moderator.site_id, moderator_id, service().now(), seat.actor)
    return _back("removed")


def _page(seat: Seat, status: int = 200, **values: object) -> AnyResponse:
    site = service().site(seat.moderator.site_id)
    return seated_page(
        "moderators",
        seat,
        site,
        status,
        **{"made": None, "mistake": None, **values},
        people=[_person(one) for one in members.list_members(service().parts.database, site.id)],
        roles=each(ROLE_WORDS),
        role_names=each(ROLE_NAMES),
        typed=request.form,
        changed=each(CHANGED).get(request.args.get("changed", "")),
    )


def _person(one: Moderator) -> Person:
    signed_in = moment(one.signed_in_at) if one.signed_in_at else None
    due, two_factor = one.password_due is not None, one.totp_on_at is not None
    return Person(one.id, one.name, one.email, one.role, signed_in, due, two_factor)


def _seat_for(moderator_id: str) -> Seat:
    """Return who is signed in, if their site has such a moderator; what else is wrong with a form is said later."""
    seat = take_seat()
    with service().parts.database.read() as connection:
        if moderators.get_moderator(connection, seat.moderator.site_id, moderator_id) is None:
            raise NotFoundError(members.NOT_HERE)
    return seat


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        raise BadRequestError(gettext("A moderator has the role owner, moderator or viewer")) from None


def _back(changed: str) -> AnyResponse:
    return redirect(url_for("desk.moderators_page", changed=changed), 303)
