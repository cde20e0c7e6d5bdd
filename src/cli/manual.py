#!/usr/bin/env python3
"""Pages of the manual (man1/) and completions for bash, zsh and fish, from what `costrisk COMMAND --help` prints.

usage: manual.py COSTRISK FOLDER
       manual.py --self-test
"""
import dataclasses
import pathlib
import re
import subprocess
import sys

INDENT = re.compile(r"^  (?=\S)")
CHOICES = re.compile(r":\{([^}]*)\}")


@dataclasses.dataclass
class Option:
    names: list  # "-o", "--output"
    value: str  # what it takes, as "OUT.h5"; empty: nothing
    choices: list
    text: str


@dataclasses.dataclass
class Command:
    words: list  # "costrisk", "calibrate", "price"
    summary: str = ""
    usage: str = ""
    positionals: list = dataclasses.field(default_factory=list)  # (name, text)
    options: list = dataclasses.field(default_factory=list)
    subcommands: list = dataclasses.field(default_factory=list)  # (name, text), then Command
    rest: str = ""  # explanations and examples behind the lists

    @property
    def name(self):
        return " ".join(self.words)

    @property
    def page(self):
        return "-".join(self.words)


def listed(lines):
    """[term, text] of a list in two columns, the text also on the lines below."""
    found = []
    for line in lines:
        if INDENT.match(line):
            term, _, text = line.strip().partition("  ")
            found.append([term, text.strip()])
        elif found:
            found[-1][1] = (found[-1][1] + " " + line.strip()).strip()
    return found


def option_of(term, text):
    names, _, value = term.partition(" ")
    choices = CHOICES.search(value)
    value = re.sub(r":INT in \[.*?\]|:[A-Z]+ in \[.*?\]", "", CHOICES.sub("", value))
    return Option(names.split(","), value.strip(), choices[1].split(",") if choices else [], text)


def command_of(words, help_text):
    command = Command(words)
    lines = help_text.splitlines()
    command.summary = lines[0].strip()
    command.usage = next((line.removeprefix("Usage: ") for line in lines if line.startswith("Usage: ")), command.name)
    lists = {"Positionals:": "positionals", "Options:": "options", "Subcommands:": "subcommands"}
    place = 2
    while place < len(lines):
        kind = lists.get(lines[place].strip())
        if lines[place].strip() and not kind:
            break
        place += 1
        if kind:
            end = next((i for i in range(place, len(lines)) if not lines[i].strip()), len(lines))
            found = listed(lines[place:end])
            setattr(
                command, kind, [option_of(*one) for one in found] if kind == "options" else [tuple(o) for o in found]
            )
            place = end
    command.rest = "\n".join(lines[place:]).strip("\n")
    return command


def walked(program, words=("costrisk",)):
    """The command and all below it, each before its own."""
    done = subprocess.run([program, *words[1:], "--help"], capture_output=True, text=True, check=True)
    command = command_of(list(words), done.stdout)
    below = [inner for name, _ in command.subcommands for inner in walked(program, (*words, name))]
    return [command, *below]


