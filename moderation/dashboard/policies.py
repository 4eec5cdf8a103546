"""The site's policy: a form, what it would have done before it is saved, and the versions that there were."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from moderation import policy_versions
from moderation.dashboard import limit_form, policy_form, policy_show, policy_words
from moderation.dashboard.deciding import seated_page
from moderation.dashboard.elsewhere import told
from moderation.dashboard.language import each, gettext
from moderation.dashboard.outlooks import SAMPLES, with_comments
from moderation.dashboard.pages import blueprint
from moderation.dashboard.session import Seat, take_seat
from moderation.errors import BadRequestError, NotFoundError, StaleError
from moderation.model import ATTRIBUTES
from moderation.policy_document import Policy, parse
from moderation.policy_presets import PRESETS
from moderation.preview import preview
from moderation.records import Site
from moderation.web import service

VERSIONS, VERSIONS_A_PAGE = 10, 50
DAYS, DAYS_AT_MOST = 30, 366
SECTION_AT_MOST = 200
DIGITS = 9


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on the page beside the form's own values."""

    errors: Mapping[str, str]
    days: int = DAYS
    outlook: policy_show.Outlook | None = None
    newer: int | None = None
    """The version that came in between."""
    filled: str | None = None
    """The preset that filled the form."""


@blueprint.get("/policy")
def policy() -> AnyResponse:
    """Show the policy of the site or of a section, or how it would be with a preset."""
    seat = take_seat()
    site, section = service().site(seat.moderator.site_id), read_section(request.args.get("section"))
    preset = PRESETS.get(request.args.get("preset", ""))
    values = policy_form.values(site.policy, section)
    if preset is not None:
        of_preset = policy_form.values(preset.applied_to(Policy()), None)
        values |= {name: value for name, value in of_preset.items() if name.startswith(("thresholds.", "unknown"))}
        if section is not None:
            values |= {f"own.thresholds.{attribute}": "on" for attribute in ATTRIBUTES}
    return _page(seat, site, section, values, Shown({}, filled=preset.name if preset else None))


@blueprint.post("/policy")
def change_policy() -> AnyResponse:
    """Preview or save what stands in the form, or remove what a section has of its own."""
    seat = take_seat()
    site, section = service().site(seat.moderator.site_id), read_section(request.form.get("section"))
    values, wanted = policy_form.ticked(site.policy, section, request.form.to_dict()), request.form.get("do")
    document = policy_form.document(site.policy, section, values)
    if wanted == "remove" and section is not None:
        document = policy_form.without(document, section)
    elif wanted not in {"preview", "save"}:
        raise BadRequestError(gettext("A policy can be previewed or saved"))
    days, wrong_days = _days(values.get("days", ""))
    errors = {"days": wrong_days} if wrong_days else {}
    try:
        made = parse(document)
    except ValidationError as error:
        errors |= _errors(error, section)
    if errors:
        return _page(seat, site, section, values, Shown(errors, days), 422)
    if wanted == "preview":
        return _page(seat, site, section, values, Shown({}, days, _outlook(site, made, days)))
    expected = _number(values.get("expected_version"))
    try:
        site = service().put_policy(site.id, made, seat.moderator.email, expected, seat.actor)
    except StaleError:
        site = service().site(site.id)
        return _page(seat, site, section, values, Shown({}, days, newer=site.policy_version), 409)
    return redirect(url_for("desk.policy", section=section, saved=site.policy_version), 303)


@blueprint.get("/policy/versions")
def policy_versions_page() -> AnyResponse:
    """List earlier versions."""
    seat = take_seat()
    site = service().site(seat.moderator.site_id)
    before = request.args.get("before")
    versions, older = _versions(site, None if before is None else _number(before), VERSIONS_A_PAGE)
    return seated_page("policy_versions", seat, site, versions=versions, older=older)


@blueprint.get("/policy/versions/<int:version>")
def policy_version(version: int) -> AnyResponse:
    """Show what a version changed, from the one before or from another."""
    seat = take_seat()
    site = service().site(seat.moderator.site_id)
    base = request.args.get("with")
    found, _ = policy_versions.find(service().parts, site.id, version)
    comparison = policy_versions.compare(service().parts, site.id, version, None if base is None else _number(base))
    return seated_page(
        "policy_version",
        seat,
        site,
        version=policy_words.version(found, site.policy_version),
        base=comparison.base,
        changes=policy_words.changed(comparison.differences),
    )


@blueprint.post("/policy/rollback")
def roll_back_policy() -> AnyResponse:
    """Put an earlier version in force again, unless the policy was changed since the page was made."""
    seat = take_seat()
    site_id = seat.moderator.site_id
    _, made = policy_versions.find(service().parts, site_id, _number(request.form.get("version")))
    expected = _number(request.form.get("expected_version"))
    try:
        site = service().put_policy(site_id, made, seat.moderator.email, expected, seat.actor)
    except StaleError:
        raise StaleError(gettext("The policy was changed since you opened that page; nothing was put back")) from None
    return redirect(url_for("desk.policy", saved=site.policy_version), 303)


def _page(
    seat: Seat, site: Site, section: str | None, values: Mapping[str, str], shown: Shown, status: int = 200
) -> AnyResponse:
    versions, older = _versions(site, None, VERSIONS)
    return seated_page(
        "policy",
        seat,
        site,
        status,
        section=section,
        sections=sorted({*site.policy.sections, *([section] if section else [])}),
        has_own=section in site.policy.sections,
        presets=PRESETS.values(),
        fieldsets=policy_show.fieldsets(section, values, shown.errors),
        lines=policy_show.lines(section, values, shown.errors),
        limits=policy_show.rows(values, shown.errors),
        limits_owned=None if section is None else limit_form.OWN in values,
        pers=each(limit_form.PERS),
        mistakes=policy_words.mistakes(shown.errors),
        shown=shown,
        days_at_most=DAYS_AT_MOST,
        saved=request.args.get("saved") == str(site.policy_version),
        versions=versions,
        older=older,
    )


def _versions(site: Site, before: int | None, limit: int) -> tuple[list[policy_words.Version], int | None]:
    page, older = policy_versions.page(service().parts, site.id, limit, before)
    return [policy_words.version(one, site.policy_version) for one in page], older


def _outlook(site: Site, made: Policy, days: int) -> policy_show.Outlook:
    now = service().now()
    found = preview(service().parts, site, made, days=days, samples=SAMPLES, now=now)
    return with_comments(site.id, found, days, now)


def _errors(error: ValidationError, section: str | None) -> dict[str, str]:
    """Return what is wrong, by the name of the field that it stands in."""
    found = {}
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        place = one["loc"][2:] if section is not None and one["loc"][:2] == ("sections", section) else one["loc"]
        found[".".join(str(part) for part in place)] = told(one["msg"])
    return found


def read_section(name: str | None) -> str | None:
    """Return the section that an address or a form names; `NotFoundError` if none can have such a name."""
    name = (name or "").strip()
    if len(name) > SECTION_AT_MOST or "\0" in name:
        raise NotFoundError(gettext("No section can have such a name"))
    return name or None


def _days(text: str) -> tuple[int, str | None]:
    text = text.strip() or str(DAYS)
    if not text.isascii() or not text.isdigit() or len(text) > DIGITS or not 1 <= int(text) <= DAYS_AT_MOST:
        return DAYS, gettext("Input should be a whole number from 1 to %(most)s", most=DAYS_AT_MOST)
    return int(text), None


def _number(text: str | None) -> int:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > DIGITS:
        raise BadRequestError(gettext("The form lacks the number of a version"))
    return int(text)
