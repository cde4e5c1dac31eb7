#!/bin/bash
# The users that services run as, the folders that they use, and the templates of their units, which LabHost completes at
# each host's first boot.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

for user in pulsar benchmark; do
    id -u "$user" >/dev/null 2>&1 ||
        useradd --system --user-group --no-create-home --home-dir "/opt/$user" --shell /sbin/nologin "$user"
done

for name in zookeeper bookkeeper pulsar-broker benchmark-worker; do
    put "/opt/pulsar-templates/systemd/$name.service.tpl" <"$HERE/$name.service.tpl"
done

mkdir -p "$ROOT"/opt/benchmark-{configs,workloads,results} "$ROOT"/opt/pulsar/{data,logs}
chown -R pulsar:pulsar "$ROOT/opt/pulsar"
chown -R benchmark:benchmark "$ROOT/opt/openmessaging-benchmark" "$ROOT"/opt/benchmark-{configs,workloads,results}
