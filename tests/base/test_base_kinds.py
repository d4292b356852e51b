"""Kinds of objects: names, configurations there and back, functions, and the words of every refusal."""

import pytest

from onionskin.base.errors import ArgumentError, UnknownNameError
from onionskin.base.kinds import Kind, builtin_function
from onionskin.base.registry import custom_objects, register_serializable


class Penalty:
    """An object with settings; base of those below."""

    def __init__(self, by=1.0):
        self.by = by

    def __call__(self, x):
        return self.by * x

    def get_config(self):
        return {"by": self.by}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def zero(x):
    return 0 * x


def kind(**settings):
    """Return a kind with one class and one function in it."""
    made = Kind("a penalty", "keras.penalties", **settings)
    made.register("Penalty", Penalty, "p")
    made.register("zero", zero)
    return made


PLAIN = kind()
BY_NAME = kind(functions=str)
BY_CONFIG = kind(functions=builtin_function)


@pytest.fixture
def registered():
    """A class and a function of the user's own, registered for one test."""

    @register_serializable("tests_kinds")
    class Own(Penalty):
        pass

    @register_serializable("tests_kinds")
    def own(x):
        return x

    yield Own, own
    for name in ("tests_kinds>Own", "tests_kinds>own"):
        custom_objects.pop(name)


def refused(call, error=ArgumentError):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


# --- find ---


def test_find_takes_names_configurations_classes_and_objects():
    made = Penalty(3.0)
    for one in (PLAIN, BY_NAME, BY_CONFIG):
        assert one.find(None) is None and one.find(made) is made and one.find(len) is len
        assert [type(one.find(name)) for name in ("Penalty", "penalty", "p", Penalty)] == [Penalty] * 4
        assert one.find("zero") is zero
        assert one.find({"class_name": "Penalty", "config": {"by": 2.0}}).by == 2.0


def test_find_refuses_the_rest():
    assert refused(lambda: PLAIN.find(3)) == (
        "this is no penalty.\n  expected: a name, a configuration, a class, a function or None\n  given:    3"
    )
    assert refused(lambda: PLAIN.find("penalti"), UnknownNameError) == (
        "there is no penalty of this name.\n  given:    'penalti'\n"
        "  to fix:   did you mean 'penalty'? Known: Penalty, p, penalty, zero"
    )


def test_usable_expected_and_classes():
    one = kind(usable=lambda entry: hasattr(entry, "by"), expected="a Penalty")
    assert one.find(Penalty).by == 1.0
    assert refused(lambda: one.find("zero")) == f"this is no penalty.\n  expected: a Penalty\n  given:    {zero!r}"
    assert kind(classes=False).find(Penalty) is Penalty


def test_any_case():
    lenient, exact = kind(any_case=True), kind()
    for one in (lenient, exact):
        one.register("RMSprop", len, "rmsprop")
        assert one.get("RMSprop") is one.get("rmsprop") is len
    assert lenient.get("RmsProp") is len
    for one, given in ((lenient, "qqq"), (exact, "QqQ")):
        assert refused(lambda one=one: one.get("QqQ"), UnknownNameError) == (
            f"there is no penalty of this name.\n  given:    {given!r}\n"
            "  to fix:   Known: Penalty, RMSprop, p, penalty, rm_sprop, rmsprop, zero"
        )
    assert refused(lambda: exact.get("RmsProp"), UnknownNameError).startswith("there is no penalty of this name.")


# --- config_of ---


def test_classes_are_written_by_name_with_their_arguments(registered):
    for one in (PLAIN, BY_NAME, BY_CONFIG):
        config = {"module": "keras.penalties", "class_name": "Penalty", "config": {"by": 2.0}, "registered_name": None}
        assert one.config_of(Penalty(2.0)) == config
        back = one.from_config(config)
        assert type(back) is Penalty and back.by == 2.0
        assert one.config_of(registered[0](2.0)) == {
            "module": __name__, "class_name": "Own", "config": {"by": 2.0}, "registered_name": "tests_kinds>Own"
        }  # fmt: skip
        assert type(one.from_config(one.config_of(registered[0]()))) is registered[0]
    assert Kind("a penalty").config_of(Penalty())["module"] == __name__


