# shellcheck shell=bash disable=SC2034
# ask PATH: GET from the sandbox's control endpoints, without curl (which is a stand-in here). The answer in REPLY, its status in STATUS.
ask() {
    local address=${SANDBOX_URL#http://} text
    STATUS=000 REPLY=
    exec 9<>"/dev/tcp/${address%:*}/${address##*:}" || return 1
    printf 'GET %s HTTP/1.0\r\nHost: sandbox\r\n\r\n' "$1" >&9
    IFS= read -rN 10000000 text <&9
    exec 9>&-
    STATUS=${text#* } STATUS=${STATUS%% *} REPLY=${text#*$'\r\n\r\n'}
}

# reach HOST PORT: open, refused, timed out or unknown, in REPLY; in FORWARD where a program of the machine really serves the port
reach() {
    FORWARD=0 REPLY=unknown
    case $1 in *[!A-Za-z0-9.:-]*) return ;; esac
    ask "/sandbox/port?from=$SANDBOX_INSTANCE_ID&host=$1&port=$2" 2>/dev/null
    [[ ! $REPLY =~ \"forward\":\ ([0-9]+) ]] || FORWARD=${BASH_REMATCH[1]}
    case $REPLY in
    *'"open": true'*) REPLY=open ;;
    *'timed out'*) REPLY="timed out" ;;
    *refused*) REPLY=refused ;;
    *) REPLY=unknown ;;
    esac
}
