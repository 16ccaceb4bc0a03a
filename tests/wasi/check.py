"""Runs the components against servers on loopback, and checks what comes out:

    check.py FAKE_SERVER RUN_COMPONENT FOLDER_OF_COMPONENTS NATIVE_CALLS

The calls of `calls.rs` must end on WASI as the table has it, and as they do on this system over ureq.
"""

import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

fake_server, run_component, components, native_calls = (os.path.abspath(path) for path in sys.argv[1:])
keys = ["the-public-key", "the-secret-key"]

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


def head(status, *headers):
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode()


def answer(status, body, *headers):
    return head(status, f"content-length: {len(body)}", *headers) + body


LENGTH = head("200 OK", f"content-length: {len(DOCUMENT)}")
CHUNK = head("200 OK", "transfer-encoding: chunked") + b"%x\r\n%s\r\n" % (len(HALF), HALF)
REASON = b'{"success":false,"error":"It is Monday."}'
TLS_HANDSHAKE = b"\x16"
KEPT = []  # open to the end
HOLD, CLOSE, RESET = "hold", "close", "reset"


def read_request(connection):
    """Reads a request whole, since a connection that is closed before that is reset. Returns False if none comes."""
    request = b""
    while True:
        head, end, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        if request.startswith(TLS_HANDSHAKE) or (end and len(body) >= int(length[1] if length else 0)):
            return True
        piece = connection.recv(65536)
        if not piece:
            return False
        request += piece


def serve(answer, end, tls=None):
    """Answers each request so, and then holds the connection, or ends it. Gives the base URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    base_url = "http://127.0.0.1:%d" % listener.getsockname()[1]

    def one(connection):
        if tls:
            try:
                connection = tls.wrap_socket(connection, server_side=True)
            except OSError:
                return  # what the client thinks of it is what counts
        if not read_request(connection):
            return
        connection.sendall(answer)
        if end == HOLD:
            KEPT.append(connection)
        elif end == RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if end != HOLD:
            connection.close()

    def every():
        while True:
            threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=every, daemon=True).start()
    return base_url


def full():
    """A server that has no room for another connection."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    for _ in range(4):
        waiting = socket.socket()
        waiting.setblocking(False)
        waiting.connect_ex(listener.getsockname())
        KEPT.append(waiting)
    KEPT.append(listener)
    return "http://127.0.0.1:%d" % listener.getsockname()[1]


def refusing():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return "http://127.0.0.1:%d" % listener.getsockname()[1]