def test_functions_are_written_by_name(registered):
    for one, form in ((BY_NAME, str), (BY_CONFIG, builtin_function)):
        assert one.config_of(zero) == form("zero")
        assert one.config_of(registered[1]) == form("tests_kinds>own")
        assert one.from_config(one.config_of(zero)) is zero
        assert one.from_config(one.config_of(registered[1])) is registered[1]


def other(x):
    return x


other.__name__ = "zero"


@pytest.mark.parametrize("function", [len, other], ids=["unknown", "another function of the name"])
def test_functions_without_a_name_are_refused(function):
    for one in (BY_NAME, BY_CONFIG):
        assert refused(lambda one=one: one.config_of(function)) == (
            f"a function of your own has no name that a file could use.\n  given:    {function.__name__!r}\n"
            "  to fix:   put @onionskin.saving.register_keras_serializable() above its definition"
        )


def test_kinds_without_functions_refuse_them():
    assert refused(lambda: PLAIN.config_of(len)) == (
        "a penalty without get_config() cannot be written to a file.\n  given:    <built-in function len>\n"
        "  to fix:   make it a subclass of Penalty"
    )
    assert refused(lambda: PLAIN.config_of_function(zero)).startswith("a function of your own has no name")


# --- from_config ---


def test_a_bare_name_gives_the_entry_where_functions_belong_to_the_kind():
    assert type(PLAIN.from_config("penalty")) is Penalty
    assert BY_NAME.from_config("penalty") is BY_CONFIG.from_config("penalty") is Penalty


def test_the_callers_objects_come_before_registered_ones_and_those_before_the_kinds_own(registered):
    custom_objects["zero"] = registered[1]
    try:
        for one in (BY_NAME, BY_CONFIG):
            for config in ("zero", builtin_function("zero"), {"class_name": "zero"}):
                assert one.from_config(config) is registered[1]
                assert one.from_config(config, {"zero": len}) is len
    finally:
        custom_objects.pop("zero")
    given = {"class_name": "Penalty", "config": {"by": 2.0}}
    assert type(PLAIN.from_config(given, {"Penalty": registered[0]})) is registered[0]
    assert given == {"class_name": "Penalty", "config": {"by": 2.0}}


@pytest.mark.parametrize(
    "config",
    [3, None, ["Penalty"], {}, {"config": {}}, {"class_name": 3}, {"class_name": "Penalty", "config": [1]},
     {"class_name": "Penalty", "config": "zero"}, {"class_name": "Penalty", "registered_name": ["p"]}],
    ids=repr,
)  # fmt: skip
def test_malformed_configurations(config):
    assert refused(lambda: PLAIN.from_config(config)) == (
        "this is no configuration of a penalty.\n"
        f"  expected: a name, or a dictionary with class_name and config\n  given:    {config!r}"
    )


def test_only_a_functions_settings_are_a_name():
    for one in (BY_NAME, BY_CONFIG):
        assert refused(lambda one=one: one.from_config({"class_name": "Penalty", "config": "zero"})) == (
            "this is no configuration of a penalty.\n  expected: a name, or a dictionary with class_name and config\n"
            "  given:    {'class_name': 'Penalty', 'config': 'zero'}"
        )
        assert refused(lambda one=one: one.from_config(builtin_function("zeros")), UnknownNameError) == (
            "there is no penalty of this name.\n  given:    'zeros'\n"
            "  to fix:   did you mean 'zero'? Known: Penalty, p, penalty, zero"
        )


def test_kinds_without_bare_names():
    one = kind(bare_names=False)
    assert type(one.from_config({"class_name": "Penalty"})) is Penalty
    assert refused(lambda: one.from_config("Penalty")) == (
        "this is no configuration of a penalty.\n  expected: a dictionary with class_name and config\n"
        "  given:    'Penalty'"
    )


def test_settings_are_never_dropped():
    for one in (PLAIN, BY_NAME, BY_CONFIG):
        assert one.from_config({"class_name": "zero", "config": {}}) is zero
        assert refused(lambda one=one: one.from_config({"class_name": "zero", "config": {"by": 2.0}})) == (
            "zero: a penalty without from_config() cannot take settings from a file.\n  given:    {'by': 2.0}\n"
            "  to fix:   add the class method from_config(cls, config), which makes an object of them"
        )
