/// The part of the boot script that is the same on every host: bash functions, which call nothing by themselves.
///
/// How the cluster comes up in order without anybody outside ordering it: ZooKeeper's hosts start at once; the first of
/// them writes the cluster's metadata as soon as ZooKeeper answers. Bookies and brokers wait for that metadata before
/// they start. They must: one that starts earlier creates parts of it, and `initialize-cluster-metadata` leaves out
/// BookKeeper's when it finds any. From there on systemd restarts what fails, until its peers are there.
enum BootFunctions {
    static let text = HostExpiry.function + "\n\n" + own

    private static let own = #"""
        PULSAR=$ROOT/opt/pulsar
        BOOT=$ROOT/opt/labhost
        UNITS=$ROOT/etc/systemd/system

        fail() { # REASON: the first one is kept
            trap - ERR
            [[ -e $BOOT/boot.failed ]] || printf '%s\n' "$1" >"$BOOT/boot.failed"
            printf 'failed: %s\n' "$1"
            exit 1
        }

        begin() {
            mkdir -p "$BOOT"
            rm -f "$BOOT/boot.ok" "$BOOT/boot.failed"
            exec > >(exec tee -a "$BOOT/boot.log") 2>&1
            trap 'fail "line $LINENO: $BASH_COMMAND: exit status $?"' ERR
            printf '%s boots as %s\n' "$(date -u +%FT%TZ)" "$HOST_NAME"
            printf "%s='%s'\n" COMPONENT "$COMPONENT" HOST_NAME "$HOST_NAME" SERVICES "$SERVICES" \
                SERVICE_PORT "$SERVICE_PORT" PRIVATE_ADDRESS "$PRIVATE_ADDRESS" >"$BOOT/host.env"
        }

        as_owner() { # COMMAND...: as the user that the image gave Pulsar to
            owner
            if [[ $OWNER == "$(id -un)" ]]; then "$@"; else runuser -u "$OWNER" -- "$@"; fi
        }

        owner() {
            OWNER=$(stat -c %U "$PULSAR") || fail "the image has no $PULSAR"
            if [[ $OWNER == UNKNOWN ]]; then OWNER=root; fi
        }

