"""Cut one JSON array into its elements without holding it: what is held is one element and the text that came with it.

The array may stand alone or as the only member of an object, as in `{"data": [...]}`.
"""

import json
import re
from collections.abc import Iterator

from kpi.errors import SourceError
from kpi.ingest.bounds import Bounds

_OPENING = re.compile(r'\s*(\{\s*"(?:[^"\\]|\\.){0,1000}"\s*:\s*)?\[')
_OF_NUMBERS = "0123456789.eE+-"
_SPACE = re.compile(r"[ \t\r\n]*")


def elements(texts: Iterator[str], source_file: str, bounds: Bounds) -> Iterator[str]:
    """Yield the text of each element; raise `SourceError` when the file is no array, or one cannot be read."""
    text = _Text(texts, source_file, bounds)
    opening = _OPENING.match(text.held)
    if opening is None:
        raise SourceError("json_not_records", file=source_file)
    text.at = opening.end()
    if text.next() != "]":
        yield text.element()
        while text.next() == ",":
            text.at += 1
            text.next()
            yield text.element()
    for closing in "]}" if opening[1] else "]":
        if text.next() != closing:
            raise text.broken()
        text.at += 1
    if text.next():
        raise text.broken()


class _Text:
    """The text from a place on; more is read as it is needed."""

    def __init__(self, texts: Iterator[str], source_file: str, bounds: Bounds) -> None:
        self.texts, self.source_file = texts, source_file
        self.most_mebibytes = bounds.row_mebibytes
        self.held, self.at, self.row = "", 0, 1
        self.scan = json.JSONDecoder(object_pairs_hook=lambda _: None, parse_int=str, parse_float=str).raw_decode
        self._more()

    def next(self) -> str:
        """Return the next letter that is no space; "" at the end."""
        while True:
            space = _SPACE.match(self.held, self.at)
            self.at = space.end() if space else self.at
            if self.at < len(self.held):
                return self.held[self.at]
            if not self._more():
                return ""

    def element(self) -> str:
        """Return the element that begins here, and go behind it."""
        while True:
            try:
                _, end = self.scan(self.held, self.at)
            except (ValueError, RecursionError) as error:
                if self._is_too_long(len(self.held)) or isinstance(error, RecursionError) or not self._more():
                    raise self.broken() from error
                continue
            is_whole = self.held[end : end + 2].strip(_OF_NUMBERS) or self._is_too_long(len(self.held))
            if is_whole or not self._more():  # a number goes on where its text does
                break
        if self._is_too_long(end):
            raise self.broken()
        element = self.held[self.at : end]
        self.at = end
        self.row += 1
        return element

    def broken(self) -> SourceError:
        """Return the error that names the record at which nothing more can be read."""
        return SourceError("json_broken", file=self.source_file, row=self.row, mebibytes=self.most_mebibytes)

    def _is_too_long(self, end: int) -> bool:
        return end - self.at > self.most_mebibytes * 2**20

    def _more(self) -> bool:
        try:
            text = next(self.texts, "")
        except UnicodeDecodeError as error:
            raise SourceError("encoding_unknown", file=self.source_file, row=self.row) from error
        self.held, self.at = self.held[self.at :] + text, 0
        return bool(text)
