"""Messages and what belongs to them."""
from xml.etree import ElementTree as ET


def message_commands(client):
    for plugin in ("xep_0066", "xep_0333", "xep_0359", "xep_0444", "xep_0461"):
        client.register_plugin(plugin)

    def new_message(to, type, body=None):
        message = client.make_message(mto=to, mbody=body, mtype=type)
        message["id"] = client.new_id()
        return message

    def send(to, body, type="chat", receipt=False, markable=False, replaces=None, reply=None, url=None, xml=None):
        """Sends a message and answers with its id. `reply`: {id, to, quote}; `xml`: further elements."""
        quote = (reply or {}).get("quote")
        fallback = "".join(f"> {line}\n" for line in quote.split("\n")) if quote else ""
        message = new_message(to, type, fallback + body)
        if receipt:
            message["request_receipt"] = True
        if markable:
            message.append(ET.Element("{urn:xmpp:chat-markers:0}markable"))
        if replaces:
            message["replace"]["id"] = replaces
        if reply:
            message["reply"]["id"], message["reply"]["to"] = reply["id"], reply["to"]
        if fallback:
            element = ET.Element("{urn:xmpp:fallback:0}fallback", {"for": "urn:xmpp:reply:0"})
            ET.SubElement(element, "{urn:xmpp:fallback:0}body", {"start": "0", "end": str(len(fallback))})
            message.append(element)
        if url:
            message["oob"]["url"] = url
        for element in ET.fromstring(f"<all>{xml or ''}</all>"):
            message.append(element)
        message.send()
        return message["id"]

    def react(to, target, emojis, type="chat"):
        message = new_message(to, type)
        client["xep_0444"].set_reactions(message, target, emojis)
        message.append(ET.Element("{urn:xmpp:hints}store"))
        message.send()
        return message["id"]

    def retract(to, target, type="chat"):
        message = new_message(to, type, "This person attempted to retract a previous message.")
        message.append(ET.Element("{urn:xmpp:message-retract:1}retract", {"id": target}))
        message.append(ET.Element("{urn:xmpp:fallback:0}fallback", {"for": "urn:xmpp:message-retract:1"}))
        message.append(ET.Element("{urn:xmpp:hints}store"))
        message.send()
        return message["id"]

    def mark(to, target, kind="displayed", type="chat"):
        message = new_message(to, type)
        message.append(ET.Element(f"{{urn:xmpp:chat-markers:0}}{kind}", {"id": target}))
        message.send()

    def chat_state(to, state, type="chat"):
        message = client.make_message(mto=to, mtype=type)
        message["chat_state"] = state
        message.send()

    def receipt(to, target):
        message = client.make_message(mto=to, mtype="chat")
        message["receipt"] = target
        message.send()

    return {"send": send, "react": react, "retract": retract, "mark": mark, "chatState": chat_state, "receipt": receipt}
