"""An XMPP client that is not ours: slixmpp, driven over standard input and output (see stdio_peer.py)."""
import asyncio
import logging
import sys

import slixmpp

from slixmpp_commands import command_commands
from slixmpp_messages import message_commands
from slixmpp_people import people_commands
from slixmpp_rooms import room_commands
from slixmpp_sight import tell
from stdio_peer import emit, serve

logging.basicConfig(level=logging.WARNING, stream=sys.stderr)

CHAT_STATES = ("active", "composing", "paused", "inactive", "gone")


class Peer(slixmpp.ClientXMPP):
    def __init__(self, jid, password, ca_file):
        super().__init__(jid, password)
        self.ca_certs = ca_file
        self.never_bind_to_channel()
        for plugin in ("xep_0030", "xep_0085", "xep_0184", "xep_0198", "xep_0199", "xep_0280", "xep_0308", "xep_0313"):
            self.register_plugin(plugin)
        # Receipts are asked for and given by command or by request, not for everything.
        self["xep_0184"].auto_request = False
        self.add_event_handler("session_start", self.on_session_start)
        self.add_event_handler("failed_auth", self.on_failed_login)
        self.add_event_handler("disconnected", lambda reason: emit("disconnected", reason=str(reason or "")))
        self.add_event_handler("message", self.on_message)
        self.add_event_handler("receipt_received", self.on_receipt)
        self.add_event_handler("presence_subscribe", lambda presence: emit("subscribe", sender=presence["from"].full))
        self.add_filter("in", tell)
        for state in CHAT_STATES:
            self.add_event_handler(f"chatstate_{state}", self.on_chat_state)

    def never_bind_to_channel(self):
        """slixmpp 1.8 knows only tls-unique, which TLS 1.3 does not have; a server that offers -PLUS would refuse it."""
        mechanisms = self["feature_mechanisms"]
        mechanisms.use_mechs = {"SCRAM-SHA-256", "SCRAM-SHA-1"}
        ask = mechanisms.sasl_callback
        mechanisms.sasl_callback = lambda *values: {**ask(*values), "channel_binding": None}

    async def on_session_start(self, _event):
        self.send_presence()
        await self.get_roster()
        await self["xep_0280"].enable()
        emit("online", jid=self.boundjid.full)

    def on_failed_login(self, _event):
        emit("login-failed")
        sys.exit("the server refused the login")

    def on_message(self, message):
        if message["type"] not in ("chat", "normal") or not message["body"]:
            return
        replaced = message["replace"]["id"] if message.get_plugin("replace", check=True) else None
        emit(
            "message",
            id=message["id"],
            sender=message["from"].full,
            body=message["body"],
            replaces=replaced,
            asksReceipt=message["request_receipt"],
        )

    def on_receipt(self, message):
        emit("receipt", sender=message["from"].full, id=message["receipt"])

    def on_chat_state(self, message):
        emit("chat-state", sender=message["from"].full, state=message["chat_state"])

    async def command_roster(self):
        # With versions (RFC 6121) the answer holds only what is new; what is known stands in the client's own copy.
        await self.get_roster()
        known = ((jid, self.client_roster[jid]) for jid in self.client_roster if jid != self.boundjid.bare)
        return [
            {"jid": str(jid), "subscription": item["subscription"], "name": item["name"], "groups": sorted(item["groups"])}
            for jid, item in known
            # Rooms and strangers whose presence was seen stand there too.
            if item["subscription"] in ("to", "from", "both") or item["pending_out"] or item["name"] or item["groups"]
        ]


async def main():
    jid, password, host, port, ca_file = sys.argv[1:6]
    peer = Peer(jid, password, ca_file)
    peer.loop = asyncio.get_running_loop()
    peer.connect((host, int(port)))
    await serve({
        **message_commands(peer),
        **room_commands(peer),
        **people_commands(peer),
        **command_commands(peer),
        # Anything at all, for hostile input.
        "raw": peer.send_raw,
        "subscribe": lambda to: peer.send_presence_subscription(pto=to, ptype="subscribe"),
        "roster": peer.command_roster,
    })
    peer.disconnect()
    await asyncio.wait_for(peer.disconnected, 5)


asyncio.run(main())
