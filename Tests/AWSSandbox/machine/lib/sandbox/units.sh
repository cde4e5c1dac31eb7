# shellcheck shell=bash disable=SC2034
# What systemctl, systemd-run and the supervisor share. State of a unit is a folder of one-line files under
# $SANDBOX_ROOT/run/units/NAME: state sub result code status pid started since invocation enabled journal.

UNITS=$SANDBOX_ROOT/run/units
UNIT_FILES=$SANDBOX_ROOT/etc/systemd/system
USERS=$SANDBOX_ROOT/etc/sandbox-users

# unit_name NAME: with its suffix
unit_name() { case $1 in *.service | *.timer | *.target | *.socket | *.mount | *.slice | *.path) echo "$1" ;; *) echo "$1.service" ;; esac; }

# get UNIT KEY [DEFAULT]
get() {
    local value=${3-}
    { read -r value <"$UNITS/$1/$2"; } 2>/dev/null || value=${value:-${3-}}
    printf '%s' "$value"
}

# put UNIT KEY VALUE...: written whole, so that a reader never sees half
put() {
    local unit=$1
    shift
    mkdir -p "$UNITS/$unit"
    while [ $# -gt 0 ]; do
        printf '%s\n' "$2" >"$UNITS/$unit/.$1.$BASHPID" && mv -f "$UNITS/$unit/.$1.$BASHPID" "$UNITS/$unit/$1"
        shift 2
    done
}

# journal UNIT TEXT: a line of systemd's own
journal() {
    mkdir -p "$UNITS/$1"
    printf 'systemd[1]: %s\n' "$2" >>"$UNITS/$1/journal"
}

# unit_file UNIT: where it is defined; empty if nowhere
unit_file() {
    if [ -f "$UNIT_FILES/$1" ]; then
        echo "$UNIT_FILES/$1"
    elif [ -f "$UNITS/$1/transient" ]; then
        echo "$UNITS/$1/transient"
    fi
}

# unit_text UNIT: the file and its drop-ins, with continued lines joined and comments left out
unit_text() {
    local file
    file=$(unit_file "$1")
    [ -n "$file" ] || return 0
    # shellcheck disable=SC1003
    cat "$file" "$UNIT_FILES/$1.d/"*.conf 2>/dev/null | sed -e ':a' -e '/\\$/N; s/\\\n/ /; ta' -e '/^[[:space:]]*[#;]/d'
}

# values UNIT KEY: every value of a key in order; an empty assignment forgets those before it
values() {
    unit_text "$1" | awk -v key="$2" '
        index($0, "=") { k = substr($0, 1, index($0, "=") - 1); gsub(/[ \t]/, "", k)
            if (k == key) { v = substr($0, index($0, "=") + 1); sub(/^[ \t]+/, "", v); sub(/[ \t]+$/, "", v)
                if (v == "") n = 0; else a[n++] = v } }
        END { for (i = 0; i < n; i++) print a[i] }'
}

# value UNIT KEY [DEFAULT]: the last one
value() {
    local last
    last=$(values "$1" "$2" | tail -n 1)
    printf '%s' "${last:-${3-}}"
}

# seconds SPAN: "90", "5s", "1min 30s", "500ms", "2h", "infinity" (prints 0) as seconds; fails on anything else
seconds() {
    [ "$1" != infinity ] || { echo 0; return; }
    printf '%s\n' "$1" | awk '
        { s = $0; gsub(/[ \t]/, "", s); if (s == "") exit 1; total = 0
          while (s != "") {
            if (!match(s, /^[0-9]+(\.[0-9]+)?/)) exit 1
            n = substr(s, 1, RLENGTH); s = substr(s, RLENGTH + 1)
            if (!match(s, /^[a-zA-Z]+/)) { if (s != "") exit 1; u = "s" }
            else { u = substr(s, 1, RLENGTH); s = substr(s, RLENGTH + 1) }
            if (u ~ /^(us|usec)$/) f = 0.000001; else if (u ~ /^(ms|msec)$/) f = 0.001
            else if (u ~ /^(s|sec|second|seconds)$/) f = 1; else if (u ~ /^(m|min|minute|minutes)$/) f = 60
            else if (u ~ /^(h|hr|hour|hours)$/) f = 3600; else if (u ~ /^(d|day|days)$/) f = 86400
            else if (u ~ /^(w|week|weeks)$/) f = 604800; else exit 1
            total += n * f }
          print total }'
}

# calendar TEXT: seconds from now to a moment given as OnCalendar (absolute moments only); fails on anything else
calendar() {
    local at now text=$1
    case $text in @*) ;; [0-9][0-9][0-9][0-9]-*) ;; *) return 1 ;; esac
    case $text in @* | *UTC | *Z) ;; *) text="$text UTC" ;; esac # instances run in UTC
    at=$(date -d "$text" +%s 2>/dev/null) || return 1
    now=$(date +%s)
    echo $((at > now ? at - now : 0))
}

# members UNIT: processes of the unit, whatever group or session they went to (its control group)
members() {
    local invocation file
    invocation=$(get "$1" invocation)
    [ -n "$invocation" ] || return 0
    while IFS= read -r file; do
        file=${file#/proc/}
        echo "${file%/environ}"
    done < <(grep -lsxz "INVOCATION_ID=$invocation" /proc/[0-9]*/environ 2>/dev/null)
}

# signal UNIT NAME: to all of its processes
signal() {
    local pid
    for pid in $(members "$1"); do
        kill -s "$2" "$pid" 2>/dev/null
    done
    return 0
}

# alive UNIT: true while any of its processes runs
alive() {
    local pid state
    for pid in $(members "$1"); do
        state=$(sed 's/^.*) //' "/proc/$pid/stat" 2>/dev/null) || continue
        case $state in Z* | X* | '') ;; *) return 0 ;; esac
    done
    return 1
}

# terminate UNIT: TERM, then KILL once TimeoutStopSec (here 5 s unless the unit says) has passed
terminate() {
    local limit tick=0
    limit=$(seconds "$(value "$1" TimeoutStopSec 5)") || limit=5
    alive "$1" || return 0
    signal "$1" "$(value "$1" KillSignal SIGTERM | sed 's/^SIG//')"
    while alive "$1"; do
        tick=$((tick + 1))
        if awk -v t="$tick" -v l="$limit" 'BEGIN { exit !(t * 0.05 >= l) }'; then
            journal "$1" "$1: State 'stop-sigterm' timed out. Killing."
            put "$1" result timeout
            signal "$1" KILL
        fi
        sleep 0.05
    done
}

# forget UNIT: unload it, as systemd does with what is inactive and has no file
forget() { rm -rf "${UNITS:?}/${1:?}"; }

# known UNIT: true if loaded or loadable
known() { [ -n "$(unit_file "$1")" ] || [ -f "$UNITS/$1/state" ]; }

now() { LC_ALL=C date -u '+%a %Y-%m-%d %H:%M:%S UTC'; }