def roff(text):
    """Text that troff takes as it stands."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def man_page(command, version):
    out = [
        f'.TH {command.page.upper()} 1 "" "costrisk {version}" "costrisk"',
        ".SH NAME",
        f"{roff(command.page)} \\- {roff(command.summary)}",
        ".SH SYNOPSIS",
        f".B {roff(command.usage)}",
    ]
    sections = (
        ("ARGUMENTS", [(name.replace(" REQUIRED", ""), text) for name, text in command.positionals]),
        ("COMMANDS", command.subcommands),
        (
            "OPTIONS",
            [
                (
                    ", ".join(one.names)
                    + (" " + one.value if one.value else "")
                    + (": " + ", ".join(one.choices) if one.choices else ""),
                    one.text,
                )
                for one in command.options
            ],
        ),
    )
    for title, found in sections:
        if found:
            out.append(f".SH {title}")
            for term, text in found:
                out += [".TP", f".B {roff(term)}", roff(text) or "\\&"]
    if command.rest:
        out += [".SH DESCRIPTION", ".nf", roff(command.rest), ".fi"]
    if command.subcommands or len(command.words) > 1:
        others = [f"{command.page}-{name}" for name, _ in command.subcommands] or ["-".join(command.words[:-1])]
        out += [".SH SEE ALSO", ", ".join(f"\\fB{roff(page)}\\fR(1)" for page in others)]
    return "\n".join(out) + "\n"


def bash(commands):
    cases = []
    for command in commands:
        words = [name for name, _ in command.subcommands] + [name for one in command.options for name in one.names]
        cases.append(f'    "{command.name}") words="{" ".join(words)}" ;;')
    values = []
    for command in commands:
        for one in command.options:
            for name in one.names:
                if one.choices:
                    values.append(
                        f'    "{command.name} {name}") COMPREPLY=($(compgen -W "{" ".join(one.choices)}" -- "$cur")); return ;;'
                    )
                elif one.value:
                    values.append(f'    "{command.name} {name}") COMPREPLY=($(compgen -f -- "$cur")); return ;;')
    deeper = [
        f'      "{" ".join(command.words[:-1])} {command.words[-1]}") command="{command.name}" ;;'
        for command in commands[1:]
    ]
    return "\n".join(
        [
            "# Completion of costrisk for bash.",
            "_costrisk() {",
            "  local cur=${COMP_WORDS[COMP_CWORD]} command=costrisk words word",
            "  COMPREPLY=()",
            '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
            '    case "$command $word" in',
            *deeper,
            "    esac",
            "  done",
            '  case "$command ${COMP_WORDS[COMP_CWORD-1]}" in',
            *values,
            "  esac",
            '  case "$command" in',
            *cases,
            "  esac",
            '  if [[ $cur == -* || ($command == costrisk || $command == "costrisk calibrate") ]]; then',
            '    COMPREPLY=($(compgen -W "$words" -- "$cur"))',
            "  else",
            '    COMPREPLY=($(compgen -f -- "$cur"))',
            "  fi",
            "}",
            "complete -o filenames -F _costrisk costrisk",
            "",
        ]
    )


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def zsh_text(text):
    return re.sub(r"([\[\]:\\])", r"\\\1", text)


def zsh(commands):
    out = ["#compdef costrisk", "# Completion of costrisk for zsh."]
    for command in commands:
        arguments = []
        for one in command.options:
            value = (
                (
                    f":{zsh_text(one.value)}:({' '.join(one.choices)})"
                    if one.choices
                    else f":{zsh_text(one.value)}:_files"
                )
                if one.value
                else ""
            )
            for name in one.names:
                arguments.append(quoted(f"*{name}[{zsh_text(one.text)}]{value}"))
        function = "_" + command.page.replace("-", "_")
        body = [f"{function}() {{"]
        if command.subcommands:
            body += [
                "  local state line",
                "  _arguments -C \\",
                *[f"    {one} \\" for one in arguments],
                "    '1: :->command' '*:: :->rest'",
                "  case $state in",
                "    command) local -a names=(",
            ]
            body += [f"      {quoted(name + ':' + zsh_text(text))}" for name, text in command.subcommands]
            body += ["    ); _describe command names; _files ;;", "    rest) case $line[1] in"]
            body += [f"      {name}) {function}_{name} ;;" for name, _ in command.subcommands]
            body += ["      *) _files ;;", "    esac ;;", "  esac", "}"]
        else:
            body += ["  _arguments \\", *[f"    {one} \\" for one in arguments], "    '*:file:_files'", "}"]
        out += body
    return "\n".join(out + ['_costrisk "$@"', ""])


def fish(commands):
    out = ["# Completion of costrisk for fish."]
    for command in commands:
        inner = [name for name, _ in command.subcommands]
        conditions = [f"__fish_seen_subcommand_from {word}" for word in command.words[1:]]
        here = "; and ".join(conditions) or "true"
        none = f"not __fish_seen_subcommand_from {' '.join(inner)}"
        for name, text in command.subcommands:
            condition = f"{none}; and {here}" if conditions else "__fish_use_subcommand"
            out.append(f"complete -c costrisk -n {quoted(condition)} -a {name} -d {quoted(text)}")
        for one in command.options:
            flags = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in one.names)
            value = f" -x -a {quoted(' '.join(one.choices))}" if one.choices else " -r" if one.value else ""
            condition = here if conditions else "__fish_use_subcommand"
            out.append(f"complete -c costrisk -n {quoted(condition)} {flags}{value} -d {quoted(one.text)}")
    return "\n".join(out) + "\n"


SAMPLE = """Do it
Usage: costrisk do [OPTIONS] FILE

Positionals:
  FILE TEXT REQUIRED          What to do

Options:
  -h,--help                   Print this help message and exit
  --backend NAME:{auto,scalar}
                              What to compute on,
                              here
  --threads N:INT in [1 - 4096]
                              Threads

.A line that troff would take for its own.
Examples:
  costrisk do it
"""


def self_test():
    command = command_of(["costrisk", "do"], SAMPLE)
    names = [(one.names, one.value, one.choices, one.text) for one in command.options]
    assert names == [
        (["-h", "--help"], "", [], "Print this help message and exit"),
        (["--backend"], "NAME", ["auto", "scalar"], "What to compute on, here"),
        (["--threads"], "N", [], "Threads"),
    ], names
    assert command.rest.endswith("costrisk do it")
    page = man_page(command, "1")
    assert "\\&.A line" in page and "\\-\\-backend NAME: auto, scalar" in page, page
    assert "--backend" in bash([Command(["costrisk"], subcommands=[("do", "")]), command])


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        print("help is understood")
        return
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    commands = walked(program)
    files = {f"man1/{command.page}.1": man_page(command, version) for command in commands}
    files |= {"bash/costrisk": bash(commands), "zsh/_costrisk": zsh(commands), "fish/costrisk.fish": fish(commands)}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
