"""Make grants/static from the files beside this one and the locked packages.

    .venv/bin/python grants/platform/web/assets/build.py

* `name.scss` (not `_name.scss`) becomes `name.css` and, mirrored for right-to-left, `name.rtl.css`.
* `name.js` and pictures are copied; `govuk-frontend.js` comes from its package, icons.svg from the
  Phosphor icons that icons.txt names, land.svg from the outlines of world-atlas.
* The fonts of fonts.toml are cut to the characters they name; those for papers too go whole into
  the folder `letters`, where the PDFs take them from.

Each file carries a checksum of its content in its name, so that a browser may keep it forever;
manifest.json says which name is which. Inside style sheets and scripts write the plain name
(`url("mark.svg")`, `import "./autosave.js"`): it is replaced here. Text is also stored compressed.
When nothing has changed since the last time, nothing is done.
"""

import gzip
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).resolve().parent
ROOT = SOURCES.parents[3]
OUTPUT = ROOT / "grants" / "static"
PACKAGES = ROOT / "node_modules"
MANIFEST = OUTPUT / "manifest.json"
MADE_OF = OUTPUT / "made-of"
LETTERS = OUTPUT / "letters"
"""Typefaces of the PDFs that no package has as they are needed."""

FROM_PACKAGES = {"govuk-frontend.js": "govuk-frontend/dist/govuk/govuk-frontend.min.js"}
PICTURES = {".svg", ".png", ".ico", ".webp"}
TEXT = {".css", ".js", ".svg"}
WEIGHTS = (400, 700)

NOT_USED = re.compile(
    r"--inverse|govuk-(?:exit-this-page|link-image|caption-|heading-xl|label--|label-wrapper|body-lead"
    r"|link--(?:muted|no-|text-colour)|\w+__divider|\w+__conditional"
    r"|main-wrapper--|task-list__status--cannot|visually-hidden-focusable|button__start-icon"
    r"|fieldset__legend--x?l\b|input--extra-|list--spaced|button--start\b|tag--(?!red|yellow))"
)
"""Parts of GOV.UK that no page has: tests/rules/test_tokens.py looks for them."""

_BLOCK = r"\{((?:[^{}]*\{[^{}]*\})*)\}"
LATER_ONLY = re.compile(r"@supports not[^{]*" + _BLOCK)
KNOWN_EVERYWHERE = re.compile(r"@supports ?\((?:margin|padding|border-width): max[^{]*" + _BLOCK)
"""What GOV.UK writes for browsers without max(), text-wrap or caret-color: none opens our pages."""
PRINTED_ALIKE = re.compile(
    r"@media print\{[^{}]*\{(?:font-family|font-size|color)[^{};]*(?:;line-height[^{};]*)?\}\}"
)
"""GOV.UK's type and colours on paper: ours are said once, in _print.scss."""
PREFIXED = re.compile(
    r"-(?:webkit-(?:font-smoothing|text-decoration-skip(?:-ink)?)|moz-osx-font-smoothing"
    r"|ms-user-select):[^;}]+;?"
)
"""Other spellings of what every browser of today reads."""

# A file named inside a style sheet, and one named inside a script.
IN_CSS = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")
IN_JS = re.compile(r"""(?<=["'])\./([\w.-]+\.js)(?=["'])""")


def main() -> int:
    """Build, unless the last build was made of the same things."""
    made_of = _fingerprint_of_inputs()
    if _is_current(made_of):
        return 0
    try:
        files = build()
    except Unbuildable as trouble:
        print(f"Style sheets and scripts: {trouble}", file=sys.stderr)
        return 1
    OUTPUT.mkdir(parents=True, exist_ok=True)
    names = {name: _stored_name(name, content) for name, content in files.items()}
    for name, content in files.items():
        _store_file(names[name], content)
    LETTERS.mkdir(exist_ok=True)
    for name, content in _paper_fonts():
        _write_whole(LETTERS / name, content)
    _write_whole(MANIFEST, json.dumps(names, indent=1).encode())
    _clear_away(set(names.values()))
    _write_whole(MADE_OF, made_of.encode())
    total = sum(len(content) for content in files.values())
    print(f"Made {len(files)} style sheets, scripts, pictures and fonts, {total // 1000} kB.")
    return 0


class Unbuildable(Exception):
    """What is wrong with the sources, for the person who wrote them."""


