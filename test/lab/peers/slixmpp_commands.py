"""Ad-hoc commands (XEP-0050) with data forms: using those of others, and offering some for tests."""
import asyncio
import base64
import io
import wave
from xml.etree import ElementTree as ET

from slixmpp.plugins.xep_0004.stanza.form import Form
from slixmpp.plugins.xep_0221.stanza import Media

from stdio_peer import emit

COMMANDS = "{http://jabber.org/protocol/commands}"
FORM = "{jabber:x:data}"
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAE0lEQVR42mN40ACBDFD6AQNZIgAwoiwBmQbM3QAAAABJRU5ErkJggg=="


def command_commands(client):
    for plugin in ("xep_0004", "xep_0050", "xep_0221", "xep_0231"):
        client.register_plugin(plugin)

    async def request(jid, node, action, session=None, form=None, timeout=130):
        command = ET.Element(f"{COMMANDS}command", {"node": node, "action": action})
        if session:
            command.set("sessionid", session)
        if form is not None:
            command.append(form)
        iq = client.make_iq_set(ito=jid)
        iq.append(command)
        return (await iq.send(timeout=timeout)).xml.find(f"{COMMANDS}command")

    async def run(jid, node, steps=(), maxSteps=8):
        """Goes through a command to its end; each step is what to fill in, and the last one is repeated empty."""
        answer = await request(jid, node, "execute")
        seen = [describe(answer)]
        for index in range(maxSteps):
            if answer.get("status") != "executing":
                break
            actions = answer.find(f"{COMMANDS}actions")
            known = [child.tag.rpartition("}")[2] for child in actions] if actions is not None else ["complete"]
            values = steps[index] if index < len(steps) else {}
            action = "next" if "next" in known else "complete"
            answer = await request(jid, node, action, answer.get("sessionid"), filled(answer, values))
            seen.append(describe(answer))
        return {**seen[-1], "steps": seen}

    async def discover(jid):
        found = await client["xep_0050"].get_commands(jid)
        return [{"jid": str(item[0]), "node": item[1], "name": item[2]} for item in found["disco_items"]["items"]]

    async def provide(waitSeconds=0):
        """Offers the commands `lab-form` (three steps, every kind of field), `lab-wait` and `lab-failure`."""
        picture = await client["xep_0231"].set_bob(base64.b64decode(PICTURE), "image/png")
        sound = await client["xep_0231"].set_bob(tone(), "audio/x-wav")
        offer = client["xep_0050"].add_command
        offer(node="lab-form", name="A form of the lab", handler=LabForm(picture, sound).ask)
        offer(node="lab-wait", name="A slow answer", handler=slow_answer(waitSeconds))
        offer(node="lab-failure", name="An error", handler=failure)
        return {"jid": client.boundjid.full, "picture": picture}

    return {"runCommand": run, "discoverCommands": discover, "provideCommands": provide}


def describe(command):
    notes = [note.text or "" for note in command.findall(f"{COMMANDS}note")]
    form = command.find(f"{FORM}x")
    fields = form.findall(f"{FORM}field") if form is not None else []
    return {
        "status": command.get("status"),
        "note": "\n".join(notes),
        "fields": [{"var": field.get("var"), "type": field.get("type"), "values": values_of(field)} for field in fields],
        "xml": ET.tostring(command, encoding="unicode"),
    }


def values_of(field):
    return [value.text or "" for value in field.findall(f"{FORM}value")]


def filled(command, values):
    """The answer to a form: what the form proposes, and what the test wants different."""
    form = command.find(f"{FORM}x")
    if form is None:
        return None
    answer = ET.Element(f"{FORM}x", {"type": "submit"})
    for field in form.findall(f"{FORM}field"):
        name = field.get("var")
        if name is None or field.get("type") == "fixed":
            continue
        wanted = values.get(name, values_of(field))
        element = ET.SubElement(answer, f"{FORM}field", {"var": name})
        for value in wanted if isinstance(wanted, list) else [wanted]:
            ET.SubElement(element, f"{FORM}value").text = value
    return answer


def tone():
    """A fifth of a second of a sound, as WAV."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(128 + (40 if at // 9 % 2 else -40) for at in range(1600)))
    return file.getvalue()


class LabForm:
    """Three steps: every kind of field, a picture and a sound with previous and next, a table as the result."""

    def __init__(self, picture, sound):
        self.picture = picture
        self.sound = sound

    def ask(self, _iq, session):
        form = Form()
        form["type"] = "form"
        form["title"] = "Every kind of field"
        form["instructions"] = "Fill in what you like."
        form.add_field(var="hidden", ftype="hidden", value="kept")
        form.add_field(ftype="fixed", value="Words that stand alone")
        form.add_field(var="flag", ftype="boolean", label="Yes or no", value=True)
        form.add_field(var="name", ftype="text-single", label="Name", required=True)
        form.add_field(var="secret", ftype="text-private", label="Secret")
        form.add_field(var="lines", ftype="text-multi", label="Lines", value=["one", "two"])
        options = [{"label": "Red", "value": "r"}, {"label": "Green", "value": "g"}, {"label": "Blue", "value": "b"}]
        form.add_field(var="colour", ftype="list-single", label="Colour", options=options, value="g")
        form.add_field(var="colours", ftype="list-multi", label="Colours", options=options, value=["r", "b"])
        form.add_field(var="person", ftype="jid-single", label="Person")
        form.add_field(var="people", ftype="jid-multi", label="People")
        session.update(payload=form, next=self.show, has_next=True, allow_prev=False, allow_complete=False, notes=None)
        session["prev"] = None
        return session

    def show(self, payload, session):
        if isinstance(payload, Form):
            session["answers"] = {name: field["value"] for name, field in payload.get_fields().items()}
            emit("command-answers", answers=session["answers"])
        form = Form()
        form["type"] = "form"
        form["title"] = "Scan this"
        field = form.add_field(var="picture", ftype="fixed", value="https://lab.invalid/pair/1")
        media = Media()
        media["width"], media["height"] = "8", "8"
        media.add_uri(f"cid:{self.picture}", "image/png")
        field.append(media)
        field = form.add_field(var="heard", ftype="text-single", label="What do you hear?")
        media = Media()
        media.add_uri(f"cid:{self.sound}", "audio/x-wav")
        field.append(media)
        media = Media()
        media.add_uri("https://lab.invalid/film.mp4", "video/mp4")
        field.append(media)
        session.update(payload=form, next=self.finish, prev=self.ask, has_next=True, allow_prev=True, allow_complete=True)
        session["notes"] = [("info", "Nearly there"), ("warn", "Look twice")]
        return session

    def finish(self, _payload, session):
        result = Form()
        result["type"] = "result"
        result["title"] = "What you said"
        result.add_reported("key", ftype="text-single", label="Key")
        result.add_reported("value", ftype="text-single", label="Value")
        for key, value in session["answers"].items():
            result.add_item({"key": key, "value": ", ".join(value) if isinstance(value, list) else str(value)})
        session.update(payload=result, next=None, has_next=False, notes=[("info", "Done")])
        emit("command-finished")
        return session


def slow_answer(wait_seconds):
    async def answer(_iq, session):
        emit("command-waiting")
        await asyncio.sleep(wait_seconds)
        session.update(payload=None, next=None, notes=[("info", f"waited {wait_seconds} s")])
        return session
    return answer


def failure(_iq, session):
    session.update(payload=None, next=None, notes=[("error", "It went wrong")])
    return session