        configure() { # FILE: settings on standard input take the place of the image's, or follow them
            local file=$PULSAR/conf/$1 shipped=$PULSAR/conf/$1.shipped merged
            [[ -f $file ]] || fail "the image has no $file"
            # Always from what the image ships: a setting of an earlier configuration must not linger.
            if [[ ! -f $shipped ]]; then cp -p "$file" "$shipped.tmp" && mv "$shipped.tmp" "$shipped"; fi
            merged=$(awk '
                { key = $0; sub(/[ \t]*=.*/, "", key) }
                FNR == NR { if (!(key in wanted)) order[++count] = key; wanted[key] = $0; next }
                key in wanted { if (!(key in seen)) print wanted[key]; seen[key]; next }
                { print }
                END { for (i = 1; i <= count; i++) if (!(order[i] in seen)) print wanted[order[i]] }
            ' - "$shipped")
            printf '%s\n' "$merged" >"$file"
        }

        number() { # N DIRECTORY: which of the ZooKeepers this is
            mkdir -p "$ROOT$2"
            printf '%s\n' "$1" >"$ROOT$2/myid"
            owner
            chown -R "$OWNER:" "$ROOT$2"
        }

        mount_ledgers() { # the data disk: without parts, not mounted, and no instance store
            local at=$PULSAR/data/bookkeeper disk='' format=''
            mkdir -p "$at"
            if mountpoint -q "$at"; then return; fi
            for _ in {1..30}; do
                read -r disk format < <(lsblk -Pnpo NAME,TYPE,FSTYPE,MOUNTPOINT,MODEL | awk -F'"' '
                    $4 != "disk" { free[count] = 0; next } # a part of the disk above it
                    { name[++count] = $2; format[count] = $6; free[count] = !$8 && $10 !~ /Instance Storage/ }
                    END { for (i = 1; i <= count; i++) if (free[i]) { print name[i], format[i]; exit } }
                ') || true
                if [[ $disk ]]; then break; fi
                sleep 2
            done
            [[ $disk ]] || fail "no data disk appeared within a minute"
            # mkfs refuses a disk that carries a file system after all.
            if [[ -z $format ]]; then mkfs.xfs -q "$disk"; fi
            mount -o noatime "$disk" "$at" || fail "$disk cannot be mounted at $at"
        }

        unit() { # NAME: a systemd unit from the image's template, and what LabHost relies on beside it
            local template=$ROOT/opt/pulsar-templates/systemd/$1.service.tpl text
            [[ -f $template ]] || fail "the image has no $template"
            text=$(<"$template")
            text=${text//'{{PULSAR_HOME}}'/"$PULSAR"}
            text=${text//'{{PULSAR_USER}}'/"$OWNER"}
            text=${text//'{{PULSAR_MEM}}'/"$MEMORY"}
            text=${text//'{{PULSAR_GC}}'/}
            [[ $text != *'{{'* ]] || fail "$template has a placeholder that LabHost does not know"
            printf '%s\n' "$text" >"$UNITS/$1.service"
            mkdir -p "$UNITS/$1.service.d"
            printf '%s\n' '[Service]' "Environment=\"PULSAR_MEM=$MEMORY\" \"BOOKIE_MEM=$MEMORY\"" \
                'Restart=on-failure' 'RestartSec=5' >"$UNITS/$1.service.d/labhost.conf"
        }

        serve() {
            local service
            owner
            mkdir -p "$PULSAR/data" "$PULSAR/logs"
            chown -R "$OWNER:" "$PULSAR/data" "$PULSAR/logs"
            for service in $SERVICES; do unit "$service"; done
            systemctl daemon-reload
            for service in $SERVICES; do
                systemctl enable "$service.service"
                systemctl restart "$service.service"
            done
        }

        tool() { # ARGUMENTS...: one of Pulsar's commands, in a JVM that fits beside the service
            PULSAR_MEM=-Xmx256M PULSAR_GC=-XX:+UseSerialGC as_owner timeout 120 "$PULSAR/bin/pulsar" "$@"
        }

        patiently() { # SECONDS REASON COMMAND...: again and again until it succeeds
            local deadline=$((SECONDS + $1)) reason=$2 output
            shift 2
            until output=$("$@" 2>&1); do
                ((SECONDS < deadline)) || fail "$reason: $(tail -n 5 <<<"$output")"
                sleep 3
            done
        }

        zookeeper_answers() {
            local answer
            if type -P nc >/dev/null; then
                answer=$(printf ruok | nc -w 3 "$PRIVATE_ADDRESS" "$SERVICE_PORT")
            else # Amazon Linux 2023 comes without it
                # shellcheck disable=SC2016 # the inner bash expands them
                answer=$(timeout 3 bash -c 'exec 3<>"/dev/tcp/$0/$1"; printf ruok >&3; cat <&3' \
                    "$PRIVATE_ADDRESS" "$SERVICE_PORT")
            fi
            [[ $answer == imok ]]
        }

        write_metadata() {
            local output
            output=$(tool initialize-cluster-metadata --cluster "$CLUSTER" --metadata-store "zk:$ZOOKEEPERS" \
                --configuration-metadata-store "zk:$ZOOKEEPERS" --web-service-url "$1" --broker-service-url "$2" 2>&1) ||
                grep -qiE 'already ?exist|NodeExists' <<<"$output" || { printf '%s\n' "$output"; return 1; }
        }

        initialise() { # WEB_URL SERVICE_URL: once; doing it again would change nothing
            if [[ -e $BOOT/metadata.ok ]]; then return; fi
            patiently 300 "ZooKeeper does not answer" zookeeper_answers
            patiently 600 "the cluster's metadata could not be written" write_metadata "$@"
            touch "$BOOT/metadata.ok"
        }

        await_metadata() {
            patiently 900 "the cluster's metadata did not appear" \
                tool zookeeper-shell -server "$ZOOKEEPERS" get "/admin/clusters/$CLUSTER"
        }

        drive() { # PATH: OMB's driver file on standard input
            mkdir -p "$ROOT/opt/benchmark-configs" "$ROOT/opt/benchmark-workloads" "$ROOT/opt/benchmark-results"
            cat >"$ROOT$1"
        }

        finish() {
            touch "$BOOT/boot.ok"
            printf '%s has booted\n' "$(date -u +%FT%TZ)"
        }
        """#
}
