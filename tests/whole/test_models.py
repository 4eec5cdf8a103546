"""What scores comments, and for which languages, as a site sees it."""

import httpx

GERMAN = "Du bist wirklich das dümmste Schwein im ganzen Land."
ENGLISH = "I have read the whole article twice, and I still agree with most of it."


def test_the_models_that_score_are_those_that_are_listed(api: httpx.Client) -> None:
    """`/v1/models` names the same models as the scores do, and a language that is not listed has no score."""
    texts = [ENGLISH, GERMAN, f"{ENGLISH} {GERMAN}"]

    scored = api.post("/v1/score", json={"texts": texts}).json()
    listed = {model["name"]: model for model in api.get("/v1/models").json()["models"]}

    assert set(listed) == set(scored["models"].values())
    model = listed[scored["models"]["toxicity"]]
    assert "toxicity" in model["attributes"]
    assert [one["code"] for one in model["languages"]] == ["en"]
    assert listed[scored["models"]["spam"]]["languages"] is None
    english, german, mixed = (one["scores"]["toxicity"] for one in scored["results"])
    assert english < 0.3
    assert (german, mixed) == (None, None)
