"""Every command of docs/operations.md, in its order, on a machine as an office has it.

A block that nobody names here is run as it stands. What is another on this machine (a name, a
password, an answer to a question) is a change with its reason; one that no line asks for any more
fails.
"""

import re
from dataclasses import dataclass

import pytest

from tests.deploy.office import ROOT, Office, lacking, office

TEXT = (ROOT / "docs/operations.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
NOT_RUN = {
    '{"method": "GET"': "lines of the log",
    '{"page": "signin.sign_in"': "lines of the log",
    "# /etc/systemd/system/paragraph20-trail": "a unit of the office's own, and a shipper",
    "[databases]": "settings of PgBouncer: tests/deploy/test_pooled.py has them",
}
"""How blocks begin that are no commands, and what they are."""


@dataclass(frozen=True)
class Change:
    """What is run in the place of a part of the document, and why."""

    part: str
    instead: str
    why: str


def _set(name: str, value: str) -> str:
    file = "/etc/paragraph20.env"
    return f"\nsed -i '/^{name}=/d' {file}\necho '{name}={value}' >> {file}"


def _also(part: str, more: str, why: str) -> Change:
    return Change(part, part + more, why)


def _address(secret: str) -> str:
    return f"postgresql://paragraph20:{secret}@127.0.0.1/paragraph20"


OWNER = "paragraph20_owner:owner-word@127.0.0.1/paragraph20"
BUCKET = "s3://fund-files?region=eu-central-1&encryption=AES256"
HERE = f"{BUCKET}&endpoint=http://127.0.0.1:9000"
MAKE = f"""git clone --quiet --no-hardlinks {ROOT} /opt/paragraph20 && cd /opt/paragraph20
git -C {ROOT} ls-files -z --cached --others --exclude-standard \\
  | tar --create --null --ignore-failed-read -C {ROOT} -T - 2> /dev/null | tar --extract
ln -s {ROOT}/.venv {ROOT}/node_modules . && .venv/bin/python grants/platform/web/assets/build.py"""
FILLED = (
    _set("DATABASE_URL", _address("first-word"))
    + _set("SECRET_KEY", "0123456789abcdef" * 3)
    + _set("MAIL_URL", "smtp://127.0.0.1:$(head -n 1 /run/begun.log)").replace("'", '"')
)
LATER = """today=$(date +%F); sleep 2; moment=$(date +'%F %T.%N%:z'); sleep 1
runuser -u postgres -- psql -d paragraph20 -c 'CREATE TABLE later ()' -c 'SELECT pg_switch_wal()'
systemctl stop paragraph20
runuser -u postgres -- pg_ctl -w -D /srv/postgresql -m fast stop
"""
CHANGES = (
    _also("createuser paragraph20_owner --pwprompt", " <<< $'owner-word\nowner-word'", "asks"),
    _also("createuser paragraph20 --pwprompt", " <<< $'first-word\nfirst-word'", "asks"),
    Change(
        "git clone … /opt/paragraph20 && cd /opt/paragraph20 && make setup",
        MAKE,
        "no network: the packages of this checkout, which `make setup` installed",
    ),
    Change(
        "-q .venv/lib grants app.py", "-q grants app.py", "a minute and a half for the packages"
    ),
    _also("install -m 600 deploy/paragraph20.env /etc/paragraph20.env", FILLED, "fill it in"),
    _also(
        "install -m 600 /dev/null /etc/paragraph20-owner.env",
        f"\necho 'DATABASE_OWNER_URL=postgresql://{OWNER}' > /etc/paragraph20-owner.env",
        "fill it in",
    ),
    Change("systemctl reload nginx", "nginx -s reload", "its unit is Debian's, not ours"),
    Change("ssh-keygen -Y verify", "cd /srv/dist && ssh-keygen -Y verify", "where the files lie"),
    Change("git checkout <new version> && make setup", "git checkout --quiet v9.0.0", "no network"),
    _also(
        r"psql --command '\password paragraph20'",
        " <<< $'second-word\nsecond-word'" + _set("DATABASE_URL", _address("second-word")),
        "asks, and is to be filled in",
    ),
    Change(
        "# SECRET_KEY: the new one there, the old one in FORMER_SECRET_KEYS\n",
        _set("FORMER_SECRET_KEYS", "0123456789abcdef" * 3)
        + _set("SECRET_KEY", "fedcba9876543210" * 3)
        + "\n",
        "fill it in",
    ),
    Change(BUCKET, HERE, "the storage of this machine"),
    Change(
        "# FILES_URL=s3://… in /etc/paragraph20.env\n",
        _set("FILES_URL", HERE) + "\n",
        "fill it in",
    ),
    Change(
        "p20ctl backups key /srv/key/backups ",
        "key=$(p20ctl backups key /srv/key/backups)"
        + _set("BACKUP_RECIPIENTS", "$key").replace("'", '"')
        + "\n",
        "fill it in",
    ),
    Change("paragraph20:…@", "paragraph20:second-word@", "the password"),
    Change("paragraph20_owner:…@", "paragraph20_owner:owner-word@", "the password"),
    Change("cp -a /srv/base/2026-11-24", LATER + "cp -a /srv/base/$today", "the day"),
    Change("<<'END'\nrestore_command", "<<END\nrestore_command", "the moment"),
    Change("2026-11-30 14:05:00+00", "$moment", "the moment"),
)
NEIGHBOURS = f"""cd {ROOT}
export AWS_ACCESS_KEY_ID=fund AWS_SECRET_ACCESS_KEY=s
.venv/bin/python -m tests.deploy.neighbours"""
BEFORE = f"""
mkdir /srv/dist && cd /srv/dist
echo bundle > bundle.tar.gz && sha256sum bundle.tar.gz > SHA256SUMS
install -d -m 700 /srv/key-of-releases
ssh-keygen -q -t ed25519 -N '' -f /srv/key-of-releases/release
echo "release@example.org $(cat /srv/key-of-releases/release.pub)" > allowed_signers
ssh-keygen -q -Y sign -f /srv/key-of-releases/release -n paragraph20 SHA256SUMS
git config --global user.email fund@example.org && git config --global user.name Fund
for folder in {ROOT} {ROOT}/.git; do git config --global --add safe.directory $folder; done
git -C {ROOT} tag v9.0.0
for _ in $(seq 100); do if [ -s /run/begun.log ]; then exit; fi; sleep 0.3; done
cat /run/begun.log; exit 1
"""
STORAGE = _set("AWS_ACCESS_KEY_ID", "fund") + _set("AWS_SECRET_ACCESS_KEY", "s")


def changed(block: str) -> str:
    """A block as it is run here."""
    for change in CHANGES:
        block = block.replace(change.part, change.instead)
    return block.replace(" && ", "\n")  # so that the failure of a first part is one too


def conf(text: str) -> str:
    """A block of postgresql.conf as commands."""
    return f"""cat >> /srv/postgresql/postgresql.conf <<'END'
{text}END
install -d -m 700 -o postgres -g postgres /srv/wal
runuser -u postgres -- pg_ctl -w -D /srv/postgresql -l /srv/postgresql/log restart > /dev/null"""


def test_every_block_is_commands_settings_or_has_a_reason() -> None:
    for kind, text in BLOCKS:
        told = [begin for begin in NOT_RUN if text.startswith(begin)]
        assert kind == "sh" or told or "archive_mode" in text, text


def test_no_change_is_left_over() -> None:
    for change in CHANGES:
        assert any(change.part in text for _kind, text in BLOCKS), change


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.skipif(bool(lacking()), reason=f"this machine lacks {' '.join(lacking())}")
def test_the_commands_of_the_document_succeed_in_their_order() -> None:
    with office() as machine:
        machine.begin(NEIGHBOURS)
        told = machine.run(BEFORE)
        assert told.returncode == 0, told.stdout
        for kind, text in BLOCKS:
            if not any(text.startswith(begin) for begin in NOT_RUN):
                run_block(machine, changed(text) if kind == "sh" else conf(text))


def run_block(machine: Office, script: str) -> None:
    if BUCKET in script:
        script = STORAGE + "\n" + script
    done = machine.run("set -x\n" + script)
    assert done.returncode == 0, f"{script}\n\n{done.stdout[-6000:]}\n\n{machine.logs()[-4000:]}"
