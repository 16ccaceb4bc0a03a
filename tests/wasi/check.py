"""Runs the components against servers on loopback, and checks what comes out:

    check.py FAKE_SERVER RUN_COMPONENT FOLDER_OF_COMPONENTS NATIVE_CALLS

The calls of `calls.rs` must end on WASI as the table has it, and as they do on this system over ureq.
"""

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading

fake_server, run_component, components, native_calls = (os.path.abspath(path) for path in sys.argv[1:])
keys = ["the-public-key", "the-secret-key"]

# ---- the program ----

DOCUMENT = (
    b'{"apps":[{"id":"5550dd57","name":"Demo"}],"message":"queued","job":"5584",'
    b'"artisanUserIds":[{"age":"54"},{"age":"29"}]}'
)
HALF = DOCUMENT[:-14]  # it ends in the second profile


def component(name):
    return [sys.executable, run_component, os.path.join(components, name + ".wasm")]


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}:\nfound    {found}\nexpected {expected}")


def exports():
    """The program lists, exports, waits, and prints the profiles."""
    fake = subprocess.Popen([fake_server, *keys], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    base_url = fake.stdout.readline().strip()

    def run(*arguments, secret=keys[1]):
        environment = {**os.environ, "ARTISAN_PUBLIC_KEY": keys[0], "ARTISAN_SECRET_KEY": secret}
        return subprocess.run(
            component("useartisan-wasi") + [*arguments], env=environment, capture_output=True, text=True, timeout=60
        )

    done = run(base_url, "Many")
    lines = done.stdout.splitlines()
    check("the program's errors and exit status", (done.stderr, done.returncode), ("", 0))
    check("apps", lines[:2], ["app 5550dd57330eb93d8700000c: Demo App 1", "app 5564e1bf330eb98a9a00003a: Demo App 2"])
    check("statuses", lines[2:5], ["job QUEUED", "job RUNNING", "job COMPLETE"])
    check("profiles", lines[5:], [f"user-{number:03} {18 + number % 60}" for number in range(500)])
    refused = run(base_url, "Many", secret="another-key")
    check("with a wrong key", (refused.stdout, refused.returncode), ("", 1))
    check("the service's reason is told", "list_apps: " in refused.stderr and "401" in refused.stderr, True)
    fake.stdin.close()
    print("wasi: the program lists, exports, waits and prints 500 profiles")


# ---- servers that do wrong ----


def head(status, *headers):
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode()


def answer(status, body, *headers):
    return head(status, f"content-length: {len(body)}", *headers) + body


WHOLE = answer("200 OK", DOCUMENT)
LENGTH = head("200 OK", f"content-length: {len(DOCUMENT)}")
CHUNK = head("200 OK", "transfer-encoding: chunked") + b"%x\r\n%s\r\n" % (len(HALF), HALF)
REASON = b'{"success":false,"error":"It is Monday."}'
HOLD, CLOSE, RESET = "hold", "close", "reset"


def serve(answer, end):
    """Answers each request so, and then holds the connection, or ends it. Gives the base URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    base_url = "http://127.0.0.1:%d" % listener.getsockname()[1]
    held = []

    def one(connection):
        request = b""
        while b"\r\n\r\n" not in request:
            piece = connection.recv(65536)
            if not piece:
                return
            request += piece
        connection.sendall(answer)
        if end == HOLD:
            held.append(connection)
        elif end == RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if end != HOLD:
            connection.close()

    def every():
        while True:
            threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=every, daemon=True).start()
    return base_url


def refusing():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return "http://127.0.0.1:%d" % listener.getsockname()[1]


SERVERS = {
    "whole": serve(WHOLE, CLOSE),
    "refused": refusing(),
    "unknown name": "http://nowhere",  # see `environment`
    "silent": serve(b"", HOLD),
    "closed": serve(b"", CLOSE),
    "reset": serve(b"", RESET),
    "cut head": serve(LENGTH[:30], CLOSE),
    "no HTTP": serve(b"SSH-2.0-server\r\n", CLOSE),
    "stalled": serve(LENGTH + HALF, HOLD),
    "cut": serve(LENGTH + HALF, CLOSE),
    "cut chunks": serve(CHUNK, CLOSE),
    "reset body": serve(LENGTH + HALF, RESET),
    "redirect": serve(answer("302 Found", b"", "location: /elsewhere"), CLOSE),
    "401": serve(answer("401 Unauthorized", REASON), CLOSE),
    "404": serve(answer("404 Not Found", REASON), CLOSE),
    "503": serve(answer("503 Service Unavailable", b"<h1>Sorry</h1>"), CLOSE),
}

found = {}
environment = {**os.environ}
with tempfile.TemporaryDirectory() as directory:
    aliases = os.path.join(directory, "aliases")
    with open(aliases, "w") as file:
        file.write("nowhere " + "a" * 64 + ".test\n")
    environment["HOSTALIASES"] = aliases
    running = {}
    for system, command in (("wasi", component("calls")), ("native", [native_calls])):
        folder = os.path.join(directory, system)
        os.mkdir(folder)
        running[system] = subprocess.Popen(command + list(SERVERS.values()), cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    for system, process in running.items():
        lines = process.communicate(timeout=60)[0]
        names = {url: name for name, url in SERVERS.items()}
        for line in lines.splitlines():
            url, call, took, outcome = line.split("\t")
            print(system, names[url], call, took, outcome, sep=" | ")
