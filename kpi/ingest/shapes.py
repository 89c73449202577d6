"""Give a table the shape of a log: fill merged cells downwards, and make rows of columns."""

from dataclasses import replace

import polars as pl

from kpi.errors import SourceError
from kpi.ingest.chunks import FLAW, HEADER_JOINT, ROW, Chunk
from kpi.ingest.contracts import CONTRACTS
from kpi.ingest.headers import known_headers
from kpi.ingest.normalise import clean, folded, folded_key, label_key
from kpi.ingest.numbers import plain_numbers
from kpi.ingest.sources import Source, Unpivot, glob_pattern


class Shaper:
    """Shape the slices of one file, in order; it remembers what stood last in the columns that are filled down."""

    def __init__(self, source: Source, source_file: str) -> None:
        self.source, self.source_file = source, source_file
        self.last: dict[str, str | None] = {}

    def shape(self, chunk: Chunk) -> Chunk:
        """Return a slice in the shape of its log; raise `SourceError` when what is declared is not there."""
        frame = chunk.frame
        if self.source.fill_down:
            frame = self._filled(frame, chunk.headers)
        if self.source.unpivot:
            frame = self._unpivoted(frame, chunk.headers, self.source.unpivot)
        return chunk if frame is chunk.frame else replace(chunk, frame=frame)

    def _filled(self, frame: pl.DataFrame, headers: list[str]) -> pl.DataFrame:
        known = known_headers(CONTRACTS[self.source.log], self.source)
        alike = folded(known)
        for header in headers:
            column = known.get(label_key(header)) or alike.get(folded_key(header))
            if column not in self.source.fill_down:
                continue
            texts = frame[header].cast(pl.String)
            given = texts.set((texts.str.strip_chars() == "").fill_null(value=False), None)
            filled = given.fill_null(strategy="forward")
            filled = _filled_from(filled, self.last.get(header))
            self.last[header] = filled[-1] if len(filled) else self.last.get(header)
            frame = frame.with_columns(filled.alias(header))
        return frame

    def _unpivoted(self, frame: pl.DataFrame, headers: list[str], unpivot: Unpivot) -> pl.DataFrame:
        said = {header: self._says(header, unpivot) for header in headers if _is_meant(header, unpivot)}
        total = next(
            (header for header in headers if unpivot.total and label_key(header) == label_key(unpivot.total)), None
        )
        if not said or (unpivot.total and total is None):
            missing = unpivot.total if said else ", ".join((*unpivot.columns, *unpivot.headers))
            raise SourceError("unpivot_missing", file=self.source_file, columns=missing)
        kept = [header for header in headers if header not in said and header != total]
        parts = []
        for place, (header, texts) in enumerate(said.items()):
            if total is None and _is_blank(frame[header]):
                continue  # a month that has not come yet: no row of the file says anything about it
            parts.append(_part(frame, kept, frame[header], place, texts, unpivot))
        if total is not None:
            rest = _rest(frame, total, list(said))
            parts.append(_part(frame, kept, rest, len(said), (str(unpivot.rest),), unpivot))
        if not parts:
            parts = [_part(frame.clear(), kept, frame[next(iter(said))].clear(), 0, next(iter(said.values())), unpivot)]
        steps = len(said) + 1
        together = pl.concat([part.with_columns((pl.col(ROW) - 1) * steps + pl.col(_PLACE) + 1) for part in parts])
        return together.drop(_PLACE).sort(ROW)

    def _says(self, header: str, unpivot: Unpivot) -> tuple[str, ...]:
        """Return what a header says for each of the columns that take it."""
        told = {label_key(name): texts for name, texts in unpivot.headers.items()}
        texts = told.get(label_key(header)) or tuple(part.strip() for part in header.split(HEADER_JOINT.strip()))
        if len(texts) != len(unpivot.into):
            facts = {"header": header, "into": ", ".join(unpivot.into)}
            raise SourceError("unpivot_header", file=self.source_file, **facts)
        return texts


_PLACE = "\x1eplace"


def _filled_from(texts: pl.Series, last: str | None) -> pl.Series:
    return texts if last is None else texts.fill_null(last)


def _is_meant(header: str, unpivot: Unpivot) -> bool:
    label = label_key(header)
    if label in map(label_key, unpivot.headers):
        return True
    return any(glob_pattern(label_key(glob)).fullmatch(label) for glob in unpivot.columns)


def _is_blank(cells: pl.Series) -> bool:
    return clean(cells.cast(pl.String)).is_null().all()


def _part(
    frame: pl.DataFrame, kept: list[str], cells: pl.Series, place: int, texts: tuple[str, ...], unpivot: Unpivot
) -> pl.DataFrame:
    """Return the rows that one column becomes."""
    told = [pl.lit(text).alias(name) for name, text in zip(unpivot.into, texts, strict=True)]
    value = cells.cast(pl.String).alias(unpivot.values)
    return frame.select(*kept, ROW, FLAW).with_columns(*told, value, pl.lit(place, dtype=pl.Int64).alias(_PLACE))


def _rest(frame: pl.DataFrame, total: str, parts: list[str]) -> pl.Series:
    """Return what remains of a total beside its parts, as text; null where one of them is no number."""
    numbers = [
        plain_numbers(clean(frame[name].cast(pl.String))).cast(pl.Decimal(38, 3), strict=False)
        for name in (total, *parts)
    ]
    rest = numbers[0]
    for number in numbers[1:]:
        rest = rest - number
    return rest.cast(pl.String).str.replace(r"\.0+$", "")
