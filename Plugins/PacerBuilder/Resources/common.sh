#!/bin/bash
# Read by every step: the settings, the root folder, and what steps share. A step may be run again; it ends at its first error
# and says what that was.
set -Eeuo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
STEP=$(basename "$0" .sh)
# shellcheck source=/dev/null
. "$HERE/settings.env"
ROOT=${LABHOST_ROOT:-}
PARTS=$ROOT/opt/labhost/parts
export HOME=${HOME:-/root} LC_ALL=C.UTF-8
umask 022

fail() { # REASON
    trap - ERR
    printf '%s: %s\n' "$STEP" "$1" >&2
    exit 1
}
trap 'fail "line $LINENO: $BASH_COMMAND: exit status $?"' ERR

put() { # FILE: standard input becomes its content, at once
    mkdir -p "$(dirname "$ROOT$1")"
    cat >"$ROOT$1.new"
    mv "$ROOT$1.new" "$ROOT$1"
}

packages() { # NAME...: what is missing of them is installed
    local name missing=()
    for name; do rpm -q "$name" >/dev/null 2>&1 || missing+=("$name"); done
    ((${#missing[@]} == 0)) || dnf -y -q --setopt=install_weak_deps=False install "${missing[@]}" ||
        fail "dnf could not install ${missing[*]}"
}

fetch() { # URL FILE
    curl --fail --silent --show-error --location --retry 5 --retry-delay 2 --connect-timeout 20 --output "$2" "$1" ||
        fail "$1 could not be fetched"
}

verify() { # PROGRAM DIGEST FILE
    local found
    found=$("$1" "$3")
    found=${found%% *}
    [[ ${found,,} == "${2,,}" ]] || fail "${3##*/} has the ${1%sum} $found, not $2"
}

unpack() { # ARCHIVE DIRECTORY: the archive's one folder becomes the directory
    local new=$2.new
    rm -rf "$new"
    mkdir -p "$new"
    tar -xzf "$1" -C "$new" --strip-components=1 --no-same-owner || fail "${1##*/} could not be unpacked"
    rm -rf "$2"
    mv "$new" "$2"
}

is_done() { # PART IDENTITY: whether a part is there already, and is the one that is wanted
    [[ -f $PARTS/$1 && $(head -n 1 "$PARTS/$1") == "$2" ]]
}

done_with() { # PART IDENTITY LINE...
    mkdir -p "$PARTS"
    printf '%s\n' "${@:2}" >"$PARTS/$1.new"
    mv "$PARTS/$1.new" "$PARTS/$1"
}
