"""A Matrix client that is not ours: matrix-nio, driven over standard input and output (see stdio_peer.py)."""
import asyncio
import base64
import io
import sys

import nio

from stdio_peer import emit, serve


class Peer:
    def __init__(self, base_url, user, key_folder=None):
        # With a folder for its keys it encrypts, without one it does not.
        config = nio.AsyncClientConfig(encryption_enabled=key_folder is not None, store_sync_tokens=False)
        self.client = nio.AsyncClient(base_url, user, store_path=key_folder or "", config=config)
        self.client.add_event_callback(self.on_unreadable, nio.MegolmEvent)
        self.client.add_event_callback(self.on_message, nio.RoomMessage)
        self.client.add_event_callback(self.on_other, (nio.RedactionEvent, nio.UnknownEvent))
        self.client.add_event_callback(self.on_member, nio.InviteMemberEvent)
        self.client.add_ephemeral_callback(self.on_receipts, nio.ReceiptEvent)
        self.client.add_ephemeral_callback(self.on_typing, nio.TypingNoticeEvent)

    def on_message(self, room, event):
        content = event.source["content"]
        emit("message", room=room.room_id, id=event.event_id, sender=event.sender, body=content.get("body", ""), content=content)

    def on_unreadable(self, room, event):
        emit("unreadable", room=room.room_id, id=event.event_id, sender=event.sender)

    def on_other(self, room, event):
        emit("other", room=room.room_id, id=event.event_id, sender=event.sender, type=event.source["type"], source=event.source)

    def on_member(self, room, event):
        if event.state_key == self.client.user_id and event.membership == "invite":
            emit("invite", room=room.room_id, sender=event.sender)

    def on_receipts(self, room, event):
        for receipt in event.receipts:
            emit("receipt", room=room.room_id, sender=receipt.user_id, id=receipt.event_id)

    def on_typing(self, room, event):
        emit("typing", room=room.room_id, users=event.users)

    # Commands

    async def create_room(self, name=None, invite=(), isDirect=False, isEncrypted=False):
        state = [nio.EnableEncryptionBuilder().as_dict()] if isEncrypted else []
        answer = checked(await self.client.room_create(name=name, invite=list(invite), is_direct=isDirect, initial_state=state))
        return answer.room_id

    async def join(self, room):
        return checked(await self.client.join(room)).room_id

    async def invite(self, room, user):
        checked(await self.client.room_invite(room, user))

    async def send(self, room, body):
        return await self.send_content(room, {"msgtype": "m.text", "body": body})

    async def send_content(self, room, content, type="m.room.message"):
        # Nobody verified anybody here.
        return checked(await self.client.room_send(room, type, content, ignore_unverified_devices=True)).event_id

    async def edit(self, room, target, body):
        new_content = {"msgtype": "m.text", "body": body}
        relation = {"rel_type": "m.replace", "event_id": target}
        return await self.send_content(room, {**new_content, "body": f"* {body}", "m.new_content": new_content, "m.relates_to": relation})

    async def react(self, room, target, key):
        relation = {"rel_type": "m.annotation", "event_id": target, "key": key}
        return await self.send_content(room, {"m.relates_to": relation}, type="m.reaction")

    async def redact(self, room, target):
        return checked(await self.client.room_redact(room, target)).event_id

    async def read(self, room, target):
        checked(await self.client.room_read_markers(room, target, target))

    async def typing(self, room, isTyping=True):
        checked(await self.client.room_typing(room, isTyping))

    async def upload(self, name, type, base64Data):
        data = base64.b64decode(base64Data)
        answer, _ = await self.client.upload(lambda *_: io.BytesIO(data), type, name, filesize=len(data))
        return checked(answer).content_uri

    async def logout(self):
        checked(await self.client.logout())

    async def export_keys(self, path, passphrase):
        await self.client.export_keys(path, passphrase, count=10_000)

    async def import_keys(self, path, passphrase):
        await self.client.import_keys(path, passphrase)


def checked(answer):
    if isinstance(answer, nio.ErrorResponse):
        raise RuntimeError(str(answer))
    return answer


async def main():
    base_url, user, password, *more = sys.argv[1:]
    peer = Peer(base_url, user, more[0] if more else None)
    checked(await peer.client.login(password))
    checked(await peer.client.sync(timeout=0))
    emit("online", userId=peer.client.user_id)
    syncing = asyncio.create_task(peer.client.sync_forever(timeout=20_000))
    names = ("create_room", "join", "invite", "send", "send_content", "edit", "react", "redact", "read", "typing", "upload", "logout", "export_keys", "import_keys")
    commands = {to_camel(name): getattr(peer, name) for name in names}
    try:
        await serve(commands)
    finally:
        syncing.cancel()
        await peer.client.close()


def to_camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


asyncio.run(main())
