# shellcheck shell=bash disable=SC2034
# What systemctl, systemd-run and the supervisor share. A unit has a folder $SANDBOX_ROOT/run/units/NAME with its `journal` and its
# `properties`: lines KEY=VALUE that are only ever added, each in one write, of which the last counts, so that no reader sees half.
# All this runs very often: functions answer in REPLY, and start no process for what bash can do.

UNITS=$SANDBOX_ROOT/run/units
UNIT_FILES=$SANDBOX_ROOT/etc/systemd/system
USERS=$SANDBOX_ROOT/etc/sandbox-users
NEVER=$SANDBOX_ROOT/run/.never # a pipe that nobody writes to

# pause SECONDS
pause() {
    [ -p "$NEVER" ] || mkfifo "$NEVER" 2>/dev/null
    read -rt "$1" _ <>"$NEVER" || :
}

# clock: the machine's own, which etc/clock-offset moves, in seconds
clock() {
    local offset=0
    [ ! -s "$SANDBOX_ROOT/etc/clock-offset" ] || read -r offset <"$SANDBOX_ROOT/etc/clock-offset"
    REPLY=$((EPOCHSECONDS + offset))
}

# now: as systemd writes it
now() {
    clock
    LC_ALL=C TZ=UTC printf -v REPLY '%(%a %Y-%m-%d %H:%M:%S UTC)T' "$REPLY"
}

# unit_name NAME: with its suffix
unit_name() { case $1 in *.service | *.timer | *.target | *.socket | *.mount | *.slice | *.path) REPLY=$1 ;; *) REPLY=$1.service ;; esac; }

# get UNIT KEY [DEFAULT]
get() {
    local line
    REPLY=
    { while IFS= read -r line; do
        case $line in "$2="*) REPLY=${line#*=} ;; esac
    done <"$UNITS/$1/properties"; } 2>/dev/null
    REPLY=${REPLY:-${3-}}
}

# is UNIT KEY VALUE
is() {
    get "$1" "$2"
    [ "$REPLY" = "$3" ]
}

# put UNIT KEY VALUE...: an empty value is none
put() {
    local unit=$1 text=
    shift
    while [ $# -gt 0 ]; do
        text+=$1=$2$'\n'
        shift 2
    done
    [ -d "$UNITS/$unit" ] || mkdir -p "$UNITS/$unit"
    printf '%s' "$text" >>"$UNITS/$unit/properties"
}

# journal UNIT TEXT: a line of systemd's own
journal() {
    [ -d "$UNITS/$1" ] || mkdir -p "$UNITS/$1"
    printf 'systemd[1]: %s\n' "$2" >>"$UNITS/$1/journal"
}

# unit_file UNIT: where it is defined; fails if nowhere
unit_file() {
    for REPLY in "$UNIT_FILES/$1" "$UNITS/$1/transient"; do
        [ ! -f "$REPLY" ] || return 0
    done
    REPLY=
    return 1
}

# values UNIT KEY: into the array VALUES every value of a key, from the unit's file and its drop-ins, in order. Continued lines
# are joined, comments left out; an empty assignment forgets those before it.
values() {
    local file line text='' name
    VALUES=()
    unit_file "$1" || return 0
    for file in "$REPLY" "$UNIT_FILES/$1.d/"*.conf; do
        [ -f "$file" ] || continue
        while IFS= read -r line || [ -n "$line" ]; do
            text+=$line
            case $text in *\\) text="${text%\\} " && continue ;; esac
            line=$text text=
            case $line in *"$2"*=*) ;; *) continue ;; esac
            name=${line%%=*} line=${line#*=}
            [ "${name//[[:blank:]]/}" = "$2" ] || continue
            line=${line#"${line%%[![:blank:]]*}"} line=${line%"${line##*[![:blank:]]}"}
            if [ -n "$line" ]; then VALUES+=("$line"); else VALUES=(); fi
        done <"$file"
    done
}

# value UNIT KEY [DEFAULT]: the last one
value() {
    values "$1" "$2"
    REPLY=${3-}
    [ ${#VALUES[@]} -eq 0 ] || REPLY=${VALUES[-1]}
}

# seconds SPAN: "90", "5s", "1min 30s", "500ms", "2h", "infinity" (which is 0) as seconds, and as microseconds in USEC; fails on
# anything else
seconds() {
    local text=${1//[[:blank:]]/} factor part
    USEC=0 REPLY=0
    [ "$1" != infinity ] || return 0
    [ -n "$text" ] || return 1
    while [ -n "$text" ]; do
        [[ $text =~ ^([0-9]+)(\.([0-9]+))?([a-zA-Z]*)(.*)$ ]] || return 1
        text=${BASH_REMATCH[5]} part=${BASH_REMATCH[3]}000000
        case ${BASH_REMATCH[4]} in
        us | usec) factor=1 ;;
        ms | msec) factor=1000 ;;
        s | sec | second | seconds) factor=1000000 ;;
        m | min | minute | minutes) factor=60000000 ;;
        h | hr | hour | hours) factor=3600000000 ;;
        d | day | days) factor=86400000000 ;;
        w | week | weeks) factor=604800000000 ;;
        '') [ -z "$text" ] && factor=1000000 || return 1 ;;
        *) return 1 ;;
        esac
        USEC=$((USEC + 10#${BASH_REMATCH[1]} * factor + 10#${part:0:6} * factor / 1000000))
    done
    printf -v REPLY '%d.%06d' $((USEC / 1000000)) $((USEC % 1000000))
    case $REPLY in *.000000) REPLY=${REPLY%.*} ;; esac
}

