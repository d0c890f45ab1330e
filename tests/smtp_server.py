"""A mail server for the tests: real SMTP (aiosmtpd) on a free port of the loopback, with the faults that mail servers have.

Prints its port, then a JSON line per letter that reached the end of its text. Reads a mode per line from standard input and
answers "mode NAME" once it holds; ends when standard input closes, so it never outlives the test.

accept   250
4xx      451 after the text
5xx      550 at the recipient
hang     no answer after the text
cut      takes the letter, then cuts the line instead of answering
"""
import asyncio
import base64
import json
import sys

from aiosmtpd.smtp import SMTP

mode = "accept"


def say(thing):
    print(thing, flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if mode == "5xx":
            return "550 5.1.1 <" + address + ">: no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        text = base64.b64encode(envelope.original_content).decode()
        say(json.dumps({"mode": mode, "to": envelope.rcpt_tos, "text": text}))
        if mode == "4xx":
            return "451 4.3.0 try again later"
        if mode == "hang":
            await asyncio.sleep(3600)
        if mode == "cut":
            server.transport.abort()
        return "250 2.0.0 queued"


async def main():
    global mode
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), enable_SMTPUTF8=True, hostname="test"), "127.0.0.1", 0)
    say(server.sockets[0].getsockname()[1])
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        mode = line.strip()
        say("mode " + mode)
    server.close()


asyncio.run(main())
