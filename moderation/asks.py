"""Texts that only want scores: they go to the workers through Redis, and the answers come back the same way.

Nothing of them is kept: a text is in Redis until a worker takes it or its caller stops waiting, whichever is first.
Asks for which a person waits are taken before patient ones, and both before stored comments. Those for a glance,
which takes half a millisecond, have a line and a thread of their own: they wait for no other.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from redis.exceptions import RedisError

from moderation import clock
from moderation.errors import UnavailableError
from moderation.queue import LONGEST_BLOCK_SECONDS, Bell, Queue

URGENT, PATIENT, GLANCES = "moderation:asked", "moderation:asked:patient", "moderation:asked:glances"
LATELY, LATELY_SECONDS = "moderation:asked:lately", 2
ANSWER_SECONDS = 30
LINE_AT_MOST = 10_000
"""Asks of one line; the oldest make room. Their callers are long gone, and a worker would step over all in one go."""
CHARACTERS_AT_MOST = 16_000
"""Of the asks that a worker takes at once: so many are scored in a few hundred milliseconds."""


TAKE = """
local taken, texts, characters = {}, 0, 0
for _, line in ipairs(KEYS) do
  while texts < tonumber(ARGV[1]) and characters < tonumber(ARGV[2]) do
    local id = redis.call('LPOP', line)
    if not id then break end
    local payload = redis.call('GETDEL', ARGV[3] .. id)
    if payload then
      local asked = cjson.decode(payload).texts
      texts = texts + #asked
      for _, text in ipairs(asked) do
        local _, continuing = string.gsub(text, '[\\128-\\191]', '')
        characters = characters + #text - continuing
      end
      taken[#taken + 1] = id
      taken[#taken + 1] = payload
    end
  end
  if #taken > 0 then return {line, taken} end
end
return {'', taken}
"""
"""KEYS: the lines, of which the first is taken from that has any. ARGV: how many texts and how many characters are
enough, and what stands before an id in the name of an ask's texts. Returns the line, and id and texts of each ask."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known beside a comment's text and weighs in its scores."""

    author_name: str | None = None
    author_url: str | None = None
    honeypot: str | None = None
    filled_in_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Texts that somebody waits to have scored together; `language` is the caller's hint for all of them."""

    id: str
    texts: Sequence[str]
    language: str | None = None
    site: str | None = None
    """Whose decisions correct the scores; None for nobody's."""
    beside: Beside | None = None
    """Of the one comment whose texts these are."""
    patient: bool = False
    """Whether urgent asks may go first."""
    glance: bool = False
    """Whether the scores that are quickly had will do."""

    @property
    def line(self) -> str:
        """Where it waits."""
        return GLANCES if self.glance else PATIENT if self.patient else URGENT


class Asks:
    """The asks of all processes, on the Redis of `queue`."""

    def __init__(self, queue: Queue) -> None:
        """Ask and answer through `queue`."""
        self._queue = queue
        self._take = queue.redis.register_script(TAKE)

    def ask(self, asks: Sequence[Ask], timeout: float) -> list[Mapping[str, Any] | None]:
        """Have texts scored and return each ask's answer in order, None for what was not answered in `timeout` seconds.

        Raises:
            UnavailableError: Redis is away.
        """
        if not asks:
            return []
        until = clock.monotonic() + timeout
        try:
            with self._queue.redis.pipeline(transaction=False) as pipe:
                for ask in asks:
                    payload = json.dumps(_document(ask), ensure_ascii=False)
                    pipe.set(_ask_key(ask.id), payload, px=max(1, round(timeout * 1000)))
                    pipe.rpush(ask.line, ask.id)
                lines = {ask.line for ask in asks}
                if URGENT in lines:
                    pipe.set(LATELY, 1, ex=LATELY_SECONDS)
                for line in lines:
                    pipe.ltrim(line, -LINE_AT_MOST, -1)
                    pipe.expire(line, LONGEST_BLOCK_SECONDS)
                pipe.execute()
            if lines != {GLANCES}:
                self._queue.ring(Bell.INTERACTIVE)
            return [self._answer_of(ask, until - clock.monotonic()) for ask in asks]
        except (RedisError, OSError) as error:
            raise UnavailableError("Redis does not answer", retry_after=5) from error

    def take(self, texts: int) -> list[Ask]:
        """Take waiting asks of one line, oldest first, until they have `texts` texts or `CHARACTERS_AT_MOST`.

        Those whose caller has gone are dropped. Patient ones are taken when no urgent one waits.
        """
        found: Any = self._take(keys=[URGENT, PATIENT], args=[texts, CHARACTERS_AT_MOST, _ask_key("")])
        line, taken = found
        return [_read(str(one), json.loads(payload), line) for one, payload in zip(*[iter(taken)] * 2, strict=True)]

    def take_glance(self, seconds: float) -> Ask | None:
        """Wait up to `seconds` for somebody who wants a glance, and take the ask; None if its caller has gone, too."""
        found: Any = self._queue.blocking(seconds).blpop([GLANCES], timeout=seconds)
        return None if found is None else self._glance_of(str(found[1]))

    def lately(self) -> bool:
        """Tell whether somebody asked urgently within `LATELY_SECONDS`, and may do so again any moment."""
        return bool(self._queue.redis.exists(LATELY))

    def answer(self, answers: Mapping[str, Mapping[str, Any]]) -> None:
        """Give answers to those who asked; they are named by the ids of their asks."""
        with self._queue.redis.pipeline(transaction=False) as pipe:
            for ask_id, document in answers.items():
                pipe.rpush(_answer_key(ask_id), json.dumps(document, ensure_ascii=False))
                pipe.expire(_answer_key(ask_id), ANSWER_SECONDS)
            pipe.execute()

    def _answer_of(self, ask: Ask, left: float) -> Mapping[str, Any] | None:
        found: Any = (
            self._queue.blocking(left).blpop([_answer_key(ask.id)], timeout=left)
            if left > 0  # 0 would be for ever
            else self._queue.redis.lpop(_answer_key(ask.id))
        )
        if found is None:
            return None
        answer: Mapping[str, Any] = json.loads(found[1] if isinstance(found, list | tuple) else found)
        return answer

    def _glance_of(self, ask_id: str) -> Ask | None:
        payload: Any = self._queue.redis.getdel(_ask_key(ask_id))
        return None if payload is None else _read(ask_id, json.loads(payload), GLANCES)


def _document(ask: Ask) -> dict[str, Any]:
    beside = None if ask.beside is None else asdict(ask.beside)
    return {"texts": list(ask.texts), "language": ask.language, "site": ask.site, "beside": beside}


def _read(ask_id: str, document: dict[str, Any], line: str) -> Ask:
    beside = document.pop("beside", None)
    return Ask(
        ask_id,
        **document,
        beside=None if beside is None else Beside(**beside),
        patient=line == PATIENT,
        glance=line == GLANCES,
    )


def _ask_key(ask_id: str) -> str:
    return f"moderation:ask:{ask_id}"


def _answer_key(ask_id: str) -> str:
    return f"moderation:answer:{ask_id}"
