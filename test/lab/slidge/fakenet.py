"""
A network that exists only here, behind slidge 0.4: people (`juliet`, `romeo` …), groups (`#g1` …) and a phone on which
the account is used too. A test says over HTTP what happens in it (`POST /write {"user": …, "chat": …}`) and reads what
came from XMPP (`GET /events`). `FAKENET_LOGIN` is `qr` or `code`, `FAKENET_TYPE` what the gateway says it leads to.
"""
import asyncio
import itertools
import os
from pathlib import Path

from aiohttp import web
from slidge import BaseGateway, BaseSession
from slidge.command.base import FormField, SearchResult
from slidge.command.register import RegistrationType
from slidge.contact import LegacyContact
from slidge.group import LegacyBookmarks, LegacyMUC, MucType
from slidge.util.types import MessageReference
from slixmpp.exceptions import XMPPError

LOGIN = os.environ.get("FAKENET_LOGIN", "qr")
CODE = "246810"
PHONES = {"+34600123456": "romeo"}
ids = (f"net-{number}" for number in itertools.count(1))
events = []
sessions = {}


def tell(kind, **facts):
    events.append({"event": kind, **facts})


class Gateway(BaseGateway):
    COMPONENT_NAME = os.environ.get("FAKENET_NAME", "FakeNet")
    COMPONENT_TYPE = os.environ.get("FAKENET_TYPE", "fakenet")
    REGISTRATION_TYPE = RegistrationType.QRCODE if LOGIN == "qr" else RegistrationType.TWO_FACTOR_CODE
    REGISTRATION_FIELDS = [] if LOGIN == "qr" else [FormField("phone", label="Phone number", required=True)]
    REGISTRATION_2FA_TITLE = "Enter the code"
    GROUPS = True
    MARK_ALL_MESSAGES = True
    # With one field slidge also answers to jabber:iq:gateway (XEP-0100).
    SEARCH_TITLE = "Whom?"
    SEARCH_FIELDS = [FormField("phone", label="Phone number", required=True)]

    def __init__(self):
        super().__init__()
        self.add_event_handler("session_start", lambda _: self.loop.create_task(serve(self)))

    async def get_qr_text(self, user):
        tell("qr", user=user.jid.bare)
        return f"https://fakenet.invalid/pair/{user.jid.bare}"

    async def send_file(self, attachment, *args, **kwargs):
        # slidge 0.4.2 hands the picture of the code over as a str, which it then takes for an address.
        if isinstance(attachment, str) and attachment.startswith("/"):
            attachment = Path(attachment)
        return await super().send_file(attachment, *args, **kwargs)

    async def validate(self, user_jid, registration_form):
        tell("login-form", user=user_jid.bare, values=dict(registration_form))
        return {}

    async def validate_two_factor_code(self, user, code):
        if code != CODE:
            raise XMPPError("not-authorized", text="Wrong code")
        return {}

    async def unregister(self, session):
        sessions.pop(session.user_jid.bare, None)
        tell("unregistered", user=session.user_jid.bare)


class Chat:
    """What comes from XMPP to a person or a group; nothing of it is answered by itself."""

    def note(self, kind, **facts):
        tell(kind, user=self.session.user_jid.bare, chat=chat_name(self), **facts)

    async def on_message(self, message):
        # A correction keeps the id of what it corrects.
        id = message.replace or next(ids)
        files = [attachment.url for attachment in message.attachments]
        reply = message.reply.msg_id if message.reply else None
        self.note("message", id=id, text=message.body or "", isEdit=bool(message.replace), files=files, reply=reply)
        return None if message.replace else id

    async def on_sticker(self, sticker):
        self.note("sticker", type=sticker.content_type)
        return next(ids)

    async def on_chat_state(self, state, thread):
        self.note("typing", state=state)

    async def on_displayed(self, id, thread):
        self.note("read", id=id)

    async def on_react(self, id, emojis, thread):
        self.note("reaction", id=id, emojis=sorted(emojis))

    async def on_retract(self, id, thread):
        self.note("retraction", id=id)


class Contact(Chat, LegacyContact):
    REACTIONS_SINGLE_EMOJI = True

    async def update_info(self):
        # Presence from here would wait for this very function for ever.
        self.name = str(self.legacy_id).title()
        self.is_friend = True


class MUC(Chat, LegacyMUC):
    async def update_info(self):
        self.name = f"Group {self.legacy_id}"
        self.type = MucType.GROUP

    async def fill_participants(self):
        yield await self.get_participant_by_legacy_id("juliet")
        yield await self.get_user_participant()

    async def on_set_subject(self, subject):
        self.note("subject", subject=subject)

    async def on_leave(self):
        self.note("left")


class Bookmarks(LegacyBookmarks):
    async def fill(self):
        await self.by_legacy_id("g1")


class Session(BaseSession):
    async def login(self):
        sessions[self.user_jid.bare] = self
        tell("login", user=self.user_jid.bare)
        self.create_task(self.introduce())
        return "Connected as +000 12345"

    async def introduce(self):
        await self.wait_for_ready()
        await befriend(self, contact="juliet")
        tell("ready", user=self.user_jid.bare)

    async def on_search(self, form_values):
        name = PHONES.get(form_values.get("phone", "").replace(" ", ""))
        if name is None:
            return None
        contact = await self.contacts.by_legacy_id(name)
        fields = [FormField("phone", label="Phone number"), FormField("jid", label="JID", type="jid-single")]
        return SearchResult(fields=fields, items=[{"phone": form_values["phone"], "jid": contact.jid.bare}])

    async def logout(self):
        sessions.pop(self.user_jid.bare, None)


