"""The native API: what a changed policy would have done, the versions of the policy, and presets."""

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel

from moderation import policy_versions
from moderation.dialects import native_policy_schemas as schemas
from moderation.dialects.native_answers import PolicyOut
from moderation.errors import NotFoundError, StaleError
from moderation.model import Scope
from moderation.openapi import answers, needs, takes
from moderation.policy_document import render
from moderation.policy_presets import PRESETS, Preset, meaning
from moderation.preview import preview
from moderation.records import PolicyVersion, Site
from moderation.web import answer, read_json, read_query, require_key, service

blueprint = APIBlueprint("native_policy", __name__, tag="Policy")


@blueprint.post("/v1/policy/preview")
@takes(body=schemas.PreviewIn)
@blueprint.doc(responses=answers(200, model=schemas.PreviewOut), security=needs(Scope.MANAGE))
def preview_policy() -> Response:
    """Show what another policy would have done with the last days' comments; nothing is changed.

    At most the newest 100,000 comments are looked at. Where words or links differ, texts are read again, and only
    the newest are looked at, a million characters of them.
    """
    key = require_key(Scope.MANAGE)
    body = read_json(schemas.PreviewIn)
    site, now = service().site(key.site_id), service().now()
    found = preview(service().parts, site, body.policy, days=body.days, samples=body.samples, now=now)
    return _answer(schemas.preview_object(found, body.days))


@blueprint.get("/v1/policy/versions")
@takes(query=schemas.VersionsQuery)
@blueprint.doc(responses=answers(200, model=schemas.VersionsOut), security=needs(Scope.READ))
def list_versions() -> Response:
    """List the versions of the policy, newest first."""
    key = require_key(Scope.READ)
    query = read_query(schemas.VersionsQuery)
    page, following = policy_versions.page(service().parts, key.site_id, query.limit, query.before)
    shown = [schemas.VersionOut.model_validate(_version(one)) for one in page]
    return _answer(schemas.VersionsOut(versions=shown, next=following))


@blueprint.get("/v1/policy/versions/<int:version>")
@blueprint.doc(
    responses=answers(200, model=schemas.WholeVersionOut, problems=(NotFoundError,)), security=needs(Scope.READ)
)
def get_version(version: int) -> Response:
    """Show one version of the policy."""
    key = require_key(Scope.READ)
    found, policy = policy_versions.find(service().parts, key.site_id, version)
    return _answer(schemas.WholeVersionOut.model_validate({**_version(found), "policy": policy}))


@blueprint.get("/v1/policy/versions/<int:version>/diff")
@takes(query=schemas.DiffQuery)
@blueprint.doc(responses=answers(200, model=schemas.DiffOut, problems=(NotFoundError,)), security=needs(Scope.READ))
def diff_versions(version: int) -> Response:
    """Show what a version changed, from the one before or from any other."""
    key = require_key(Scope.READ)
    base = read_query(schemas.DiffQuery).base
    found = policy_versions.compare(service().parts, key.site_id, version, base)
    differences = [{"path": one.path, "from": one.before, "to": one.after} for one in found.differences]
    return _answer(schemas.DiffOut.model_validate({"version": version, "with": found.base, "differences": differences}))


@blueprint.post("/v1/policy/rollback")
@takes(body=schemas.RollbackIn)
@blueprint.doc(
    responses=answers(200, model=PolicyOut, problems=(NotFoundError, StaleError)), security=needs(Scope.MANAGE)
)
def roll_back_policy() -> Response:
    """Put an earlier version in force again, as a new version; 409 if another than the expected one is in force."""
    key = require_key(Scope.MANAGE)
    body = read_json(schemas.RollbackIn)
    _, policy = policy_versions.find(service().parts, key.site_id, body.version)
    site = service().put_policy(key.site_id, policy, key.name, body.expected_version, key.actor)
    document = {"version": site.policy_version, "policy": render(site.policy)}
    return answer(document, headers={"ETag": f'"{site.policy_version}"'})


@blueprint.get("/v1/policy/presets")
@blueprint.doc(responses=answers(200, model=schemas.PresetsOut), security=needs(Scope.READ))
def list_presets() -> Response:
    """List thresholds to begin with, and what each means."""
    key = require_key(Scope.READ)
    site = service().site(key.site_id)
    return _answer(schemas.PresetsOut(presets=[_preset(one, site) for one in PRESETS.values()]))


def _answer(document: BaseModel) -> Response:
    return answer(document.model_dump(mode="json", by_alias=True))


def _version(one: PolicyVersion) -> dict[str, object]:
    return {"version": one.version, "at": one.at, "by": one.by}


def _preset(preset: Preset, site: Site) -> schemas.PresetOut:
    return schemas.PresetOut(
        name=preset.name,
        about=preset.about,
        thresholds={
            attribute: schemas.PresetThresholdOut(
                hold=threshold.hold, reject=threshold.reject, means=meaning(attribute, threshold)
            )
            for attribute, threshold in preset.thresholds.items()
        },
        unknown=preset.unknown,
        policy=preset.applied_to(site.policy),
    )
