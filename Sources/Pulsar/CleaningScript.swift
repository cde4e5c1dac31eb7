import PluginAPI

/// Deletes an experiment's namespaces through the brokers' administration, and waits for clients to be gone.
struct CleaningScript {
    let experiment: ExperimentID
    /// The address and port of the broker that is asked to delete.
    let administration: String
    /// The host that asks it; nil for each that runs the script.
    let deleter: String?
    /// The brokers' port for clients.
    let port: String
    /// The clients' addresses.
    let clients: [String]

    /// The script, in the form that `Cleaning` documents.
    var text: String {
        """
        #!/bin/bash
        # LabHost: nothing of earlier cells is left, and no client is connected.
        # shellcheck disable=SC2317 # functions are called by name
        API=http://\(administration)/admin/v2
        TENANT=\(Shell.quoted(CellNamespaces.tenant)) PREFIX=\(Shell.quoted(CellNamespaces.prefix(of: experiment)))
        DELETER=\(Shell.quoted(deleter ?? "")) PORT=\(Shell.quoted(port)) CLIENTS=\(Shell.quoted(clients.joined(separator: " ")))
        \(Self.functions)
        """
    }

    private static let functions = #"""
        DEADLINE=$((SECONDS + ${LABHOST_WAIT:-0}))

        # METHOD PATH: the body of an answer; what is not there has none. FAULT says what else went wrong.
        api() {
            local answer status
            answer=$(curl --silent --show-error --max-time 60 --request "$1" --write-out '\n%{http_code}' "$API/$2" 2>&1) ||
                { FAULT="$1 $2: $(tail -n 1 <<<"$answer")"; return 1; }
            status=${answer##*$'\n'}
            case $status in
                2??) BODY=${answer%$'\n'*} ;;
                404) BODY='' ;;
                *) FAULT="$1 $2: HTTP $status ${answer%$'\n'*}"; return 1 ;;
            esac
        }
        names() { tr -d '[]" \n' <<<"$1" | tr ',' '\n' | grep .; } # of a JSON array of plain texts

        empty() { # NAMESPACE: partitioned topics first, because their partitions are topics, too
            local domain topic
            for domain in persistent non-persistent; do
                api GET "$domain/$1/partitioned" || return
                for topic in $(names "$BODY"); do
                    api DELETE "$domain/$1/${topic##*/}/partitions?force=true" || return
                done
                api GET "$domain/$1" || return
                for topic in $(names "$BODY"); do api DELETE "$domain/$1/${topic##*/}?force=true" || return; done
            done
        }

        ours() { # the experiment's namespaces
            api GET "namespaces/$TENANT" || return
            OURS=$(names "$BODY" | grep -F "$TENANT/$PREFIX") || OURS=''
        }

        delete() { # without force, which brokers refuse unless they are told otherwise: so the topics go first
            local namespace
            ours || return
            for namespace in $OURS; do
                empty "$namespace" && api DELETE "namespaces/$namespace" || return
            done
            ours || return
            FAULT="namespaces are still there: $(tr '\n' ' ' <<<"$OURS")"
            [[ -z $OURS ]]
        }

        connected() { # clients that still talk to this broker
            local peers client
            command -v ss >/dev/null || { FAULT='ss is missing: nobody knows who is connected'; return 0; }
            peers=$(ss -Htn state established "( sport = :$PORT )" | awk '{ sub(/:[0-9]+$/, "", $NF); print $NF }')
            for client in $CLIENTS; do
                if grep -qE "^(\[?::ffff:)?${client//./\\.}\]?$" <<<"$peers"; then
                    FAULT="$client is still connected"
                    return 0
                fi
            done
            return 1
        }

        patiently() { # COMMAND...: until it succeeds; FAULT is printed when it does not in time
            while ! "$@"; do
                if ((SECONDS >= DEADLINE)); then
                    printf '%s\n' "$FAULT"
                    CODE=1
                    return
                fi
                sleep 2
            done
        }

        CODE=0 FAULT='' HOST_NAME=''
        # shellcheck source=/dev/null
        [[ ! -r /opt/labhost/host.env ]] || . /opt/labhost/host.env
        disconnected() { ! connected; }
        [[ -z $CLIENTS ]] || patiently disconnected
        if [[ -z $DELETER || -z $HOST_NAME || $DELETER == "$HOST_NAME" ]]; then patiently delete; fi
        exit "$CODE"

        """#
}