def build() -> dict[str, bytes]:
    """Return every file under its plain name; fonts and pictures first, for others name them."""
    if not (PACKAGES / "sass").is_dir():
        raise Unbuildable("node_modules is not there; run: make setup")
    if not (SOURCES / "app.scss").is_file():
        raise Unbuildable("app.scss, the style sheet of every page, is not there")
    fonts = dict(_built_fonts())
    files = (
        fonts
        | {"icons.svg": _icon_file(), "land.svg": _land_file()}
        | {p.name: p.read_bytes() for p in _source_files() if p.suffix in PICTURES}
    )
    faces = "".join(_font_face(name, f"{name}.woff2") for name in _font_table())
    for path in _source_files():
        if path.suffix == ".scss" and not path.name.startswith("_"):
            plain = faces + _used_of(_compile_sass(path))
            for name, css in {"css": plain, "rtl.css": _mirror_css(plain)}.items():
                files[f"{path.stem}.{name}"] = _with_stored_names(css, files, path).encode()
    return files | _built_scripts()


# --- Style sheets --------------------------------------------------------------------------------


def _compile_sass(path: Path) -> str:
    return _run_node(
        "sass/sass.js",
        "--style=compressed",
        "--no-source-map",
        "--no-charset",  # its byte order mark would stand after the fonts and break a rule
        "--quiet-deps",
        "--pkg-importer=node",
        f"--load-path={PACKAGES / 'govuk-frontend' / 'dist'}",
        f"--load-path={PACKAGES}",
        str(path),
    )


def _used_of(css: str) -> str:
    """The rules for parts that pages have and browsers of today need; of a colour of ours that
    GOV.UK reads from a variable, the colour itself.
    """
    css = re.sub(r"([^{}]+)\{([^{}]*)\}", _used_rule, css)
    css = LATER_ONLY.sub("", css)
    css = PRINTED_ALIKE.sub("", css)
    css = PREFIXED.sub("", css)
    css = KNOWN_EVERYWHERE.sub(r"\1", css)
    css = re.sub(r"var\(--govuk-[\w-]+, ?(#[0-9a-f]+)\)", r"\1", css)
    css = re.sub(r"--govuk-(?!breakpoint)[\w-]+:[^;{}]+;?", "", css)
    while (fewer := re.sub(r"@(?:media|supports)[^{}]+\{\s*\}", "", css)) != css:
        css = fewer
    return css


def _used_rule(rule: re.Match[str]) -> str:
    if rule[1].startswith("@"):
        return rule[0]
    selectors = re.split(r",(?![^(]*\))", rule[1])
    used = [selector for selector in selectors if not NOT_USED.search(selector)]
    return f"{','.join(used)}{{{rule[2]}}}" if used else ""


def _mirror_css(css: str) -> str:
    return _run_node("rtlcss/bin/rtlcss.js", "--silent", "-", text_in=css)


