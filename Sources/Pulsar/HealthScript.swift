/// The script that says whether a host's services work. It is the same for every host: what the host is, its boot
/// script left in /opt/labhost/host.env.
enum HealthScript {
    /// The stages in the order in which a host reaches them.
    static let stages = ["boot", "service", "endpoint"]

    /// The script, in the form that `HealthCheck` documents.
    static let text = #"""
        #!/bin/bash
        # LabHost: waits for up to LABHOST_WAIT seconds until this host is healthy. One line for each check:
        # stage, check, ok or failed, detail; then the end of a failed one's journal, indented.
        BOOT=/opt/labhost
        DEADLINE=$((SECONDS + ${LABHOST_WAIT:-0}))
        SERVICES='' SERVICE_PORT='' COMPONENT='' PRIVATE_ADDRESS=''

        report() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$(tr '\t\n' '  ' <<<"$4" | sed 's/ *$//')"; }
        journal() { sed 's/^/\t/'; }

        # COMMAND...: until it succeeds, time is over, or (2) waiting is no use. DETAIL says how it is.
        wait_for() {
            local status
            while :; do
                "$@" && return
                status=$?
                ((status != 2 && SECONDS < DEADLINE)) || return 1
                sleep 2
            done
        }

        connect() { # INPUT SECONDS: what the service's port answers
            if type -P nc >/dev/null; then
                if [[ $1 ]]; then printf %s "$1" | nc -w "$2" "$PRIVATE_ADDRESS" "$SERVICE_PORT"
                else nc -z -w "$2" "$PRIVATE_ADDRESS" "$SERVICE_PORT"; fi
            else # Amazon Linux 2023 comes without it
                # shellcheck disable=SC2016 # the inner bash expands them
                timeout "$2" bash -c 'exec 3<>"/dev/tcp/$0/$1"; [[ -z $2 ]] || { printf %s "$2" >&3; cat <&3; }' \
                    "$PRIVATE_ADDRESS" "$SERVICE_PORT" "$1"
            fi
        }

        booted() {
            if [[ -e $BOOT/boot.failed ]]; then DETAIL=$(<"$BOOT/boot.failed"); return 2; fi
            if [[ -e $BOOT/boot.ok ]]; then DETAIL=; else DETAIL='the boot script has not finished'; return 1; fi
        }
        active() {
            DETAIL=$(systemctl is-active "$1.service" 2>&1)
            [[ $DETAIL == active ]]
        }
        answers() {
            case $COMPONENT in
                zookeeper) DETAIL=$(connect ruok 5 2>&1); [[ $DETAIL == imok ]] ;;
                bookkeeper) DETAIL=$(connect '' 5 2>&1) ;;
                broker)
                    DETAIL=$(curl -fsS --max-time 5 "http://$PRIVATE_ADDRESS:$SERVICE_PORT/admin/v2/brokers/health" 2>&1)
                    [[ $DETAIL == ok ]] ;;
            esac
        }

        if ! wait_for booted; then
            report boot user-data failed "$DETAIL"
            tail -n 15 "$BOOT/boot.log" 2>/dev/null | journal
            exit 1
        fi
        report boot user-data ok ''
        # shellcheck source=/dev/null
        . "$BOOT/host.env"
        for service in $SERVICES; do
            if ! wait_for active "$service"; then
                report service "$service" failed "$DETAIL"
                journalctl -u "$service.service" -n 15 --no-pager -o cat 2>&1 | journal
                exit 1
            fi
            report service "$service" ok "$DETAIL"
        done
        [[ $SERVICES ]] || exit 0
        if ! wait_for answers; then
            report endpoint "$COMPONENT:$SERVICE_PORT" failed "${DETAIL:-no answer}"
            for service in $SERVICES; do journalctl -u "$service.service" -n 15 --no-pager -o cat 2>&1 | journal; done
            exit 1
        fi
        report endpoint "$COMPONENT:$SERVICE_PORT" ok "$DETAIL"

        """#
}
