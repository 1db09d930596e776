"""Rooms (XEP-0045): what an occupant, an admin and an owner can do."""
import asyncio
from xml.etree import ElementTree as ET

SECRET = "muc#roomconfig_roomsecret"
PROTECTED = "muc#roomconfig_passwordprotectedroom"


def room_commands(client):
    client.register_plugin("xep_0045")
    client.register_plugin("xep_0249")
    muc = client["xep_0045"]

    async def join(room, nick, password=None, history=20):
        joining = muc.join_muc_wait(room, nick, password=password, maxstanzas=history, timeout=15)
        _own, subject, occupants, _history = await unless_refused(room, joining)
        return {"occupants": [presence["from"].resource for presence in occupants], "subject": subject["subject"]}

    async def unless_refused(room, joining):
        """slixmpp does not see a refusal that comes without the room's own namespace."""
        refused = asyncio.get_running_loop().create_future()

        def watch(presence):
            if presence["from"].bare == room and not refused.done():
                refused.set_result(presence["error"]["condition"])

        client.add_event_handler("presence_error", watch)
        try:
            joined = asyncio.ensure_future(joining)
            await asyncio.wait({joined, refused}, return_when=asyncio.FIRST_COMPLETED)
            if joined.done():
                return joined.result()
            joined.cancel()
            raise RuntimeError(f"the room refused: {refused.result()}")
        finally:
            client.del_event_handler("presence_error", watch)

    async def configure(room, values):
        """Sets the named options and leaves the others as they are; without values the room opens as the server likes."""
        form = await muc.get_room_config(room)
        fields = form.get_fields()
        # A password counts on ejabberd only where the form says that there is one.
        if SECRET in values and PROTECTED in fields and PROTECTED not in values:
            fields[PROTECTED]["value"] = bool(values[SECRET])
        for name, value in values.items():
            if name not in fields:
                raise RuntimeError(f"the room has no option {name}; there are {', '.join(fields)}")
            fields[name]["value"] = value
        form["type"] = "submit"
        await muc.set_room_config(room, form)

    async def options(room):
        form = await muc.get_room_config(room)
        return {name: field["value"] for name, field in form.get_fields().items()}

    async def affiliate(room, jid, affiliation, reason=""):
        await muc.set_affiliation(room, affiliation, jid=jid, reason=reason)

    async def members(room, affiliation="member"):
        return [str(jid) for jid in await muc.get_affiliation_list(room, affiliation)]

    async def give_role(room, nick, role, reason=""):
        await muc.set_role(room, nick, role, reason=reason)

    def invite(room, jid, isDirect=False, password=None, reason=""):
        if not isDirect:
            return muc.invite(room, jid, reason=reason)
        return client["xep_0249"].send_invitation(jid, room, password=password, reason=reason or None)

    async def moderate(room, target, reason="", version=1):
        """Takes a message out of a room, by the first or the last version of XEP-0425."""
        if version == 0:
            request = ET.Element("{urn:xmpp:fasten:0}apply-to", {"id": target})
            moderate = ET.SubElement(request, "{urn:xmpp:message-moderate:0}moderate")
            ET.SubElement(moderate, "{urn:xmpp:message-retract:0}retract")
            ET.SubElement(moderate, "{urn:xmpp:message-moderate:0}reason").text = reason
        else:
            request = ET.Element("{urn:xmpp:message-moderate:1}moderate", {"id": target})
            ET.SubElement(request, "{urn:xmpp:message-retract:1}retract")
            ET.SubElement(request, "{urn:xmpp:message-moderate:1}reason").text = reason
        iq = client.make_iq_set(ito=room)
        iq.append(request)
        await iq.send()

    async def destroy(room, reason="", alternative=None):
        await muc.destroy(room, reason=reason, altroom=alternative)

    return {
        "joinRoom": join,
        "leaveRoom": lambda room, nick: muc.leave_muc(room, nick),
        "changeNick": lambda room, nick: client.send_presence(pto=f"{room}/{nick}"),
        "setSubject": lambda room, subject: muc.set_subject(room, subject),
        "configureRoom": configure,
        "roomOptions": options,
        "affiliate": affiliate,
        "members": members,
        "giveRole": give_role,
        "inviteToRoom": invite,
        "moderate": moderate,
        "destroyRoom": destroy,
    }
