"""The methods about the bot itself, its commands, the chats it is in, and files."""

from __future__ import annotations

from typing import Any

from . import checks
from .chats import member_json
from .entities import units
from .errors import bad_request
from .parameters import Parameters
from .world import MAX_DOWNLOAD, World, scope_key


def get_me(world: World, parameters: Parameters) -> dict[str, Any]:
    return world.me


def set_my_commands(world: World, parameters: Parameters) -> bool:
    world.commands[_commands_key(world, parameters)] = checks.command_list(parameters)
    return True


def delete_my_commands(world: World, parameters: Parameters) -> bool:
    world.commands.pop(_commands_key(world, parameters), None)
    return True


def get_my_commands(world: World, parameters: Parameters) -> list[dict[str, str]]:
    return world.commands.get(_commands_key(world, parameters), [])


def set_my_name(world: World, parameters: Parameters) -> bool:
    return _describe(world, parameters, "name", 64)


def get_my_name(world: World, parameters: Parameters) -> dict[str, str]:
    return {"name": _described(world, parameters, "name") or world.me["first_name"]}


def set_my_description(world: World, parameters: Parameters) -> bool:
    return _describe(world, parameters, "description", 512)


def get_my_description(world: World, parameters: Parameters) -> dict[str, str]:
    return {"description": _described(world, parameters, "description")}


def set_my_short_description(world: World, parameters: Parameters) -> bool:
    return _describe(world, parameters, "short_description", 120)


def get_my_short_description(world: World, parameters: Parameters) -> dict[str, str]:
    return {"short_description": _described(world, parameters, "short_description")}


def set_chat_menu_button(world: World, parameters: Parameters) -> bool:
    button = parameters.json_object("menu_button") or {"type": "default"}
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse menu button: unsupported type specified")
    return True


def get_chat(world: World, parameters: Parameters) -> dict[str, Any]:
    return world.chat(parameters.chat_id()).full_json()


def get_chat_member(world: World, parameters: Parameters) -> dict[str, Any]:
    chat = world.chat(parameters.chat_id())
    user_id = parameters.number("user_id")
    if user_id == world.me["id"]:
        return member_json(chat.bot_status, world.me)
    if user_id not in world.users:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return member_json(chat.members.get(user_id, "left"), world.users[user_id])


def get_chat_administrators(world: World, parameters: Parameters) -> list[dict[str, Any]]:
    chat = world.chat(parameters.chat_id())
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    ranks = {**chat.members, world.me["id"]: chat.bot_status}
    return [
        member_json(status, world.users[user_id])
        for user_id, status in ranks.items()
        if status in ("creator", "administrator")
    ]


def get_chat_member_count(world: World, parameters: Parameters) -> int:
    chat = world.chat(parameters.chat_id())
    return 1 + sum(status not in ("left", "kicked") for status in chat.members.values())


def leave_chat(world: World, parameters: Parameters) -> bool:
    chat = world.writable_chat(parameters.chat_id())
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    return True


def get_file(world: World, parameters: Parameters) -> dict[str, Any]:
    document = world.files.get(parameters.needed("file_id"))
    if document is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(document.content) > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": document.file_id,
        "file_unique_id": f"u{document.file_id}",
        "file_size": len(document.content),
        "file_path": world.file_path(document),
    }


def _commands_key(world: World, parameters: Parameters) -> str:
    scope = checks.command_scope(parameters)
    if "chat_id" in scope:
        world.chat(int(scope["chat_id"]))
    return scope_key(scope, parameters.text("language_code"))


def _describe(world: World, parameters: Parameters, name: str, limit: int) -> bool:
    value = parameters.text(name)
    if units(value) > limit:
        raise bad_request(f"BOT_{'TITLE' if name == 'name' else 'DESCRIPTION'}_INVALID")
    world.profile[name, parameters.text("language_code")] = value
    return True


def _described(world: World, parameters: Parameters, name: str) -> str:
    own = world.profile.get((name, parameters.text("language_code")), "")
    return own or world.profile.get((name, ""), "")
