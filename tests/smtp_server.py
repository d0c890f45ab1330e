"""A mail server for the tests: real SMTP (aiosmtpd) on a free port of the loopback, with the faults that mail servers have.

Prints its port, then a JSON line per letter that reached the end of its text. Reads a mode per line from standard input and
answers "mode NAME" once it holds; ends when standard input closes, so it never outlives the test. The password is "right", or "Richtig-Pferd-7!".

accept   250
4xx      451 after the text
5xx      550 at the recipient
hang     no answer after the text
cut      takes the letter, then cuts the line instead of answering
at STAGE FAULT
         at greeting, ehlo, auth, mail, rcpt, data or text: answers so, or does not answer ("hang"), or cuts the line ("cut")
only ADDRESS FAULT
         the same at the recipient and after the text of this address, and accepts all others
grey     451 to each address the first time
limit N  421 to the sender of a line that has carried N letters
"""
import asyncio
import base64
import functools
import json
import sys

from aiosmtpd.smtp import SMTP, AuthResult

mode = "accept"
lines = 0
seen = set()


def say(thing):
    print(thing, flush=True)


async def fault(server, what):
    """Does it, and says what to answer."""
    if what == "hang":
        await asyncio.sleep(3600)
    if what == "cut":
        server.transport.abort()
        raise ConnectionResetError
    return what


def wanted(stage):
    begin = "at " + stage + " "
    return mode[len(begin):] if mode.startswith(begin) else None


class Server(SMTP):
    greeted = False
    carried = 0

    def connection_made(self, transport):
        global lines
        lines += 1
        self.number = lines
        super().connection_made(transport)

    async def push(self, status):
        text = status.decode() if isinstance(status, bytes) else status
        if not self.greeted:
            self.greeted = True
            if what := wanted("greeting"):
                status = await fault(self, what)
        if isinstance(text, str) and text.startswith("421") and self.transport:
            await super().push(status)
            self.transport.close()
            return
        await super().push(status)


def faulty(stage, command):
    @functools.wraps(command)
    async def handle(self, arg):
        what = wanted(stage)
        if stage == "mail" and mode.startswith("limit ") and self.carried >= int(mode[6:]):
            what = "421 4.7.0 too many letters on this line"
        if what:
            await self.push(await fault(self, what))
        else:
            await command(self, arg)

    return handle


for stage, name in [("ehlo", "smtp_EHLO"), ("auth", "smtp_AUTH"), ("mail", "smtp_MAIL"), ("rcpt", "smtp_RCPT"), ("data", "smtp_DATA")]:
    setattr(Server, name, faulty(stage, getattr(SMTP, name)))


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if mode == "5xx":
            return "550 5.1.1 <" + address + ">: no such user"
        if mode == "grey" and address not in seen:
            seen.add(address)
            return "451 4.7.1 <" + address + ">: greylisted, come again"
        if mode.startswith("only " + address + " ") and not mode.endswith(("hang", "cut")):
            return mode.split(" ", 2)[2]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        text = base64.b64encode(envelope.original_content).decode()
        say(json.dumps({"mode": mode, "to": envelope.rcpt_tos, "text": text, "line": server.number}))
        server.carried += 1
        if mode == "4xx":
            return "451 4.3.0 try again later"
        if mode == "hang":
            await asyncio.sleep(3600)
        if mode == "cut":
            server.transport.abort()
        if any(mode.startswith("only " + address + " ") for address in envelope.rcpt_tos):
            return await fault(server, mode.split(" ", 2)[2])
        if what := wanted("text"):
            return await fault(server, what)
        return "250 2.0.0 queued"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password in (b"right", b"Richtig-Pferd-7!"), handled=False)


def serve():
    return Server(Handler(), enable_SMTPUTF8=True, hostname="test", authenticator=authenticate, auth_require_tls=False)


async def main():
    global mode
    loop = asyncio.get_running_loop()
    server = await loop.create_server(serve, "127.0.0.1", 0)
    say(server.sockets[0].getsockname()[1])
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        mode = line.strip()
        say("mode " + mode)
    server.close()


asyncio.run(main())
