#!/bin/bash
# Nothing secret, nothing of this instance's own, and nothing that is not needed stays.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

dnf -q clean all
for home in "$ROOT$HOME" "$ROOT"/home/*; do
    rm -rf "$home"/.ssh/authorized_keys "$home"/.aws "$home"/.m2 "$home"/.netrc "$home"/.gitconfig "$home"/.bash_history
done
# A host makes keys of its own at its first boot, and is given an id of its own.
rm -f "$ROOT"/etc/ssh/ssh_host_*
[[ ! -f $ROOT/etc/machine-id ]] || : >"$ROOT/etc/machine-id"
rm -rf "$ROOT"/var/lib/cloud/instance "$ROOT"/var/lib/cloud/instances/* "$ROOT"/var/lib/cloud/data \
    "$ROOT"/var/lib/cloud/sem
find "$ROOT/var/log" -type f ! -path '*/amazon/*' -delete
sync
cd /
rm -rf "$HERE"
