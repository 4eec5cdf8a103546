"""Perspective requests in an open loop, whose answers are compared with those to the same texts asked one by one.

It runs in a process of its own; comments may be posted meanwhile by another.
"""

import argparse
import json
import sys
from collections import deque
from urllib.parse import urlsplit

import httpx

from benchmarks.load import COMMENTS
from benchmarks.overload import Arrivals, pour

TEXTS = 100
NEAR = 0.1
"""Scores of a text may differ by so much: int8 layers round by the largest value of a batch, so others in it count."""


def request(host: str, key: str, number: int, text: str) -> bytes:
    """Return a request for one score; its token says which text it is."""
    asked = {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}, "clientToken": str(number)}
    body = json.dumps({**asked, "languages": ["en"]}).encode()
    head = (
        f"POST /v1alpha1/comments:analyze?key={key}&prettyPrint=false HTTP/1.1\r\nHost: {host}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def score(answer: bytes) -> tuple[int, float]:
    """Return the number of the text and its score."""
    document = json.loads(answer)
    return int(document["clientToken"]), document["attributeScores"]["TOXICITY"]["summaryScore"]["value"]


def alone(url: str, key: str, number: int, text: str) -> float:
    """Return the score of a text that is asked for while nobody else asks."""
    body = request("", key, number, text).partition(b"\r\n\r\n")[2]
    answer = httpx.post(f"{url}/v1alpha1/comments:analyze?key={key}", content=body, timeout=30, trust_env=False)
    return score(answer.raise_for_status().content)[1]


def main() -> None:
    """Ask, compare, and print the figures as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    texts = [row["text"][:280] for row in json.loads(COMMENTS.read_text(encoding="utf-8"))][:TEXTS]
    right = [alone(options.url, options.key, number, text) for number, text in enumerate(texts)]
    url = urlsplit(options.url)
    host, port = url.hostname or "127.0.0.1", url.port or 80
    numbers = [one % len(texts) for one in range(round(options.rate * options.seconds))]
    waiting = deque(request(f"{host}:{port}", options.key, number, texts[number]) for number in numbers)
    arrivals = Arrivals(host, port)
    figures = pour(arrivals, waiting, options.rate)
    told = [score(answer) for answer in arrivals.answers]
    apart = [abs(value - right[number]) for number, value in told]
    figures["wrong"] = sum(one > NEAR for one in apart)
    figures["furthest"] = max(apart, default=0.0)
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
