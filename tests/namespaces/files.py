"""What lies on the disk, an older SQLite, and raw HTTP to see what comes of a path that clients would tidy up."""

import socket
from urllib.parse import urlsplit


def files_below(folder):
    """Paths of all files and folders below `folder`, hidden ones too, in alphabetical order."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def older_sqlite(folder):
    """A PYTHONPATH with which the driver is the standard library's, and says that it is old."""
    package = folder / "old" / "pysqlite3"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "dbapi2.py").write_text(
        "from sqlite3.dbapi2 import *\nsqlite_version, sqlite_version_info = '3.40.1', (3, 40, 1)\n"
    )
    return str(package.parent)


def over_socket(root):
    """The `send` of a Client that writes the request line as it is, byte by byte."""
    address = urlsplit(root)

    def send(method, target, headers, body):
        lines = [f"{method} {target} HTTP/1.1", f"Host: {address.netloc}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b""))
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, content = answer.partition(b"\r\n\r\n")
        status, *names = head.decode("latin-1").split("\r\n")
        return int(status.split()[1]), dict(line.split(": ", 1) for line in names), content

    return send
