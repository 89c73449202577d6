"""Be many readers of a served dashboard: each a WebSocket session that speaks Streamlit's protocol and clicks.

A process of its own, so that the server's core is its own. It prints one JSON object: see `Figures`. A session sends
what a browser sends: the page's hash and the query string of the address, and the hashes of the large messages that it
still has. The time of a click is from the message that asks for the screen until the server says that the script has
finished; by then every element has arrived.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from dataclasses import asdict, dataclass, field

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from kpi.web.navigation import SCREENS
from tests.addresses import SUBJECTS

ANSWER_SECONDS = 60.0
NARROWED_SHARE = 0.1
"""Share of the clicks that also choose an entity in the filters: answers that may not be in any cache yet."""
RUNS_KEPT = 2
"""A browser forgets a large message that this many runs did not send."""


@dataclass
class Figures:
    """Collect what all sessions saw; seconds of clicks in the measured time only."""

    clicks_seconds: list[float] = field(default_factory=list)
    opening_seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    received_bytes: int = 0
    measured_seconds: float = 0.0


@dataclass(frozen=True)
class Plan:
    """Say how long the sessions click, how long they think, and what they may choose; all seconds."""

    address: str
    think_seconds: float
    warm_up_seconds: float
    measured_seconds: float
    entities: tuple[str, ...]


class Session:
    """Hold one reader's connection, the page hashes that the server told, and the messages kept."""

    def __init__(self, socket: websockets.ClientConnection, seed: int) -> None:
        self._socket, self._random = socket, random.Random(seed)  # noqa: S311 choices of a reader
        self._hashes: dict[str, str] = {}
        self._kept: dict[str, int] = {}
        self._run = 0
        self.received_bytes = 0

    async def open(self) -> float:
        """Show the first screen, as after typing the address; return the seconds."""
        return await self._ask("", page_name="")

    async def click(self, entities: tuple[str, ...]) -> float:
        """Go to another screen, sometimes narrowed to an entity; return the seconds."""
        screen = self._random.choice(SCREENS).name
        parameters = SUBJECTS.get(screen, {})
        if not parameters and entities and self._random.random() < NARROWED_SHARE:
            parameters = {"entity": self._random.choice(entities)}
        return await self._ask("&".join(f"{name}={value}" for name, value in parameters.items()), page_name=screen)

    def think(self, seconds: float) -> float:
        """Return how long the reader looks at the screen: about `seconds`, between half and one and a half."""
        return seconds * self._random.uniform(0.5, 1.5)

    async def _ask(self, query: str, page_name: str) -> float:
        message = BackMsg()
        message.rerun_script.query_string = query
        if page_name in self._hashes:
            message.rerun_script.page_script_hash = self._hashes[page_name]
        else:
            message.rerun_script.page_name = page_name
        message.rerun_script.cached_message_hashes.extend(self._kept)
        message.rerun_script.context_info.url = "http://127.0.0.1/"
        message.rerun_script.context_info.locale = "ar-OM"
        self._run += 1
        started = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(ANSWER_SECONDS):
            while not self._is_end(await self._socket.recv()):
                pass
        seconds = time.perf_counter() - started
        self._kept = {known: run for known, run in self._kept.items() if self._run - run < RUNS_KEPT}
        return seconds

    def _is_end(self, payload: bytes | str) -> bool:
        self.received_bytes += len(payload)
        message = ForwardMsg.FromString(payload if isinstance(payload, bytes) else payload.encode())
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            self._kept[message.ref_hash] = self._run
        elif message.metadata.cacheable:
            self._kept[message.hash] = self._run
        if kind == "navigation":
            pages = message.navigation.app_pages
            self._hashes = {page.url_pathname or SCREENS[0].name: page.page_script_hash for page in pages}
        if kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            raise RuntimeError("the script did not compile")
        return kind == "script_finished"


async def read(plan: Plan, number: int, viewers: int, figures: Figures, began: float) -> None:
    """Be one reader: arrive some time in the warm-up, then click until the time is over."""
    await asyncio.sleep(plan.warm_up_seconds * number / viewers)
    end = began + plan.warm_up_seconds + plan.measured_seconds
    try:
        async with websockets.connect(
            plan.address.replace("http", "ws", 1) + "/_stcore/stream", max_size=None, compression=None,
            subprotocols=[websockets.Subprotocol("streamlit")], open_timeout=ANSWER_SECONDS, ping_interval=None,
        ) as socket:  # fmt: skip
            session = Session(socket, number)
            figures.opening_seconds.append(await session.open())
            while True:
                await asyncio.sleep(session.think(plan.think_seconds))
                now = time.perf_counter()
                if now >= end:
                    break
                before = session.received_bytes
                seconds = await session.click(plan.entities)
                if now >= began + plan.warm_up_seconds:
                    figures.clicks_seconds.append(seconds)
                    figures.received_bytes += session.received_bytes - before
    except (OSError, TimeoutError, RuntimeError, websockets.WebSocketException) as error:
        figures.errors.append(f"{type(error).__name__}: {error}")


async def read_all(plan: Plan, viewers: int) -> Figures:
    """Be all readers at once."""
    figures, began = Figures(measured_seconds=plan.measured_seconds), time.perf_counter()
    async with asyncio.timeout(plan.warm_up_seconds + plan.measured_seconds + 3 * ANSWER_SECONDS):
        await asyncio.gather(*(read(plan, number, viewers, figures, began) for number in range(viewers)))
    return figures


def main() -> None:
    """Print what the sessions saw as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--viewers", type=int, default=25)
    parser.add_argument("--think", type=float, default=20.0, help="mean seconds between clicks; 0: no pause")
    parser.add_argument("--warm-up", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--entities", default="", help="identifiers with commas")
    given = parser.parse_args()
    entities = tuple(one for one in given.entities.split(",") if one)
    plan = Plan(given.address, given.think, given.warm_up, given.seconds, entities)
    json.dump(asdict(asyncio.run(read_all(plan, given.viewers))), sys.stdout)


if __name__ == "__main__":
    main()
