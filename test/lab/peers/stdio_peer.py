"""What the Python peers share: commands and events as JSON lines over standard input and output."""
import asyncio
import json
import sys


def emit(event, **fields):
    """Tells the test what happened."""
    print(json.dumps({"event": event, **fields}, ensure_ascii=False), flush=True)


async def serve(commands):
    """
    Runs commands until the input ends. Each line is {"call": 1, "do": "name", ...arguments}; the answer is
    {"event": "done", "call": 1, "result": ...} or {"event": "failed", "call": 1, "error": "..."}.
    """
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=8 * 1024 * 1024)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    running = set()
    while line := await reader.readline():
        request = json.loads(line)
        call_id, name = request.pop("call"), request.pop("do")
        # Begun in the order they came; one that takes its time does not keep the next from beginning.
        task = asyncio.ensure_future(answer(call_id, commands[name], request))
        running.add(task)
        task.add_done_callback(running.discard)


async def answer(call_id, command, arguments):
    try:
        result = command(**arguments)
        if asyncio.iscoroutine(result) or asyncio.isfuture(result):
            result = await result
        emit("done", call=call_id, result=plain(result))
    except Exception as error:  # the test decides what a failure means
        emit("failed", call=call_id, error=f"{type(error).__name__}: {error}")


def plain(result):
    """What JSON can carry; an answer of the network that nobody asked for in words is left out."""
    return result if isinstance(result, (str, int, float, bool, list, dict, type(None))) else None