def _run_node(script: str, *arguments: str, text_in: str | None = None) -> str:
    result = subprocess.run(
        [_node_program(), PACKAGES / script, *arguments],
        input=text_in,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if result.returncode:
        raise Unbuildable((result.stderr or result.stdout).strip())
    if result.stderr.strip():  # Sass warns of what its next version will refuse
        print(result.stderr.strip(), file=sys.stderr)
    return result.stdout


def _node_program() -> str:
    """The Node that set-up put beside our Python where the machine's would not do, or that one."""
    program = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    if program is None:
        raise Unbuildable("Node is not there; run: make setup")
    return program


def _with_stored_names(css: str, files: dict[str, bytes], path: Path) -> str:
    def stored(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith(("data:", "#", "/")):  # "/": the crest of gov.uk, which no page shows
            return match[0]
        if name not in files:
            raise Unbuildable(f"{path.name}: url({name}) is no picture or font of ours")
        return f"url({_stored_name(name, files[name])})"

    return IN_CSS.sub(stored, css)


# --- Scripts -------------------------------------------------------------------------------------


def _built_scripts() -> dict[str, bytes]:
    sources = {path.name: path.read_text() for path in _source_files() if path.suffix == ".js"}
    for name, place in FROM_PACKAGES.items():
        script = (PACKAGES / place).read_text()
        sources[name] = re.sub(r"\n?//# sourceMappingURL=\S+\s*$", "\n", script)
    finished: dict[str, bytes] = {}
    for name in sources:
        _finish_script(name, sources, finished, ())
    return finished


def _finish_script(
    name: str, sources: dict[str, str], finished: dict[str, bytes], above: tuple[str, ...]
) -> None:
    """Put stored names into a script, those it imports first: its own name depends on theirs."""
    if name in above:
        raise Unbuildable(f"scripts import each other in a circle: {' → '.join((*above, name))}")
    if name not in sources:
        raise Unbuildable(f"{above[-1]} imports ./{name}, which does not exist")

    def stored(match: re.Match[str]) -> str:
        imported = match[1]
        if imported not in finished:
            _finish_script(imported, sources, finished, (*above, name))
        return f"./{_stored_name(imported, finished[imported])}"

    finished[name] = IN_JS.sub(stored, sources[name]).encode()


# --- Fonts ---------------------------------------------------------------------------------------


def _font_table() -> dict[str, dict[str, str | list[str]]]:
    return tomllib.loads((SOURCES / "fonts.toml").read_text())


def _built_fonts() -> Iterator[tuple[str, bytes]]:
    from grants.platform.web.assets.letters import for_pages

    for name, entry in _font_table().items():
        characters = _code_points(entry["characters"])
        yield f"{name}.woff2", for_pages(_font_file(entry), characters, WEIGHTS)


def _font_file(entry: dict[str, str | list[str]]) -> Path:
    """A font file: of a Node package, or of a Python package that keeps it in `files`."""
    package, file = str(entry["package"]), str(entry["file"])
    if (in_node := PACKAGES / package / "files" / file).is_file():
        return in_node
    spec = importlib.util.find_spec(package) if package.isidentifier() else None
    if spec is None or spec.origin is None:
        raise Unbuildable(f"{package} is not installed; run: make setup")
    return Path(spec.origin).parent / "files" / file


def _land_file() -> bytes:
    from grants.platform.web.assets.land import land_picture

    return land_picture(PACKAGES / "world-atlas" / "land-110m.json")


def _paper_fonts() -> Iterator[tuple[str, bytes]]:
    from grants.platform.web.assets.letters import for_papers

    for entry in _font_table().values():
        if "papers" in entry:
            for weight in WEIGHTS:
                yield f"{entry['papers']}-{weight}.ttf", for_papers(_font_file(entry), weight)


def _code_points(ranges: str | list[str]) -> Iterator[int]:
    for part in ranges:
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def _font_face(name: str, file: str) -> str:
    ranges = ",".join(f"U+{part}" for part in _font_table()[name]["characters"])
    return (
        '@font-face{font-family:"Noto Sans";font-style:normal;font-display:swap;'
        f"font-weight:{WEIGHTS[0]} {WEIGHTS[1]};"
        f"src:url({file}) format(woff2);unicode-range:{ranges}}}"
    )


# --- Icons ----------------------------------------------------------------------------------------


def _icon_file() -> bytes:
    """Phosphor's pictures of icons.txt as one file of symbols."""
    symbols = (_icon_symbol(name) for name in (SOURCES / "icons.txt").read_text("utf-8").split())
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'.encode()


def _icon_symbol(name: str) -> str:
    file = PACKAGES / "@phosphor-icons" / "core" / "assets" / "regular" / f"{name}.svg"
    if not file.is_file():
        raise Unbuildable(f"icons.txt: Phosphor has no icon {name}")
    shapes = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text("utf-8"), re.DOTALL)
    return f'<symbol id="{name}" viewBox="0 0 256 256">{shapes[1] if shapes else ""}</symbol>'


# --- Storing -------------------------------------------------------------------------------------


def _source_files() -> list[Path]:
    return sorted(path for path in SOURCES.iterdir() if path.is_file())


def _fingerprint_of_inputs() -> str:
    locks = [ROOT / "package-lock.json", ROOT / "requirements.txt"]
    digest = hashlib.sha256()
    for path in [*_source_files(), *locks]:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _is_current(made_of: str) -> bool:
    try:
        names = json.loads(MANIFEST.read_text()).values()
        complete = all((OUTPUT / name).is_file() for name in names) and any(LETTERS.iterdir())
        return complete and MADE_OF.read_text() == made_of
    except (OSError, ValueError):
        return False


def _stored_name(name: str, content: bytes) -> str:
    stem, _, ending = name.partition(".")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}.{ending}"


def _store_file(name: str, content: bytes) -> None:
    _write_whole(OUTPUT / name, content)
    if Path(name).suffix in TEXT:
        import brotli

        _write_whole(OUTPUT / f"{name}.br", brotli.compress(content))
        _write_whole(OUTPUT / f"{name}.gz", gzip.compress(content, mtime=0))


def _write_whole(path: Path, content: bytes) -> None:
    """All or nothing: a server that runs meanwhile never reads half a file."""
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _clear_away(names: set[str]) -> None:
    current = {
        MANIFEST.name,
        MADE_OF.name,
        *names,
        *(f"{n}.br" for n in names),
        *(f"{n}.gz" for n in names),
    }
    for path in OUTPUT.iterdir():
        if path.is_file() and path.name not in current:
            path.unlink()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
