"""What the slixmpp peer saw, told as events. Every stanza is told as it came; the common ones are told in words too."""
from stdio_peer import emit

CLIENT = "{jabber:client}"
MUC = "{http://jabber.org/protocol/muc#user}"
REACTIONS = "{urn:xmpp:reactions:0}"
MARKERS = "{urn:xmpp:chat-markers:0}"
RETRACT = ("{urn:xmpp:message-retract:1}retract", "{urn:xmpp:message-retract:0}retract")


def tell(stanza):
    """A filter for incoming stanzas: tells and lets pass."""
    xml = stanza.xml
    kind = xml.tag.rpartition("}")[2]
    if kind not in ("message", "presence", "iq"):
        return stanza
    facts = {name: xml.get(name) for name in ("id", "type")}
    emit("stanza", kind=kind, sender=xml.get("from"), xml=str(stanza), **facts)
    if kind == "message":
        tell_message(xml)
    if kind == "presence":
        tell_presence(xml)
    return stanza


def tell_message(xml):
    sender, kind = xml.get("from") or "", xml.get("type", "normal")
    if kind == "error":
        error = xml.find(f"{CLIENT}error")
        condition = next((child.tag.rpartition("}")[2] for child in error), "") if error is not None else ""
        return emit("message-error", id=xml.get("id"), sender=sender, condition=condition)
    tell_message_extensions(xml, sender)
    if kind != "groupchat":
        return None
    room, _, nick = sender.partition("/")
    subject, body = xml.findtext(f"{CLIENT}subject"), xml.findtext(f"{CLIENT}body")
    if subject is not None and body is None:
        return emit("subject", room=room, nick=nick, subject=subject)
    if body is None:
        return None
    replaced = xml.find("{urn:xmpp:message-correct:0}replace")
    return emit(
        "group-message",
        **{"room": room, "nick": nick, "id": xml.get("id"), "body": body, "sender": sender},
        stanzaId=attribute(xml, "{urn:xmpp:sid:0}stanza-id", "id"),
        occupantId=attribute(xml, "{urn:xmpp:occupant-id:0}occupant-id", "id"),
        replaces=replaced.get("id") if replaced is not None else None,
        isDelayed=xml.find("{urn:xmpp:delay}delay") is not None,
    )


def tell_message_extensions(xml, sender):
    reactions = xml.find(f"{REACTIONS}reactions")
    if reactions is not None:
        emojis = [child.text for child in reactions.findall(f"{REACTIONS}reaction")]
        emit("reactions", sender=sender, target=reactions.get("id"), emojis=emojis)
    for kind in ("received", "displayed", "acknowledged"):
        marker = xml.find(f"{MARKERS}{kind}")
        if marker is not None:
            emit("marker", sender=sender, kind=kind, target=marker.get("id"))
    for name in RETRACT:
        retract = xml.find(name)
        if retract is not None:
            isModerated = any(child.tag.endswith("}moderated") for child in retract)
            emit("retraction", sender=sender, target=retract.get("id"), isModerated=isModerated)
    reply = xml.find("{urn:xmpp:reply:0}reply")
    if reply is not None:
        emit("reply", sender=sender, target=reply.get("id"), to=reply.get("to"), body=xml.findtext(f"{CLIENT}body"))
    direct = xml.find("{jabber:x:conference}x")
    mediated = xml.find(f"{MUC}x/{MUC}invite")
    if direct is not None:
        emit("invite", sender=sender, room=direct.get("jid"), password=direct.get("password"), reason=direct.get("reason"))
    elif mediated is not None:
        emit("invite", sender=mediated.get("from"), room=sender, password=xml.findtext(f"{MUC}x/{MUC}password"))
    event = xml.find("{http://jabber.org/protocol/pubsub#event}event/{http://jabber.org/protocol/pubsub#event}items")
    if event is not None:
        emit("pubsub", sender=sender, node=event.get("node"), items=[child.get("id") for child in event])


def tell_presence(xml):
    sender, kind = xml.get("from") or "", xml.get("type", "available")
    user = xml.find(f"{MUC}x")
    if user is None:
        show, status = xml.findtext(f"{CLIENT}show"), xml.findtext(f"{CLIENT}status")
        return emit("presence", sender=sender, type=kind, show=show, status=status)
    room, _, nick = sender.partition("/")
    item = user.find(f"{MUC}item")
    facts = {name: item.get(name) for name in ("affiliation", "role", "jid", "nick")} if item is not None else {}
    newNick = facts.pop("nick", None)
    codes = [status.get("code") for status in user.findall(f"{MUC}status")]
    reason = user.findtext(f"{MUC}item/{MUC}reason")
    isDestroyed = user.find(f"{MUC}destroy") is not None
    return emit(
        "occupant", room=room, nick=nick, type=kind, codes=codes, newNick=newNick, reason=reason, isDestroyed=isDestroyed, **facts
    )


def attribute(xml, name, key):
    child = xml.find(name)
    return child.get(key) if child is not None else None
