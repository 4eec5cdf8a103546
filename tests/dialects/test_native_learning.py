"""What was learnt, in the native API."""

from moderation.model import Scope
from tests.build import EVALUATION, add_model
from tests.dialects.conftest import Api


def spam(api: Api) -> dict[str, object]:
    """Return what the site shows of spam."""
    found = api.call("GET", "/v1/learning").get_json()["attributes"]
    one: dict[str, object] = next(one for one in found if one["attribute"] == "spam")
    return one


def test_a_new_site_has_learnt_nothing(api: Api) -> None:
    """Every attribute that the policy judges is listed, with its threshold."""
    answer = api.call("GET", "/v1/learning").get_json()

    assert (answer["labels"], answer["due"]) == ({"moderator": 0, "api": 0}, False)
    assert spam(api) == {"attribute": "spam", "threshold": 0.8, "in_force": None, "history": []}


def test_a_decision_is_a_label_and_something_is_due(api: Api) -> None:
    """The site's own decisions are counted at once; they are learnt a little later."""
    one = api.post().get_json()["id"]
    api.call("POST", f"/v1/comments/{one}/decision", json={"action": "reject", "reason": "spam"})

    answer = api.call("GET", "/v1/learning").get_json()
    assert (answer["labels"], answer["due"]) == ({"moderator": 0, "api": 1}, True)


def test_what_is_in_force_is_shown_with_its_figures(api: Api) -> None:
    """Before and after on the site's own decisions, and the versions before; another site's are not there."""
    add_model(api.database, 1)
    add_model(api.database, 2)
    add_model(api.database, 9, site_id="other")

    shown = spam(api)
    assert shown["in_force"] == {**shown["history"][0], "version": 2, "state": "in_force"}  # type: ignore[index]
    assert shown["in_force"]["evaluation"] == EVALUATION
    assert [(one["version"], one["state"]) for one in shown["history"]] == [  # type: ignore[attr-defined]
        (2, "in_force"),
        (1, "retired"),
    ]


def test_one_call_rolls_back(api: Api) -> None:
    """The one before is in force again; then none, and there is nothing more to take back."""
    add_model(api.database, 1)
    add_model(api.database, 2)

    taken = api.call("POST", "/v1/learning/spam/rollback")
    assert (taken.status_code, taken.get_json()["version"], taken.get_json()["state"]) == (200, 2, "rolled_back")
    assert spam(api)["in_force"]["version"] == 1  # type: ignore[index]
    assert api.call("POST", "/v1/learning/spam/rollback").status_code == 200
    assert spam(api)["in_force"] is None
    assert api.call("POST", "/v1/learning/spam/rollback").status_code == 404


def test_rolling_back_needs_the_right_to_manage(api: Api) -> None:
    """A key that may decide comments may not undo what all of them taught."""
    add_model(api.database, 1)
    decider = api.with_key("news", [Scope.READ, Scope.DECIDE])

    assert decider.call("POST", "/v1/learning/spam/rollback").status_code == 403
    assert api.with_key("other", list(Scope)).call("POST", "/v1/learning/spam/rollback").status_code == 404
    assert decider.call("GET", "/v1/learning").status_code == 200