# calendar TEXT: seconds from now to a moment given as OnCalendar (absolute moments only); fails on anything else
calendar() {
    local at text=$1
    case $text in @*) ;; [0-9][0-9][0-9][0-9]-*) ;; *) return 1 ;; esac
    case $text in @* | *UTC | *Z) ;; *) text="$text UTC" ;; esac # instances run in UTC
    at=$(date -d "$text" +%s 2>/dev/null) || return 1
    clock
    REPLY=$((at > REPLY ? at - REPLY : 0))
}

# listed WORD FILE: whether it is a line of the file
listed() {
    local line
    [ -r "$2" ] || return 1
    while IFS= read -r line || [ -n "$line" ]; do
        [ "$line" != "$1" ] || return 0
    done <"$2"
    return 1
}

# members UNIT: into the array MEMBERS the processes of the unit, whatever group or session they went to (its control group)
members() {
    local n
    MEMBERS=()
    get "$1" invocation
    [ -n "$REPLY" ] || return 0
    mapfile -t MEMBERS < <(exec grep -lsxz "INVOCATION_ID=$REPLY" /proc/[0-9]*/environ 2>/dev/null)
    MEMBERS=("${MEMBERS[@]//[!0-9]/}")
}

# signal UNIT NAME: to all of its processes
signal() {
    local pid
    members "$1"
    for pid in "${MEMBERS[@]}"; do
        kill -s "$2" "$pid" 2>/dev/null
    done
    return 0
}

# alive UNIT: true while any of its processes runs
alive() {
    local pid state
    members "$1"
    for pid in "${MEMBERS[@]}"; do
        { IFS= read -r state <"/proc/$pid/stat"; } 2>/dev/null || continue
        case ${state##*) } in Z* | X* | '') ;; *) return 0 ;; esac
    done
    return 1
}

# terminate UNIT: TERM, then KILL once TimeoutStopSec (here 5 s unless the unit says) has passed
terminate() {
    local limit tick=0
    alive "$1" || return 0
    value "$1" TimeoutStopSec 5
    seconds "$REPLY" && limit=$USEC || limit=5000000
    value "$1" KillSignal SIGTERM
    signal "$1" "${REPLY#SIG}"
    while alive "$1"; do
        tick=$((tick + 1))
        if ((tick * 50000 >= limit)); then
            journal "$1" "$1: State 'stop-sigterm' timed out. Killing."
            put "$1" result timeout
            signal "$1" KILL
        fi
        pause 0.05
    done
}

# forget UNIT: unload it, as systemd does with what is inactive and has no file
forget() { rm -rf "${UNITS:?}/${1:?}"; }

# known UNIT: true if loaded or loadable
known() { unit_file "$1" || [ -f "$UNITS/$1/properties" ]; }
