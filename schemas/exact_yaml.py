"""The exact reader of YAML, which knows the line of every key."""

from __future__ import annotations

from typing import Any

from schemas import quick_yaml


def reader() -> Any:
    """Return the reader, made anew: it remembers what it read.

    ``line`` is where it stands while it makes a tree. It passes over comments: the one that keeps them stops at some that stand between key and value.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import RoundTripConstructor
    from ruamel.yaml.parser import Parser
    from ruamel.yaml.scanner import Scanner

    class Constructor(RoundTripConstructor):
        """What cannot be made (a day that does not exist, endless digits) stays text.

        So that the model says where it stands.
        """

        def construct_object(self, node: Any, deep: bool = False) -> Any:
            made.line = node.start_mark.line + 1
            return super().construct_object(node, deep)

        def construct_yaml_int(self, node: Any) -> Any:
            try:
                return super().construct_yaml_int(node)
            except ValueError:
                return str(node.value)

        def construct_yaml_float(self, node: Any) -> Any:
            try:
                return quick_yaml.two_ways(node.value) or super().construct_yaml_float(node)
            except (ValueError, OverflowError):
                return str(node.value)

        def construct_yaml_timestamp(self, node: Any, values: Any = None) -> Any:
            try:
                return super().construct_yaml_timestamp(node, values)
            except ValueError:
                return str(node.value)

    for kind in ("int", "float", "timestamp"):
        make = getattr(Constructor, f"construct_yaml_{kind}")
        Constructor.add_constructor(f"tag:yaml.org,2002:{kind}", make)
    made: Any = YAML(typ="rt")
    made.line = 1
    made.Scanner, made.Parser, made.Constructor = Scanner, Parser, Constructor
    return made
