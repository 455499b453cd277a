"""The answer: reads one HTTP/1.1 answer as its bytes come, and says when it is over.

Of a body its beginning is kept, for the person who asks why a target refused. What counts is the
status, when to try again, and whether the connection can be used once more (RFC 9112, section 6.3).
"""

import re

MOST_READ = 48 * 1024
"""Bytes of one answer, interim ones and framing included. A longer head is an error. A longer
body is not read to its end, and its connection is closed."""
MOST_KEPT = 4 * 1024
"""Bytes of a body that are kept."""
MOST_INTERIM = 8
"""Answers of the 1xx kind before the real one; an honest server sends one or two."""
MOST_LINE = 256
"""Bytes of the line before a chunk."""
BEGINNING = b"HTTP/1."
SWITCHED = 101
WITHOUT_BODY = (204, 304)
ENDLESS = -1
"""For what is left of a body that only the end of the connection ends."""
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9]{2})(?: [^\r\n]*)?\r?\n")
_HEAD_END = re.compile(rb"\n\r?\n")
_HEADER = re.compile(
    rb"\n(content-length|transfer-encoding|connection|retry-after):[ \t]*([^\r\n]*)", re.IGNORECASE
)
_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?")
_LENGTH = re.compile(rb"[0-9]{1,18}")


class NoAnswerError(ValueError):
    """What came is no HTTP/1.1 answer; the text says why in a few words."""


class Answer:
    """`status` is 0 until the head of the real answer is there; `kept` says, once it is over,
    whether the connection can be used again."""

    __slots__ = (
        *("_chunked", "_data", "_expect", "_interim", "_left", "_read"),
        *("body", "kept", "retry_after", "status"),
    )

    def __init__(self) -> None:
        self.status, self.kept = 0, False
        self.retry_after: str | None = None
        self.body = b""
        self._data = bytearray()
        self._read = self._interim = self._left = 0
        self._chunked, self._expect = False, "size"

    @property
    def begun(self) -> bool:
        """Whether any byte came."""
        return self._read > 0

    def feed(self, data: bytes) -> bool:
        """Take what came; whether the answer is over. Raises NoAnswerError."""
        self._read += len(data)
        self._data += data
        while not self.status:
            if not self._take_head(max(0, len(self._data) - len(data) - 3)):
                return False
        over = self._take_chunks() if self._chunked else self._take_body()
        if over:
            # What comes behind the end was not asked for: it must not answer the next request.
            self.kept = self.kept and not self._data
        elif self._read > MOST_READ:
            self.kept = False
            return True
        return over

    def _take_head(self, start: int) -> bool:
        """`start` is where its end may lie at the earliest: what was searched is not again."""
        data = self._data
        if not data.startswith(BEGINNING[: len(data)]):
            raise NoAnswerError("it is not HTTP/1.1")
        end = _HEAD_END.search(data, 0 if self._interim else start)
        if not end:
            if self._read > MOST_READ:
                raise NoAnswerError("its head is too long")
            return False
        head = bytes(data[: end.start() + 1])
        del data[: end.end()]
        self._read_head(head)
        return True

    def _read_head(self, head: bytes) -> None:
        line = _STATUS.match(head)
        if not line:
            raise NoAnswerError("its first line makes no sense")
        status = int(line[2])
        if status >= 200:
            self.status = status
            self._frame(line[1] == b"1", _HEADER.findall(head))
            return
        self._interim += 1
        if status == SWITCHED or self._interim > MOST_INTERIM:
            raise NoAnswerError("too many interim answers")

    def _frame(self, modern: bool, headers: list[tuple[bytes, bytes]]) -> None:
        """How the body ends, and whether the connection outlives it."""
        found: dict[bytes, list[bytes]] = {}
        for name, value in headers:
            found.setdefault(name.lower(), []).append(value.strip())
        if b"retry-after" in found:
            self.retry_after = found[b"retry-after"][0].decode("latin-1")
        options = b",".join(found.get(b"connection", ())).lower().replace(b" ", b"").split(b",")
        self.kept = b"close" not in options and (modern or b"keep-alive" in options)
        coding = b",".join(found.get(b"transfer-encoding", ())).lower()
        lengths = set(found.get(b"content-length", ()))
        if self.status in WITHOUT_BODY:
            return
        if coding:
            # With a length beside it, somebody may hope that two readers disagree.
            self._chunked = coding == b"chunked" and not lengths
        self._left = 0 if self._chunked else _length(lengths) if lengths and not coding else ENDLESS
        self.kept = self.kept and self._left != ENDLESS

    def _take_body(self) -> bool:
        """Whether all of a body that is not in chunks was there."""
        if self._left == ENDLESS:
            self._keep(len(self._data))
            self._data.clear()
            return False
        taken = min(self._left, len(self._data))
        self._keep(taken)
        self._left -= taken
        del self._data[:taken]
        return not self._left

    def _keep(self, taken: int) -> None:
        room = MOST_KEPT - len(self.body)
        if room > 0 and taken:
            self.body += bytes(self._data[: min(taken, room)])

    def _take_chunks(self) -> bool:
        data = self._data
        while self._take_body():
            end = data.find(b"\n")
            if end < 0:
                if len(data) > MOST_LINE:
                    raise NoAnswerError("its chunks make no sense")
                return False
            line = bytes(data[:end]).removesuffix(b"\r")
            del data[: end + 1]
            if self._take_line(line):
                return True
        return False

    def _take_line(self, line: bytes) -> bool:
        """One line beside the chunks; whether it ends the body."""
        if self._expect == "trailer":
            return not line
        if self._expect == "end" and not line:
            self._expect = "size"
            return False
        size = _SIZE.fullmatch(line) if self._expect == "size" else None
        if not size:
            raise NoAnswerError("its chunks make no sense")
        self._left = int(size[1], 16)
        self._expect = "end" if self._left else "trailer"
        return False


def _length(values: set[bytes]) -> int:
    [value, *others] = values
    if others or not _LENGTH.fullmatch(value):
        raise NoAnswerError("its length makes no sense")
    return int(value)
