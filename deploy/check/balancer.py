#!/usr/bin/env python3
"""Runs deploy/nginx/nginx.conf before two small servers and looks at what they are asked; exit 0 if all is as it should be.

Addresses and folders are replaced by ones of this machine. Names are then not looked up again while it runs ("resolve"), which
nginx can since 1.27.3: that part is not tried here.
"""

import http.client
import http.server
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PATIENCE = 15


class Balancer:
    """nginx with the project's configuration, on a free port of the loopback."""

    def __init__(self, folder, gateways):
        self.folder, self.port = folder, free_port()
        with open(f"{PROJECT}/deploy/nginx/nginx.conf", encoding="utf-8") as file:
            text = file.read()
        for number, port in enumerate(gateways, 1):
            text = replaced(text, rf"\bgateway-{number}:8001 resolve\b", f"127.0.0.1:{port}")
        text = replaced(text, r"(?m)^ *resolver .*$", "")
        text = replaced(text, r"\blisten 8001;", f"listen 127.0.0.1:{self.port};")
        text = replaced(text, r"/tmp/", folder + "/")
        if os.getuid() == 0:
            text = "user root;\n" + text
        self.file = f"{folder}/nginx.conf"
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(text)

    def check(self):
        subprocess.run(self.command("-t", "-q"), check=True)

    def start(self):
        self.process = subprocess.Popen(self.command())
        until("nginx listens", lambda: connects(self.port))

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)

    def command(self, *more):
        return ["nginx", "-p", self.folder, "-e", "/dev/stderr", "-c", self.file, *more]


