"""`estate mcp`: the tools of tools.py over the Model Context Protocol, on standard input
and output of this process.

Every question is carried out in a process of its own (see work.py), one at a time.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from sim.assistants.desk import Limits
from sim.assistants.tools import TOOLS, schema_of
from sim.assistants.work import order
from sim.text import figures, language, message, say

NAME = "estate"


def serve(folder: Path, limits: Limits, version: str) -> None:
    """Answer until the client is gone. Everything that is written is in `folder`; `version`: of this
    package, as the client is told."""
    import anyio

    anyio.run(_serve, folder.absolute(), limits, version)


async def _serve(folder: Path, limits: Limits, version: str) -> None:
    import anyio
    from mcp.server.lowlevel import Server
    from mcp.server.stdio import stdio_server
    from mcp.types import CallToolResult, ListToolsResult, TextContent, Tool, ToolAnnotations

    one_at_a_time = anyio.Lock()

    async def list_tools(context: Any, params: Any) -> ListToolsResult:
        return ListToolsResult(
            tools=[
                Tool(
                    name=name,
                    description=say(f"assistant.tool.{name}"),
                    input_schema=schema_of(name),
                    annotations=ToolAnnotations(
                        read_only_hint=not tool.writes,
                        destructive_hint=False,
                        idempotent_hint=True,
                        open_world_hint=False,
                    ),
                )
                for name, tool in TOOLS.items()
            ]
        )

    async def call_tool(context: Any, params: Any) -> CallToolResult:
        async with one_at_a_time:
            answered = await _ask(
                order(params.name, params.arguments or {}, folder, (limits.work, limits.seconds), language()),
                limits.seconds,
            )
        if "error" in answered:
            return CallToolResult(content=[TextContent(type="text", text=answered["error"])], is_error=True)
        return CallToolResult(
            content=[TextContent(type="text", text=answered["text"])], structured_content=answered["answer"]
        )

    server: Server[Any] = Server(
        NAME,
        version=version,
        instructions=say(
            "assistant.instructions",
            folder=folder,
            work=figures.count(round(limits.work)),
            seconds=figures.count(round(limits.seconds)),
        ),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


async def _ask(told: bytes, seconds: float) -> dict[str, Any]:
    """What the process that a question is given to answers; an error where it takes too
    long or ends without an answer."""
    import anyio

    process = await anyio.open_process(
        [sys.executable, "-m", "sim.assistants.work"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None,
        start_new_session=True,
    )
    try:
        with anyio.fail_after(seconds):
            assert process.stdin is not None and process.stdout is not None
            await process.stdin.send(told)
            await process.stdin.aclose()
            said = b"".join([part async for part in process.stdout])
            await process.wait()
        answer: dict[str, Any] = json.loads(said)
        return answer
    except TimeoutError:
        return {"error": str(message("assistant.too_long", seconds=f"{seconds:g}"))}
    except ValueError:
        return {"error": str(message("assistant.no_answer", code=process.returncode))}
    finally:
        _end(process)
        with anyio.CancelScope(shield=True):
            await process.aclose()


def _end(process: Any) -> None:
    """End a process with all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        elif process.returncode is None:
            process.kill()
