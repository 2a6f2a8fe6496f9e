#!/bin/sh
# Everything on a fresh Debian or a developer's laptop: environment, Dovecot, checks, tests.
# usage: sh tests/run.sh [pytest arguments]     MSS_VENV names another place for the environment.
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8 PIP_DISABLE_PIP_VERSION_CHECK=1

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! [ -x /usr/sbin/dovecot ]; then
    echo "== Dovecot de Debian (sans démarrer son service)"
    # policy-rc.d: the packages must not start a system-wide server beside our private ones
    [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d; made_policy=1; }
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        dovecot-imapd dovecot-managesieved dovecot-submissiond dovecot-lmtpd neomutt; } >/tmp/mss-apt.log 2>&1 \
        || echo "Dovecot n'a pas pu être installé (voir /tmp/mss-apt.log) : ses tests seront sautés."
    [ -z "${made_policy:-}" ] || rm -f /usr/sbin/policy-rc.d
fi

venv=${MSS_VENV:-.venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install -q -e '.[dev]'
"$venv/bin/python" -m compileall -q mss_tui

echo "== ruff, mypy, import-linter"
"$venv/bin/ruff" check -q mss_tui tests
"$venv/bin/ruff" format -q --check mss_tui tests
"$venv/bin/mypy"
"$venv/bin/lint-imports" --no-logo 2>/dev/null || "$venv/bin/lint-imports"

echo "== pytest"
"$venv/bin/python" -m pytest -n "${MSS_WORKERS:-2}" "$@" && exit 0
# Real servers and pseudo-terminals on a busy machine can miss their moment: what failed has one more try, alone.
echo "== une seconde fois, l'un après l'autre : ce qui a échoué"
exec "$venv/bin/python" -m pytest --last-failed --last-failed-no-failures none "$@"