def self_signed():
    """TLS with a certificate that nobody trusts."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        files = [os.path.join(folder, name) for name in ("certificate", "key")]
        made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
        subprocess.run([*made.split(), "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
        tls.load_cert_chain(*files)
    return tls


def over_tls(base_url):
    return base_url.replace("http:", "https:")


# How a call of each kind ends: a GET, a POST, and a download, from which so many profiles have been read.
NOT_SENT = ("Transport No", "Transport No", "Transport No", 0)
LOST = ("Transport Maybe", "OutcomeUnknown Maybe", "Transport Maybe", 0)
CUT = ("Transport Maybe 200", "OutcomeUnknown Maybe 200", "Transport Answered 200", 1)
SILENT = ("TimedOut Maybe", "OutcomeUnknown Maybe", "TimedOut Maybe", 0)
STALLED = ("TimedOut Maybe 200", "OutcomeUnknown Maybe 200", "TimedOut Answered 200", 1)


def answered(outcome):
    return (outcome, outcome, outcome, 0)


whole = serve(answer("200 OK", DOCUMENT), CLOSE)
CASES = {
    "whole": (whole, ("1 app", "job 5584", None, 2)),
    "refused": (refusing(), NOT_SENT),
    "full": (full(), NOT_SENT),
    "unknown name": ("http://nowhere", NOT_SENT),  # see `calls`
    "closed": (serve(b"", CLOSE), LOST),
    "reset": (serve(b"", RESET), LOST),
    "cut head": (serve(LENGTH[:30], CLOSE), LOST),
    "no HTTP": (serve(b"SSH-2.0-server\r\n", CLOSE), LOST),
    "cut": (serve(LENGTH + HALF, CLOSE), CUT),
    "cut chunks": (serve(CHUNK, CLOSE), CUT),
    "silent": (serve(b"", HOLD), SILENT),
    "stalled": (serve(LENGTH + HALF, HOLD), STALLED),
    "self-signed": (over_tls(serve(b"", CLOSE, self_signed())), NOT_SENT),
    # See OTHERWISE.
    "no TLS": (over_tls(serve(b"SSH-2.0-server\r\n", CLOSE)), LOST),
    "moved": (
        serve(answer("302 Found", b"", f"location: {whole}/result"), CLOSE),
        ("Redirect Answered 302", "Redirect Answered 302", None, 2),  # a download follows
    ),
    "moved in a circle": (serve(answer("302 Found", b"", "location: /"), CLOSE), answered("Redirect Answered 302")),
    "401": (serve(answer("401 Unauthorized", REASON), CLOSE), answered("AccessDenied Answered 401")),
    "404": (serve(answer("404 Not Found", REASON), CLOSE), answered("NotFound Answered 404")),
    "503": (serve(answer("503 Service Unavailable", b"<h1>Sorry</h1>"), CLOSE), answered("Rejected Answered 503")),
}
# Where this system differs. A host has one code for TLS that fails, as the connection begins or later.
OTHERWISE = {("native", "no TLS"): NOT_SENT}


def expected(get, post, download, profiles):
    """What `calls.rs` prints of one server."""
    size = f"{len(DOCUMENT)} bytes"
    return {
        "list": get,
        "export": post,
        "records": f"{profiles} profiles, {download or 'whole'}",
        "write": download or size,
        "save": f"{download}; the old file, 0 beside" if download else f"{size}; a new file, 0 beside",
    }


def calls(command, folder):
    """Starts the calls, in this folder. No question for a name leaves the machine: glibc takes this one for another, which
    has a label of more than 63 bytes."""
    aliases = os.path.join(folder, "aliases")
    with open(aliases, "w") as file:
        file.write("nowhere " + "a" * 64 + ".test\n")
    work = os.path.join(folder, "work")
    os.mkdir(work)
    urls = [url for url, _ in CASES.values()]
    environment = {**os.environ, "HOSTALIASES": aliases}
    return subprocess.Popen(
        command + urls, cwd=work, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def check_calls(system, process):
    try:
        printed, causes = process.communicate(timeout=120)
    finally:
        process.kill()
    check(f"{system}: the exit status", process.returncode, 0)
    outcomes = {}
    for line in printed.splitlines():
        url, call, took, outcome = line.split("\t")
        outcomes.setdefault(url, {})[call] = outcome
        # How late a time-out may be is measured by the conformance suite, and how the native ones are kept elsewhere.
        least = {CASES["silent"][0]: 1000, CASES["stalled"][0]: 1000, CASES["full"][0]: 500}.get(url)
        if least and system == "wasi":
            check(f"{call} waits for {least} ms: {took}", least <= int(took) < least + 4000, True)
    for name, (url, ends) in CASES.items():
        ends = OTHERWISE.get((system, name), ends)
        check(f"{system}: {name}", outcomes.get(url), expected(*ends))
    return causes


exports()
with tempfile.TemporaryDirectory() as wasi, tempfile.TemporaryDirectory() as native:
    running = [("wasi", calls(component("calls"), wasi)), ("native", calls([native_calls], native))]
    causes = {system: check_calls(system, process) for system, process in running}
    reasons = [causes["wasi"].count("ErrorCode::" + code) for code in ("ConnectionRefused", "DnsError")]
    check("calls that were refused, and that had an unknown name", reasons, [5, 5])
print(f"wasi: {len(CASES)} servers, 5 calls to each: as over ureq on this system, but for what OTHERWISE has")
