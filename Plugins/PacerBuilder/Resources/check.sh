#!/bin/bash
# Whether a fresh instance of an image has what LabHost needs: a line a check, `NAME<TAB>ok|failed<TAB>DETAIL`. It changes
# nothing. KEY and VERSION are what the image's tags say.
set -uo pipefail
ROOT=${LABHOST_ROOT:-}
MANIFEST=$ROOT/opt/labhost/image.json

report() { # NAME STATUS DETAIL
    local detail
    detail=$(printf '%s' "$3" | tr '\t\n' '  ' | cut -c 1-300)
    if [ "$2" = 0 ]; then printf '%s\tok\t%s\n' "$1" "$detail"; else printf '%s\tfailed\t%s\n' "$1" "$detail"; fi
}

field() { # NAME: a text of the manifest
    sed -n 's/^  "'"$1"'": "\(.*\)",\{0,1\}$/\1/p' "$MANIFEST" 2>/dev/null | head -n 1
}

[ "$(field pulsarVersion)" = "$VERSION" ]
report manifest $? "$MANIFEST says Pulsar $(field pulsarVersion), the tag $VERSION"
if [ -n "$KEY" ]; then
    [ "$(field key)" = "$KEY" ]
    report key $? "the manifest says $(field key), the tag $KEY"
fi

java=$(java -version 2>&1)
case $java in *'"17.'* | *'"21.'*) report java 0 "$(printf '%s' "$java" | head -n 1)" ;; *) report java 1 "$java" ;; esac

pulsar=$(PULSAR_LOG_LEVEL=error timeout 60 "$ROOT/opt/pulsar/bin/pulsar" version 2>&1)
case $pulsar in *"$VERSION"*) report pulsar 0 "$pulsar" ;; *) report pulsar 1 "${pulsar:-says nothing}" ;; esac

missing=''
for name in pulsar bookkeeper; do
    [ -x "$ROOT/opt/pulsar/bin/$name" ] || missing="$missing bin/$name"
done
for name in zookeeper.conf bookkeeper.conf broker.conf; do
    [ -f "$ROOT/opt/pulsar/conf/$name" ] || missing="$missing conf/$name"
done
[ -z "$missing" ]
report pulsar-files $? "${missing:-all there}"

benchmark=$(cd "$ROOT/opt/openmessaging-benchmark" 2>/dev/null && timeout 60 bin/benchmark -h 2>&1)
case $benchmark in *[Uu]sage:*) report benchmark 0 'prints its usage' ;; *) report benchmark 1 "${benchmark:-says nothing}" ;; esac

missing=''
for name in zookeeper bookkeeper pulsar-broker benchmark-worker; do
    template=$ROOT/opt/pulsar-templates/systemd/$name.service.tpl
    grep -q '^ExecStart=' "$template" 2>/dev/null && grep -q '{{PULSAR_MEM}}' "$template" || missing="$missing $name"
done
[ -z "$missing" ]
report templates $? "${missing:-all there}"

missing=''
for user in pulsar benchmark; do id -u "$user" >/dev/null 2>&1 || missing="$missing $user"; done
[ -z "$missing" ]
report users $? "${missing:-all there}"

missing=''
for name in configs workloads results; do
    [ -d "$ROOT/opt/benchmark-$name" ] || missing="$missing /opt/benchmark-$name"
done
[ -z "$missing" ]
report folders $? "${missing:-all there}"

state=$(systemctl is-enabled amazon-ssm-agent.service 2>&1)
case $state in enabled | static) report agent 0 "$state" ;; *) report agent 1 "$state" ;; esac

# Only what LabHost built has digests.
if [ -f "$ROOT/opt/labhost/files.sha256" ]; then
    changed=$(cd "$ROOT/" && sha256sum --check --quiet --strict opt/labhost/files.sha256 2>&1)
    report files $? "${changed:-$(wc -l <"$ROOT/opt/labhost/files.sha256") files as they were built}"
fi

secrets=''
for home in "$ROOT${HOME:-/root}" "$ROOT"/home/*; do
    for name in .aws .netrc .bash_history; do [ ! -e "$home/$name" ] || secrets="$secrets $home/$name"; done
done
[ -z "$secrets" ]
report secrets $? "${secrets:-none found}"
