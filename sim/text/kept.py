"""Messages in files: by their id and values, so that a file written in one language is read in another."""

from __future__ import annotations

import json
from typing import Any

from sim.text.catalog import Message, has_text, message

ID = "text_id"


def plain(text: Message | str) -> Any:
    """A message as JSON has it, with its text in case its id is ever gone; a text as it is."""
    if not isinstance(text, Message):
        return text
    values = {name: _value(value) for name, value in text.values.items()}
    return {ID: text.text_id, "count": text.count, "values": values, "text": str(text)}


def _value(value: Any) -> Any:
    """A value in a gap: messages by id, plain values as they are, anything else in words."""
    if isinstance(value, Message):
        return plain(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def spoken(data: Any) -> Message | str:
    """What `plain` was given; its text where this version has no text of its id."""
    if not (isinstance(data, dict) and ID in data):
        return str(data)
    if data["count"] is None and not has_text(data[ID]):
        return str(data["text"])
    values = {
        name: spoken(one) if isinstance(one, dict) else one for name, one in dict(data["values"]).items()
    }
    return Message(data[ID], data["count"], values)


def written(text: Message | str) -> str:
    """A message in one line of text, as `plain` has it; a text as it is."""
    return json.dumps(plain(text), ensure_ascii=False) if isinstance(text, Message) else text


def read(line: str) -> Message | str:
    """What `written` was given; a line that is no message is a text, as earlier versions wrote all."""
    if not line.startswith(f'{{"{ID}"'):
        return line
    try:
        return spoken(json.loads(line))
    except (ValueError, KeyError, TypeError):
        return line


def of_error(error: BaseException) -> Message | str:
    """What an error says, in the language in which it is read where the error is one of this
    package, with its type before it."""
    told = error.args[0] if len(error.args) == 1 and isinstance(error.args[0], Message) else str(error)
    if isinstance(told, Message):
        return message("engine.raised", type=type(error).__name__, error=told)
    return f"{type(error).__name__}: {told}"