def replaced(text, pattern, new):
    text, number = re.subn(pattern, new.replace("\\", r"\\"), text)
    if not number:
        sys.exit(f"nginx.conf has nothing like {pattern}")
    return text


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def connects(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def until(what, true, patience=PATIENCE):
    end = time.monotonic() + patience
    while not true():
        if time.monotonic() > end:
            sys.exit(f"not in {patience} s: {what}")
        time.sleep(0.05)


def say(what, holds, told=""):
    print(("ok    " if holds else "FAILS ") + what, flush=True)
    if not holds:
        sys.exit(str(told)[-4000:] or 1)


class Upstream:
    """A server that notes what it is asked, and can be stopped and started where it was."""

    def __init__(self, name):
        self.name, self.port, self.asked = name, free_port(), []
        self.connections = set()
        self.go_on, self.left, self.drops = threading.Event(), threading.Event(), False
        self.start()

    def start(self):
        upstream = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version, disable_nagle_algorithm = "HTTP/1.1", True

            def setup(self):
                super().setup()
                upstream.connections.add(self.connection)

            def any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                upstream.asked.append((self.command, self.path, dict(self.headers), body))
                if upstream.drops:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                elif self.path == "/v1/stream":
                    self.stream()
                else:
                    self.answer()

            do_GET = do_POST = do_PUT = do_DELETE = any

            def answer(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(upstream.name)))
                self.end_headers()
                self.wfile.write(upstream.name.encode())

            def stream(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("X-Accel-Buffering", "no")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.chunk(b"data: 1\n\n")
                if upstream.go_on.wait(PATIENCE):
                    self.chunk(b"data: 2\n\n")
                # The client says no more; the end of its input is its leaving.
                self.connection.settimeout(PATIENCE)
                if self.connection.recv(1) == b"":
                    upstream.left.set()
                self.close_connection = True

            def chunk(self, data):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        """As if the process were killed: what is connected is cut."""
        self.server.shutdown()
        self.server.server_close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def main():
    if not shutil.which("nginx"):
        sys.exit("nginx is not here")
    folder = tempfile.mkdtemp(prefix="magic-proxy-balancer-")
    upstreams = [Upstream("one"), Upstream("two")]
    balancer = Balancer(folder, [u.port for u in upstreams])
    try:
        balancer.check()
        balancer.start()
        try:
            requests(balancer, upstreams)
            places(balancer)
            streams(balancer, upstreams)
            failures(balancer, upstreams)
        finally:
            balancer.stop()
    finally:
        shutil.rmtree(folder)


def requests(balancer, upstreams):
    ask(balancer, "GET", "/v1/a%2Fb?c=%20d", {"Host": "llm.example.org:8001", "Authorization": "Bearer k"})
    _, path, headers, _ = (upstreams[0].asked + upstreams[1].asked)[-1]
    say("the path arrives as it was sent", path == "/v1/a%2Fb?c=%20d", path)
    say("Host and the key, too", (headers["Host"], headers["Authorization"]) == ("llm.example.org:8001", "Bearer k"), headers)
    body = os.urandom(3_000_000)
    say("a body of 3 MB passes", ask(balancer, "POST", "/v1/big", body=body)[0] == 200)
    say("unchanged", any(asked[3] == body for u in upstreams for asked in u.asked))


def places(balancer):
    say("both gateways are asked", who(balancer, "/v1/models", 12) == {"one", "two"})
    for path in ["/", "/assets/app.js", "/admin/config", "/health", "/v1x", "/ADMIN/../admin/keys"]:
        say(f"{path} is the first one's", who(balancer, path, 6) == {"one"})
    for cookie in ["magic_session=abc", "other=1; magic_session_8001=abc"]:
        say(f"with the login {cookie} the API, too", who(balancer, "/v1/models", 6, Cookie=cookie) == {"one"})
    say("but with other cookies both", who(balancer, "/v1/models", 12, Cookie="my_magic_session=1; a=b") == {"one", "two"})
    clients = [who(balancer, "/mcp", 4, Authorization=f"Bearer {i}") for i in range(24)]
    say("an MCP client stays where it is", all(len(names) == 1 for names in clients), clients)
    say("and they are spread over both", set.union(*clients) == {"one", "two"}, clients)


def streams(balancer, upstreams):
    connection = http.client.HTTPConnection("127.0.0.1", balancer.port, timeout=PATIENCE)
    connection.request("GET", "/v1/stream")
    answer = connection.getresponse()
    say("a proxy before it is told not to buffer", answer.getheader("X-Accel-Buffering") == "no", answer.headers)
    say("the first event comes before the second is sent", answer.readline() == b"data: 1\n")
    for upstream in upstreams:
        upstream.go_on.set()
    say("then the second", [answer.readline(), answer.readline()] == [b"\n", b"data: 2\n"])
    answer.close()
    connection.close()
    until("the gateway sees that the client has left", lambda: any(u.left.is_set() for u in upstreams))
    say("the gateway sees that the client has left", True)


def failures(balancer, upstreams):
    one, two = upstreams
    one.stop()
    before = len(two.asked)
    answers = [ask(balancer, "POST", "/v1/chat/completions", body=b"{}") for _ in range(20)]
    say("a gateway that is away is skipped", answers == [(200, "two")] * 20, answers)
    say("and nothing is asked twice", len(two.asked) == before + 20)
    say("the page is the other one's then", who(balancer, "/admin/config", 6) == {"two"})
    one.start()
    until("a gateway that is back is used again", lambda: ask(balancer, "GET", "/admin/config")[1] == "one")
    say("a gateway that is back is used again", True)
    for upstream in upstreams:
        upstream.drops, upstream.asked = True, []
    status = ask(balancer, "POST", "/v1/once", body=b"{}")[0]
    asked = [a for u in upstreams for a in u.asked]
    say("what was sent and not answered is not sent to the other", (status, len(asked)) == (502, 1), (status, asked))


def ask(balancer, method, path, headers=None, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", balancer.port, timeout=PATIENCE)
    connection.request(method, path, body=body, headers=headers or {})
    answer = connection.getresponse()
    try:
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def who(balancer, path, times, **headers):
    return {ask(balancer, "GET", path, headers)[1] for _ in range(times)}


if __name__ == "__main__":
    main()
