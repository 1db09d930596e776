"""What people show of themselves and keep for themselves: cards, avatars, presence, bookmarks, blocks, read marks."""
import base64
import hashlib
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree as ET

from slixmpp.exceptions import IqError
from slixmpp.plugins.xep_0004.stanza.form import Form

VCARD = "{vcard-temp}"
VCARD4 = "{urn:ietf:params:xml:ns:vcard-4.0}"
BOOKMARKS = "urn:xmpp:bookmarks:1"
KNOWN_EVERYWHERE = ("pubsub#persist_items", "pubsub#access_model")
READ_MARKS = "urn:xmpp:mds:displayed:0"


def people_commands(client):
    for plugin in ("xep_0060", "xep_0084", "xep_0115", "xep_0163", "xep_0172", "xep_0191"):
        client.register_plugin(plugin)
    for node in (BOOKMARKS, READ_MARKS, "urn:xmpp:avatar:metadata", "http://jabber.org/protocol/nick", "urn:xmpp:vcard4"):
        client["xep_0030"].add_feature(f"{node}+notify")
    pubsub = client["xep_0060"]

    async def send_iq(kind, payload, to=None):
        iq = client.make_iq(itype=kind, ito=to)
        iq.append(payload)
        return await iq.send()

    async def publish(node, item, xml, options=None):
        try:
            await pubsub.publish(None, node, id=item, payload=ET.fromstring(xml), options=publish_options(options))
        except IqError as error:
            # ejabberd 23 knows two options only and refuses all others.
            if "Unknown field" not in error.text:
                raise
            known = {name: value for name, value in options.items() if name in KNOWN_EVERYWHERE}
            await pubsub.publish(None, node, id=item, payload=ET.fromstring(xml), options=publish_options(known))
            # The rest goes by the form of the node, which keeps one item otherwise.
            form = publish_options(options, "http://jabber.org/protocol/pubsub#node_config")
            await pubsub.set_node_config(None, node, form)

    async def items(jid, node):
        """Ids and contents of a node, of ours when there is no JID."""
        answer = await pubsub.get_items(jid, node)
        found = answer["pubsub"]["items"]
        return [{"id": item["id"], "xml": ET.tostring(item.xml, encoding="unicode")} for item in found]

    async def retract_item(node, item):
        await pubsub.retract(None, node, item, notify=True)

    async def publish_vcard(fields, photo=None):
        """vcard-temp (XEP-0054): fields such as FN, NICKNAME, ORG/ORGNAME; the photo is base64 of a PNG."""
        card = ET.Element(f"{VCARD}vCard")
        for path, value in fields.items():
            parent = card
            *folders, last = path.split("/")
            for folder in folders:
                found = parent.find(f"{VCARD}{folder}")
                parent = found if found is not None else ET.SubElement(parent, f"{VCARD}{folder}")
            ET.SubElement(parent, f"{VCARD}{last}").text = value
        if photo is not None:
            element = ET.SubElement(card, f"{VCARD}PHOTO")
            ET.SubElement(element, f"{VCARD}TYPE").text = "image/png"
            ET.SubElement(element, f"{VCARD}BINVAL").text = photo
        await send_iq("set", card)
        if photo is None:
            return None
        # XEP-0153: who sees us learns that there is a picture.
        digest = hashlib.sha1(base64.b64decode(photo)).hexdigest()
        presence = client.make_presence()
        update = ET.Element("{vcard-temp:x:update}x")
        ET.SubElement(update, "{vcard-temp:x:update}photo").text = digest
        presence.append(update)
        presence.send()
        return digest

    async def publish_vcard4(fields):
        """vCard4 (XEP-0292): text fields such as fn, email, tel, org."""
        card = ET.Element(f"{VCARD4}vcard")
        for name, value in fields.items():
            ET.SubElement(ET.SubElement(card, f"{VCARD4}{name}"), f"{VCARD4}text").text = value
        await publish("urn:xmpp:vcard4", "current", ET.tostring(card, encoding="unicode"))

    async def publish_avatar(data, type="image/png"):
        raw = base64.b64decode(data)
        avatars = client["xep_0084"]
        digest = avatars.generate_id(raw)
        await avatars.publish_avatar(raw)
        await avatars.publish_avatar_metadata([{"id": digest, "type": type, "bytes": len(raw)}])
        return digest

    def set_presence(show=None, status=None, idleSeconds=None, type=None):
        presence = client.make_presence(pshow=show, pstatus=status, ptype=type)
        if idleSeconds is not None:
            since = datetime.now(timezone.utc) - timedelta(seconds=idleSeconds)
            presence.append(ET.Element("{urn:xmpp:idle:1}idle", {"since": since.strftime("%Y-%m-%dT%H:%M:%SZ")}))
        presence.send()

    async def set_nick(nick):
        await client["xep_0172"].publish_nick(nick)

    async def bookmark(room, name="", nick="", autojoin=True, extensions=""):
        xml = f"<conference xmlns='{BOOKMARKS}'><extensions>{extensions}</extensions></conference>"
        conference = ET.fromstring(xml)
        conference.set("autojoin", "true" if autojoin else "false")
        if name:
            conference.set("name", name)
        if nick:
            nickname = ET.Element(f"{{{BOOKMARKS}}}nick")
            nickname.text = nick
            conference.insert(0, nickname)
        await publish(BOOKMARKS, room, ET.tostring(conference, encoding="unicode"), private_node())

    async def set_read_mark(conversation, stanzaId, by):
        """XEP-0490: read up to here, for our other devices."""
        mark = ET.Element(f"{{{READ_MARKS}}}displayed")
        ET.SubElement(mark, "{urn:xmpp:sid:0}stanza-id", {"id": stanzaId, "by": by})
        await publish(READ_MARKS, conversation, ET.tostring(mark, encoding="unicode"), private_node())

    async def blocked():
        answer = await client["xep_0191"].get_blocked()
        return sorted(str(jid) for jid in answer["blocklist"]["items"])

    async def set_contact(jid, name=None, groups=(), remove=False):
        item = ET.Element("{jabber:iq:roster}item", {"jid": jid})
        if remove:
            item.set("subscription", "remove")
        if name is not None:
            item.set("name", name)
        for group in groups:
            ET.SubElement(item, "{jabber:iq:roster}group").text = group
        query = ET.Element("{jabber:iq:roster}query")
        query.append(item)
        await send_iq("set", query)

    def decide_subscriptions(isAutomatic):
        client.roster.auto_authorize = True if isAutomatic else None
        client.roster.auto_subscribe = isAutomatic

    async def iq(type, to, xml):
        """Any request; answers with the whole answer as XML."""
        return str(await send_iq(type, ET.fromstring(xml), to))

    return {
        "publish": publish,
        "items": items,
        "retractItem": retract_item,
        "publishVcard": publish_vcard,
        "publishVcard4": publish_vcard4,
        "publishAvatar": publish_avatar,
        "setPresence": set_presence,
        "setNick": set_nick,
        "bookmark": bookmark,
        "setReadMark": set_read_mark,
        "block": lambda jid: client["xep_0191"].block({jid}),
        "unblock": lambda jid: client["xep_0191"].unblock({jid}),
        "blocked": blocked,
        "setContact": set_contact,
        "answerSubscription": lambda to, isApproved: client.send_presence(pto=to, ptype="subscribed" if isApproved else "unsubscribed"),
        "decideSubscriptions": decide_subscriptions,
        "iq": iq,
    }


def private_node():
    return {"pubsub#persist_items": "true", "pubsub#max_items": "max", "pubsub#access_model": "whitelist",
            "pubsub#send_last_published_item": "never"}


def publish_options(values, kind="http://jabber.org/protocol/pubsub#publish-options"):
    if not values:
        return None
    form = Form()
    form["type"] = "submit"
    form.add_field(var="FORM_TYPE", ftype="hidden", value=kind)
    for name, value in values.items():
        form.add_field(var=name, value=value)
    return form
