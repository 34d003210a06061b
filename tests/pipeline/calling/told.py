"""What a server's callers are told: one call, and the reply or fault that it gets."""

from pipeline.calling.replies import Fault, Reply
from pipeline.calling.server.server import Server, connected

BODY = {"model": "m", "messages": [{"role": "user", "content": "我很难过。"}], "max_tokens": 9}
KEY = "sk-proj-AbCdEf0123456789wxyz"


async def told(server: Server, *, seconds: float = 5.0) -> Reply | Fault:
    """Return what one call gets."""
    try:
        return await server.ask(BODY, timeout_seconds=seconds)
    except Fault as fault:
        return fault


async def ask(url: str, *, key: str | None = KEY, seconds: float = 5.0) -> Reply | Fault:
    async with connected(base_url=url, key=key) as server:
        return await told(server, seconds=seconds)
