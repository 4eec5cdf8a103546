"""Who may open which route of the desk: one table, and what is not in it nobody may.

A test holds the table to the app's own list of routes. Viewers see what others see; they change nothing, and do not
hold a comment that they look at.
"""

from collections.abc import Mapping

from moderation.dashboard.language import N_, gettext
from moderation.model import Role

ALL = frozenset(Role)
DECIDERS = frozenset({Role.OWNER, Role.MODERATOR})
OWNERS = frozenset({Role.OWNER})

OPEN_TO_ALL = frozenset({
    "desk.static", "desk.login_page", "desk.sign_in", "desk.code_page", "desk.sign_in_with_code",
    "desk.begin_at_provider", "desk.end_at_provider", "desk.nothing",
})  # fmt: skip
"""Routes that nobody needs to be signed in for."""
OWN_ACCOUNT = OPEN_TO_ALL | {"desk.account", "desk.choose_language", "desk.change_password", "desk.sign_out"}
"""What is left to whoever must change their password first."""
ALLOWED: Mapping[str, frozenset[Role]] = {
    "desk.queue": ALL,
    "desk.comment_page": ALL,
    "desk.copies": ALL,
    "desk.learning": ALL,
    "desk.overview_page": ALL,
    "desk.overview_csv": ALL,
    "desk.policy": ALL,
    "desk.policy_version": ALL,
    "desk.policy_versions_page": ALL,
    "desk.appeals_page": ALL,
    "desk.words": ALL,
    "desk.endpoints_page": OWNERS,
    "desk.endpoint_page": OWNERS,
    "desk.delivery_page": OWNERS,
    "desk.plot_page": ALL,
    "desk.presence": ALL,
    "desk.change_comfort": ALL,
    "desk.save_filter": DECIDERS,
    "desk.remove_filter": DECIDERS,
    "desk.sign_out": ALL,
    "desk.account": ALL,
    "desk.change_password": ALL,
    "desk.choose_language": ALL,
    "desk.start_totp": ALL,
    "desk.turn_on_totp": ALL,
    "desk.turn_off_totp": ALL,
    "desk.decide": DECIDERS,
    "desk.decide_copies": DECIDERS,
    "desk.decide_many": DECIDERS,
    "desk.restrict_author": DECIDERS,
    "desk.take_back": DECIDERS,
    "desk.decide_appeal": DECIDERS,
    "desk.change_words": OWNERS,
    "desk.change_policy": OWNERS,
    "desk.roll_back_policy": OWNERS,
    "desk.add_endpoint": OWNERS,
    "desk.enable_endpoint": OWNERS,
    "desk.disable_endpoint": OWNERS,
    "desk.rotate_endpoint_secret": OWNERS,
    "desk.remove_endpoint": OWNERS,
    "desk.test_endpoint": OWNERS,
    "desk.replay_to_endpoint": OWNERS,
    "desk.replay_delivery": OWNERS,
    "desk.audit_page": OWNERS,
    "desk.keys_page": OWNERS,
    "desk.add_key": OWNERS,
    "desk.rotate_key": OWNERS,
    "desk.revoke_key": OWNERS,
    "desk.moderators_page": OWNERS,
    "desk.add_moderator": OWNERS,
    "desk.change_role": OWNERS,
    "desk.sign_out_moderator": OWNERS,
    "desk.turn_off_totp_of": OWNERS,
    "desk.remove_moderator": OWNERS,
}
ROLE_NAMES = {Role.OWNER: N_("Owner"), Role.MODERATOR: N_("Moderator"), Role.VIEWER: N_("Viewer")}
ROLE_WORDS = {
    Role.OWNER: N_("changes everything: the policy, keys and moderators, too"),
    Role.MODERATOR: N_("decides comments and restricts authors"),
    Role.VIEWER: N_("sees the desk and changes nothing"),
}


def may(role: Role, endpoint: str) -> bool:
    """Tell whether somebody of that role may open a route that needs a sign-in."""
    return role in ALLOWED.get(endpoint, frozenset())


def who_may(endpoint: str) -> str:
    """Return in words which roles may open a route."""
    allowed = ALLOWED.get(endpoint, frozenset())
    names = gettext(" or ").join(f"“{gettext(ROLE_NAMES[role])}”" for role in Role if role in allowed)
    return gettext("a moderator with the role %(roles)s", roles=names) if names else gettext("nobody")
