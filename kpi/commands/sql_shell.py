"""An interactive shell on the published file: prompt-toolkit in front, the sandbox behind every statement."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application.current import get_app
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.lexers import PygmentsLexer
from pygments.lexers.sql import SqlLexer

from kpi import messages
from kpi.commands.rows_output import print_rows, say_rows
from kpi.commands.terminal import print_table, say, say_error, screen
from kpi.errors import KpiError, QueryRefused
from kpi.examples import Value, find_example, load_examples, parameter_value
from kpi.settings import Settings
from kpi.warehouse.sandbox import Sandbox

PROMPT = "kpi> "
COMMANDS = (".tables", ".schema", ".examples", ".run", ".help", ".quit")
CATALOGUE_ROWS = 20_000
WORDS = """
select object_name as word, kind, en as meaning, ar as meaning_ar, null as home from meta_object
union all
select macro_name, 'macro', en, ar, null from meta_macro
union all
select column_name, 'column', en, ar, object_name from meta_column
union all
select distinct function_name, 'function', null, null, null from duckdb_functions() where internal
union all
select keyword_name, 'keyword', null, null, null from duckdb_keywords()
"""
WORDS_WITHOUT_MEANING = """
select table_name, 'table', null, null, null from duckdb_columns() where not internal
union all
select column_name, 'column', null, null, table_name from duckdb_columns() where not internal
"""
OBJECTS = """
select object_name, kind, en, ar from meta_object union all select macro_name, 'macro', en, ar from meta_macro
"""
SCHEMA = "select column_name, data_type, en, ar from meta_column where object_name = $name order by position"
SOURCES = ("table", "view", "macro")


class SqlCompleter(Completer):
    """Offer tables, views, macros, columns, functions and keywords; after `from` sources, after a dot their columns."""

    def __init__(self, words: Iterable[tuple[str, str, str, str | None]]) -> None:
        self._words = sorted(set(words), key=lambda one: (one[1] == "keyword", one[1] == "function", one[0]))

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Return what the word before the cursor may become."""
        before = document.text_before_cursor
        if before.startswith("."):
            yield from (Completion(one, -len(before)) for one in COMMANDS if one.startswith(before))
            return
        typed = re.search(r"(?:(\w+)\.)?(\w*)$", before)
        home, prefix = (typed[1], typed[2].lower()) if typed else (None, "")
        after_from = re.search(r"\b(from|join)\s+\w*$", before, re.IGNORECASE)
        if not prefix and not home and not after_from:
            return
        given: set[str] = set()
        for word, kind, meaning, owner in self._words:
            fits = owner == home if home else (kind in SOURCES if after_from else True)
            if fits and word.lower().startswith(prefix) and word not in given:
                given.add(word)
                yield Completion(word, -len(prefix), display_meta=meaning or kind)


class Shell:
    """Hold one conversation with one build."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sandbox = Sandbox(
            settings.workspace, settings.build, timeout_seconds=settings.query_timeout_seconds,
            walls_demanded=False, spare=True,
        )  # fmt: skip

    def run(self) -> None:
        """Read statements and commands until the end of input."""
        try:
            session: PromptSession[str] = PromptSession(
                history=FileHistory(str(history_file())), completer=self._completer(), lexer=PygmentsLexer(SqlLexer),
                multiline=True, key_bindings=_keys(), complete_while_typing=True, prompt_continuation="...> ",
            )  # fmt: skip
            self._welcome()
            while (text := self._read(session)) is not None:
                self._take(text)
        except EOFError:
            pass
        finally:
            self._sandbox.close()

    def _read(self, session: PromptSession[str]) -> str | None:
        try:
            text = session.prompt(PROMPT).strip()
        except KeyboardInterrupt:
            return ""
        return None if text == ".quit" else text

    def _take(self, text: str) -> None:
        try:
            if text.startswith("."):
                self._command(*text.split())
            elif text.rstrip("; \n"):
                self._ask(text, {})
        except KpiError as error:
            say_error(error)

    def _ask(self, statement: str, parameters: dict[str, Value]) -> None:
        running = self._sandbox.start(statement, row_limit=self._settings.query_row_limit, parameters=parameters)
        try:
            result = running.result()
        except KeyboardInterrupt:
            running.kill()
            raise QueryRefused("query_cancelled") from None
        print_rows(result.rows)
        say_rows(result, self._settings.language)

    def _command(self, name: str, *arguments: str) -> None:
        language = self._settings.language
        titles = {key: messages.text(f"shell.{key}", language) for key in ("name", "meaning", "column", "type")}
        place = 3 if language == "ar" else 2
        if name == ".tables":
            rows = self._rows(OBJECTS)
            print_table([titles["name"], titles["meaning"]], [(row[0], row[place]) for row in rows])
        elif name == ".schema" and arguments:
            rows = self._rows(SCHEMA, name=arguments[0])
            headings = [titles["column"], titles["type"], titles["meaning"]]
            print_table(headings, [(*row[:2], row[place]) for row in rows])
        elif name == ".examples":
            titles_of = [(one.name, one.title(language), one.call) for one in load_examples().values()]
            print_table([titles["name"], titles["meaning"], messages.text("examples.parameters", language)], titles_of)
        elif name == ".run" and arguments:
            saved = find_example(arguments[0])
            given = dict(argument.partition("=")[::2] for argument in arguments[1:])
            self._ask(saved.sql, saved.values({key: parameter_value(value) for key, value in given.items()}))
        else:
            say("shell.help" if name == ".help" else "shell.unknown", language, command=name)

    def _rows(self, statement: str, **parameters: Value) -> list[tuple]:
        return self._sandbox.start(statement, row_limit=CATALOGUE_ROWS, parameters=parameters).result().rows.rows()

    def _completer(self) -> SqlCompleter:
        place = 3 if self._settings.language == "ar" else 2
        try:
            rows = self._rows(WORDS)
        except QueryRefused:
            # A build from before the file described itself.
            rows = self._rows(WORDS_WITHOUT_MEANING)
        return SqlCompleter((row[0], row[1], row[place] or "", row[4]) for row in rows)

    def _welcome(self) -> None:
        language = self._settings.language
        build, programme_ar, programme_en, synthetic, *notes = self._rows(
            "select build_id, programme_ar, programme_en, synthetic, synthetic_note_ar, synthetic_note_en "
            "from serve_freshness"
        )[0]
        say("shell.welcome", language, build=build, programme=programme_ar if language == "ar" else programme_en)
        if synthetic:
            screen.print(notes[0 if language == "ar" else 1], soft_wrap=True, markup=False)


def run_shell(settings: Settings) -> None:
    """Open the shell on the build in service, or on the one asked for; raise as `Sandbox` does when there is none."""
    Shell(settings).run()


def history_file() -> Path:
    """Return the file that keeps what was typed, readable by its owner only."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    path = state / "kpi" / "sql_history"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    return path


def _keys() -> KeyBindings:
    """Let Enter send a finished statement or a command, and begin a new line in an unfinished one."""
    keys = KeyBindings()

    @Condition
    def is_finished() -> bool:
        text = get_app().current_buffer.text.strip()
        return not text or text.endswith(";") or text.startswith(".")

    @keys.add("enter", filter=is_finished)
    def _(event: object) -> None:
        get_app().current_buffer.validate_and_handle()

    return keys
