#!/bin/sh
# What packer runs once the instance does: LabHost is told, and its verdict is waited for. If LabHost is gone this fails, and
# packer deletes what it made.
set -eu
echo "labhost-instance $LABHOST_INSTANCE"
while [ ! -f verdict ]; do
    if ! kill -0 "$LABHOST_PROCESS" 2>/dev/null; then
        echo 'LabHost is gone' >&2
        exit 1
    fi
    sleep 1
done
[ "$(cat verdict)" = provisioned ]
