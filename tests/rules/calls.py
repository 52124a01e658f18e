"""Which functions a function of the application leads to, as far as its imports tell."""

import ast
from collections.abc import Iterator, Mapping
from typing import TypeGuard

Place = tuple[str, str]
"""A module such as grants.giving.pledges.service, and a function of it."""


def module_of(path: str) -> str:
    """The name of the module in a file."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _imported_names(tree: ast.Module) -> dict[str, Place]:
    """What each name that a module imports from the application stands for."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def functions(trees: Mapping[str, ast.Module]) -> dict[Place, ast.FunctionDef]:
    """Every function of these modules that stands in no class."""
    return {
        (module_of(path), node.name): node
        for path, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def _uses_of(
    module: str, function: ast.FunctionDef, imports: Mapping[str, Place]
) -> Iterator[Place]:
    """The functions that it names, of its own module and of others."""
    for node in ast.walk(function):
        match node:
            case ast.Name(id=name):
                yield imports.get(name, (module, name))
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in imports:
                yield ".".join(imports[owner]), name


def uses(trees: Mapping[str, ast.Module]) -> dict[Place, set[Place]]:
    """For each function those that it names."""
    imports = {module_of(path): _imported_names(tree) for path, tree in trees.items()}
    return {
        place: {*_uses_of(place[0], function, imports[place[0]])}
        for place, function in functions(trees).items()
    }


def leading_to(graph: Mapping[Place, set[Place]], goals: set[Place]) -> set[Place]:
    """The goals, the functions that name one of them, those that name these, and so on."""
    reached = set(goals)
    while more := {place for place, named in graph.items() if named & reached} - reached:
        reached |= more
    return reached


def naming(trees: Mapping[str, ast.Module], attributes: set[str]) -> set[Place]:
    """The functions in which one of these attributes is asked for, such as `demand` of an act."""
    return {
        place
        for place, function in functions(trees).items()
        if any(
            isinstance(node, ast.Attribute) and node.attr in attributes
            for node in ast.walk(function)
        )
    }


def is_act(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    """A public function that takes an Act and does something: one that only refuses is none."""
    if not isinstance(node, ast.FunctionDef) or node.name.startswith(("_", "require_")):
        return False
    every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    return any(one.annotation and ast.unparse(one.annotation) == "Act" for one in every)
