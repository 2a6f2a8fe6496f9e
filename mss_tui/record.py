"""Dataclasses that cost a start little: the functions of a class are shared, or written when first needed.

`dataclasses.dataclass` compiles six functions for every class, 0.5 ms each time; a start defines a hundred such classes
and makes instances of half of them. Use this as one uses `dataclasses.dataclass`, which it is to mypy: `field`,
`fields`, `replace`, `asdict`, `match`, `copy`, `pickle` and msgspec work as they do there. Left out, since nothing here
needs it: a guard against a record that holds itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    from dataclasses import MISSING, FrozenInstanceError
    from operator import attrgetter

    def dataclass(*, slots: bool = False, frozen: bool = False, eq: bool = True):
        """As `dataclasses.dataclass`. What a class defines itself stays."""

        def made(cls):
            own = {name for name, value in vars(cls).items() if value is not None}
            cls = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
            found = dataclasses.fields(cls)
            functions = {"__init__": _init_when_needed(cls, found), "__repr__": _repr(found)}
            if eq:
                functions["__eq__"] = _eq(found)
                functions["__hash__"] = _hash(found) if frozen else None
            functions |= {"__getstate__": _state, "__setstate__": _restore}
            if frozen:
                functions |= _frozen(cls, found)
            for name in functions.keys() - own:
                setattr(cls, name, functions[name])
            return cls

        return made

    def _frozen(cls, found):
        """Fields do not change; what a class that inherits adds to them may."""
        names = {field.name for field in found}

        def refuse(self, name):
            if type(self) is cls or name in names:
                raise FrozenInstanceError(f"{type(self).__name__}.{name} does not change")

        def __setattr__(self, name, value):  # noqa: N807 - takes the place of one, as those below
            refuse(self, name)
            super(cls, self).__setattr__(name, value)

        def __delattr__(self, name):  # noqa: N807
            refuse(self, name)
            super(cls, self).__delattr__(name)

        return {"__setattr__": __setattr__, "__delattr__": __delattr__}

    def _state(self):
        return [getattr(self, field.name) for field in dataclasses.fields(self)]

    def _restore(self, state):
        for field, value in zip(dataclasses.fields(self), state, strict=True):
            object.__setattr__(self, field.name, value)

    def _repr(found):
        names = [field.name for field in found if field.repr]

        def __repr__(self):  # noqa: N807
            return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

        return __repr__

    def _values(found):
        """What takes the values that are compared out of an instance."""
        names = [field.name for field in found if field.compare]
        return attrgetter(*names) if names else lambda _: ()

    def _eq(found):
        values = _values(found)

        def __eq__(self, other):  # noqa: N807
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        return __eq__

    def _hash(found):
        values = _values(found)
        return lambda self: hash(values(self))

    def _init_when_needed(cls, found):
        def __init__(self, *given, **named):  # noqa: N807
            cls.__init__ = _init(cls, found)
            cls.__init__(self, *given, **named)

        return __init__

    def _init(cls, found):
        """`__init__` as `dataclasses` writes it: the fields in their order, defaults and factories in its scope."""
        scope = {"put": object.__setattr__, "LEFT_OUT": object()}
        parameters, body = ["self"], []
        for field in found:
            name, value = field.name, field.name
            if field.default_factory is not MISSING:
                scope[f"new_{name}"] = field.default_factory
                value = f"new_{name}()"
            elif field.default is not MISSING:
                scope[f"default_{name}"] = field.default
                value = f"default_{name}"
            if not field.init:
                if value != name:
                    body.append(f"put(self, '{name}', {value})")
            elif field.default_factory is not MISSING:
                parameters.append(f"{name}=LEFT_OUT")
                body.append(f"put(self, '{name}', {value} if {name} is LEFT_OUT else {name})")
            else:
                parameters.append(name if value == name else f"{name}={value}")
                body.append(f"put(self, '{name}', {name})")
        if hasattr(cls, "__post_init__"):
            body.append("self.__post_init__()")
        exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body or ["pass"]), scope)  # noqa: S102 - our own names
        return scope["__init__"]


__all__ = ["dataclass"]
