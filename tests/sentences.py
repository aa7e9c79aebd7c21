"""The sentences that the code can put into errors and warnings, read from its syntax tree."""

import ast
import itertools
import re
from collections import defaultdict
from typing import NamedTuple

from jsonapi_course.errors import catalogue

from .conftest import ROOT

PACKAGE = ROOT / "jsonapi_course"
# What these say is read by nobody who asks for JSON, or is the table of errors, which the tests read as it is.
LEFT_OUT = {"cli.py", "config.py", "errors.py", "openapi.py", "german.py", "guides.py", "journal.py", "schemas"}
MARK = "70001"  # stands for what differs from one error to the next
_KEPT = {"shown": f"'{MARK}'", "quoted": f"'{MARK}'", "listed": f"'{MARK}' and '{MARK}'"}
_FEW = 4  # alternatives of a part, each of which is tried in its sentence
_MOST = 64  # alternatives of one sentence


class Sentence(NamedTuple):
    text: str
    place: str  # file:line


def sentences():
    """Every Sentence, or part of one, with a MARK for each value."""
    return _Reader().read()


def is_prose(text):
    """Whether there are words to translate beside values, names and examples."""
    return re.search(r"[a-z]+,? [a-z]+|^[; ]*[a-z]+:? 70001", re.sub(r"'[^']*'|\{.*\}", "", text)) is not None


class _Reader:
    """Follows what is given to a Fault as its detail: names, functions, alternatives, parts of f-strings.

    By name and not by type, so more is found than can be; what has no words of prose is left out in the end.
    """

    def __init__(self):
        self.trees = {path: ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py")) if _is_read(path)}
        self.bound = defaultdict(list)  # (path, function or None, name) → what is assigned to it
        self.within = {}  # node → the innermost function around it
        self.imported = set()  # (path, name)
        self.given = defaultdict(list)  # name of a member → what is given to it
        self.returned = defaultdict(list)  # name of a function → what it returns
        self.details = defaultdict(set)  # name of a function or class → positions of its argument `detail`
        self.details |= {row.__name__: {0} for row in catalogue()} | {"ValueError": {0}}
        self.texts = {}  # (path, expression) → [text]
        self.found = {}  # text → file:line

    def read(self):
        for path, tree in self.trees.items():
            functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
            self.within |= {node: function for function in functions for node in ast.walk(function)}
            for node in ast.walk(tree):
                self._index(path, node)
        for path, tree in self.trees.items():
            for expression in self._details_of(tree):
                self._note(path, expression, self._texts(path, expression))
        return [Sentence(text, place) for text, place in self.found.items()]

    def _note(self, path, expression, texts):
        for text in filter(is_prose, texts):
            self.found.setdefault(text, f"{path.relative_to(ROOT)}:{expression.lineno}")

    # --- what names stand for -----------------------------------------------------------------------
    def _index(self, path, node):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(path, target, value)
            case ast.AugAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
                self._bind(path, target, value)
            case ast.For(target=target, iter=iterated):
                for name in ast.walk(target):
                    self._bind(path, name, iterated)
            case ast.ImportFrom(names=names):
                self.imported |= {(path, alias.name) for alias in names}
            case ast.Call(keywords=keywords):
                for keyword in keywords:
                    self.given[keyword.arg].append((path, keyword.value))
            case ast.ClassDef(name=name, body=body):
                for function in body:
                    if isinstance(function, ast.FunctionDef) and function.name == "__init__":
                        self._index_arguments(name, function)
            case ast.FunctionDef(name=name):
                self._index_arguments(name, node)
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Return | ast.Yield) and inner.value is not None:
                        self.returned[name].append((path, inner.value))

    def _bind(self, path, target, value):
        if isinstance(target, ast.Tuple):
            values = value.elts if isinstance(value, ast.Tuple) else [value] * len(target.elts)
            for name, part in zip(target.elts, values, strict=False):
                self._bind(path, name, part)
        elif isinstance(target, ast.Name):
            self.bound[path, self.within.get(target), target.id].append((path, value))
        elif isinstance(target, ast.Attribute):
            self.given[target.attr].append((path, value))

    def _index_arguments(self, name, function):
        names = [argument.arg for argument in function.args.args if argument.arg != "self"]
        self.details[name] |= {position for position, argument in enumerate(names) if argument == "detail"}

    def _details_of(self, tree):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                for position in self.details.get(_name(node.func), ()):
                    yield from node.args[position : position + 1]
            elif isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(isinstance(target, ast.Attribute) and target.attr == "detail" for target in targets):
                    yield node.value

    # --- what an expression can say -----------------------------------------------------------------
    def _texts(self, path, expression):
        """The texts that an expression can be. What differs is a MARK in them; the end of a sentence that can be left
        out, or can be many, is left out of them and found by itself."""
        key = (path, expression)
        if key not in self.texts:
            self.texts[key] = []  # where it leads to itself
            self.texts[key] = list(dict.fromkeys(self._read(path, expression)))[:_MOST]
        return self.texts[key]

    def _read(self, path, expression):
        match expression:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                return _products([self._part(path, part) for part in parts])
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                return _products([self._part(path, left), self._part(path, right)])
            case ast.IfExp(body=body, orelse=other):
                return [*self._texts(path, body), *self._texts(path, other)]
            case ast.BoolOp(values=values):
                return [text for value in values for text in self._part(path, value)]
            case ast.Call(func=function) if _name(function) in _KEPT:
                return [_KEPT[_name(function)]]
        return [text for where, source in self._sources(path, expression) for text in self._texts(where, source)]

    def _part(self, path, part):
        if isinstance(part, ast.FormattedValue):
            part = part.value
        texts = self._texts(path, part)
        kept = isinstance(part, ast.Call) and _name(part.func) in _KEPT
        if kept or isinstance(part, ast.Constant | ast.BoolOp | ast.IfExp | ast.JoinedStr):
            return texts or [MARK]
        hanging = any(text[:1] in tuple(" ;:.,") and re.search("[a-z]{2}", text) for text in texts)
        worded = any(re.search("[a-z]{2,} | [a-z]{2,}", text) for text in texts)
        if worded and len(texts) <= _FEW and not isinstance(part, ast.Attribute):
            return texts
        self._note(path, part, texts)
        return [""] if hanging else [MARK]

    def _sources(self, path, expression):
        """(path, expression) of what a name, a call or a container stands for."""
        match expression:
            case ast.Name(id=name):
                own = self.bound.get((path, self.within.get(expression), name))
                for (other, function, bound), values in () if own else self.bound.items():
                    if bound == name and (other == path or function is None and (path, name) in self.imported):
                        yield from values
                yield from own or ()
            case ast.Attribute(attr=name):
                yield from self.returned[name]
                yield from self.given[name]
            case ast.Call(func=ast.Attribute(attr="get", value=container)):
                yield path, container
            case ast.Call(func=function):
                yield from self.returned[_name(function)]
            case ast.Subscript(value=container):
                yield path, container
            case ast.Dict(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
                yield from ((path, value) for value in values)


def _is_read(path):
    return not LEFT_OUT & {path.name, path.relative_to(PACKAGE).parts[0]}


def _name(function):
    return getattr(function, "id", getattr(function, "attr", None))


def _products(parts):
    return ["".join(choice) for choice in itertools.islice(itertools.product(*parts), _MOST)]