def chat_name(chat):
    return f"#{chat.legacy_id}" if chat.is_group else str(chat.legacy_id)


# What a test can make happen. `chat` is a person or `#group`; `by` is who does it, `me` for our own phone.


async def author(session, chat, by):
    """Who speaks in a chat, and whether it is our own phone in a chat of two."""
    if chat.startswith("#"):
        group = await session.bookmarks.by_legacy_id(chat[1:])
        return (await group.get_user_participant() if by == "me" else await group.get_participant_by_legacy_id(by)), {}
    person = await session.contacts.by_legacy_id(chat)
    return person, ({"carbon": True} if by == "me" else {})


async def write(session, chat, text, by=None, id=None, reply=None):
    who, extra = await author(session, chat, by or chat)
    id = id or next(ids)
    reference = MessageReference(reply["id"], body=reply.get("text")) if reply else None
    who.send_text(text, legacy_msg_id=id, reply_to=reference, **extra)
    return id


async def edit(session, chat, id, text, by=None):
    who, extra = await author(session, chat, by or chat)
    who.correct(id, text, **extra)


async def react(session, chat, id, emojis, by=None):
    who, extra = await author(session, chat, by or chat)
    who.react(id, emojis, **extra)


async def retract(session, chat, id, by=None):
    who, extra = await author(session, chat, by or chat)
    who.retract(id, **extra)


async def receive(session, chat, id, by=None):
    who, extra = await author(session, chat, by or chat)
    who.received(id, **extra)


async def read(session, chat, id, by=None):
    who, extra = await author(session, chat, by or chat)
    who.displayed(id, **extra)


async def typing(session, chat, by=None, state="composing"):
    who, _ = await author(session, chat, by or chat)
    getattr(who, state)()


async def send_file(session, chat, path, by=None, text=None):
    who, extra = await author(session, chat, by or chat)
    id = next(ids)
    # slidge 0.4.2 sets the caption twice where there is one; the text goes behind the file, as on many networks.
    await who.send_file(Path(path), legacy_msg_id=id, **extra)
    if text:
        who.send_text(text, legacy_msg_id=next(ids), **extra)
    return id


async def befriend(session, contact):
    person = await session.contacts.by_legacy_id(contact)
    await person.add_to_roster(force=True)
    person.online()


async def presence(session, contact, show="online", status=None):
    person = await session.contacts.by_legacy_id(contact)
    getattr(person, show)(status)


async def add_group(session, group):
    muc = await session.bookmarks.by_legacy_id(group)
    await muc.add_to_bookmarks(auto_join=True)


async def enter(session, group, contact):
    muc = await session.bookmarks.by_legacy_id(group)
    participant = await muc.get_participant_by_legacy_id(contact)
    participant.online()


async def leave(session, group, contact):
    muc = await session.bookmarks.by_legacy_id(group)
    muc.remove_participant(await muc.get_participant_by_legacy_id(contact))


async def subject(session, group, subject):
    muc = await session.bookmarks.by_legacy_id(group)
    muc.subject = subject


async def gateway_status(session, text, show="chat"):
    session.send_gateway_status(text, show=show)


async def offer(session, contacts):
    """Hands over a contact list (XEP-0144), which slidge itself never does."""
    items = "".join(f'<item action="add" jid="{jid}" name="{name}"><group>FakeNet</group></item>' for jid, name in contacts)
    exchange = f'<x xmlns="http://jabber.org/protocol/rosterx">{items}</x>'
    session.xmpp.send_raw(f'<message from="{session.xmpp.boundjid.bare}" to="{session.user_jid.bare}">{exchange}</message>')


async def log_out(session):
    """The person unlinked this device on the phone."""
    session.send_gateway_message("You were logged out from the phone.")
    session.logged = False
    session.send_gateway_status("Logged out", show="xa")


HAPPENINGS = (write, edit, react, retract, receive, read, typing, send_file, befriend, presence, add_group, enter, leave,
              subject, gateway_status, offer, log_out)


async def serve(gateway):
    """The door for tests, on loopback."""
    async def scan(request):
        facts = await request.json()
        refusal = facts.get("refusal")
        failure = XMPPError("not-authorized", text=refusal) if refusal else None
        await gateway.confirm_qr(facts["user"], exception=failure, legacy_data={"device": "lab"})
        return web.json_response(None)

    def happening(act):
        async def answer(request):
            facts = await request.json()
            session = sessions.get(facts.pop("user"))
            if session is None:
                return web.Response(status=409, text="nobody is logged in by that name")
            try:
                return web.json_response(await act(session, **facts))
            except Exception as error:  # the test decides what it means
                return web.Response(status=500, text=f"{type(error).__name__}: {error}")
        return answer

    app = web.Application()
    app.add_routes([web.get("/events", lambda _: asyncio.sleep(0, web.json_response(events))), web.post("/scan", scan)])
    app.add_routes([web.post(f"/{act.__name__}", happening(act)) for act in HAPPENINGS])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["FAKENET_PORT"])).start()
