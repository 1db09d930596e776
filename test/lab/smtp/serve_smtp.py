"""A submission server (RFC 6409) for tests: TLS, sign-in, and a folder of what arrived, read by Python's own mail library.

Addresses of recipients tell how it behaves: refused@ 550, later@ 451, cut@ takes the first mail and hangs up before it answers.
"""
import asyncio, hashlib, json, os, ssl, sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, AuthResult

settings = json.load(open(sys.argv[1]))
cut = set()


def told(content):
    message = message_from_bytes(content, policy=policy.default)
    body = message.get_body(("plain",))
    files = [
        {"name": part.get_filename(), "type": part.get_content_type(), "sha256": hashlib.sha256(part.get_payload(decode=True)).hexdigest(),
         "text": part.get_payload(decode=True).decode("utf8", "replace") if part.get_content_type() == "text/vcard" else ""}
        for part in message.iter_attachments()
    ]
    text = body.get_payload(decode=True).decode("utf8") if body is not None else ""
    defects = [str(defect) for part in message.walk() for defect in part.defects]
    headers = {name.lower(): str(value) for name, value in message.items()}
    return {"headers": headers, "text": text.replace("\r\n", "\n"), "files": files, "defects": defects}


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later@"):
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mails = sorted(os.listdir(settings["mails"]))
        mail = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "isEncrypted": server.transport.get_extra_info("ssl_object") is not None,
                "user": session.auth_data.login.decode() if session.auth_data else None, **told(envelope.content)}
        path = os.path.join(settings["mails"], "%06d.json" % len(mails))
        with open(path + ".part", "w") as file:
            json.dump(mail, file)
        os.rename(path + ".part", path)
        [to, *_] = envelope.rcpt_tos
        if to.startswith("cut@") and to not in cut:
            cut.add(to)
            server.transport.abort()
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    is_known = data.login == settings["user"].encode() and data.password == settings["password"].encode()
    return AuthResult(success=is_known, handled=False, auth_data=data)


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings["certFile"], settings["keyFile"])
    common = dict(auth_required=True, authenticator=authenticate, data_size_limit=30_000_000, enable_SMTPUTF8=True)
    loop = asyncio.get_running_loop()
    # One port begins in clear and asks for STARTTLS, the other one is encrypted from its first byte.
    await loop.create_server(lambda: SMTP(Handler(), tls_context=context, require_starttls=True, **common), "127.0.0.1", settings["startTlsPort"])
    await loop.create_server(lambda: SMTP(Handler(), auth_require_tls=False, **common), "127.0.0.1", settings["tlsPort"], ssl=context)
    await loop.create_server(lambda: SMTP(Handler()), "127.0.0.1", settings["plainPort"])
    await asyncio.Event().wait()


if "read" in settings:
    # Mails in files, told in the same way.
    print(json.dumps([told(open(path, "rb").read()) for path in settings["read"]]))
else:
    asyncio.run(main())
