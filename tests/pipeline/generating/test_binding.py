"""A system's name is bound to what its first answers were made with."""

from dataclasses import replace

import pytest

from db.errors import NotAllowed
from db.systems import Binding
from pipeline.calling.asking import Model
from pipeline.generating import binding
from pipeline.generating.wanted import Generating
from pipeline.prompts import library

MODEL = Model("gpt", base_url="http://127.0.0.1:8000/v1", temperature=0.7)
CONFIG = Generating("a", MODEL)
PROMPT = library.find(None, "cbt-zh")


def bound(config: Generating = CONFIG, **changes: object) -> Binding:
    kept = binding.configuration(config, PROMPT, output="schema")
    return Binding(1, "api", {**kept, **changes})


def test_the_same_configuration_goes_on_also_where_a_local_server_has_another_port() -> None:
    moved = replace(CONFIG, model=replace(MODEL, base_url="http://127.0.0.1:9999/v1"))
    wanted = binding.configuration(moved, PROMPT, output="schema")
    assert bound().configuration == wanted
    binding.check("a", bound(), wanted)


def test_what_differs_is_named_with_what_it_was_and_is() -> None:
    model = Model("gpt-5", base_url="https://example.org/v1", top_p=0.9, seed=7)
    other = replace(CONFIG, model=model, answer_tokens=99)
    wanted = binding.configuration(other, library.find(None, "plain-zh"), output="text")
    with pytest.raises(NotAllowed) as refused:
        binding.check("a", bound(), wanted)
    message = refused.value.message
    for part in (
        "model gpt → gpt-5",
        "prompt cbt-zh → plain-zh",
        "output schema → text",
        "temperature 0.7 → the server's own",
        "top-p the server's own → 0.9",
        "the model's seed the server's own → 7",
        "tokens of a reply 2000 → 99",
        "server 127.0.0.1 → example.org",
    ):
        assert part in message
    assert "text of the prompt" not in message


def test_another_version_of_the_prompt_is_another_configuration_and_the_old_one_is_named() -> None:
    old = bound(prompt_hash="0123456789abcdef")
    wanted = binding.configuration(CONFIG, PROMPT, output="schema")
    with pytest.raises(NotAllowed, match="prompt cbt-zh@0123456789ab → cbt-zh@") as refused:
        binding.check("a", old, wanted)
    assert f"cbt-zh@{PROMPT.version}" in refused.value.message


def test_how_answers_are_asked_for_is_open_until_it_is_known_and_then_stays() -> None:
    assert binding.output(None, "auto") == "auto"
    assert binding.output(bound(), "auto") == "schema"
    assert binding.output(bound(output="auto"), "auto") == "auto"
    assert binding.output(bound(), "text") == "text"
    binding.check("a", bound(output="auto"), binding.configuration(CONFIG, PROMPT, output="text"))


def test_answers_that_came_from_elsewhere_bind_the_name_too() -> None:
    imported = Binding(1, "outside", None)
    with pytest.raises(NotAllowed, match="came from elsewhere"):
        binding.check("a", imported, binding.configuration(CONFIG, PROMPT, output="auto"))
