#!/bin/bash
# Pulsar, as its release has it: held to the release's own SHA-512, or to one that the recipe names.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

archive=$HERE/${PULSAR_URL##*/}
sum=$PULSAR_SHA512
if [[ -z $sum ]]; then
    fetch "$PULSAR_URL.sha512" "$archive.sha512"
    # Either "DIGEST  FILE", or "FILE: DIGEST" in groups of digits.
    sum=$(tr -d '[:space:]' <"$archive.sha512" | grep -oiE '[0-9a-f]{128}' | head -n 1) ||
        fail "$PULSAR_URL.sha512 holds no SHA-512"
fi
identity="$PULSAR_VERSION $sum"
if ! is_done pulsar "$identity" || [[ ! -x $ROOT/opt/pulsar/bin/pulsar ]]; then
    fetch "$PULSAR_URL" "$archive"
    verify sha512sum "$sum" "$archive"
    unpack "$archive" "$ROOT/opt/pulsar"
    [[ -x $ROOT/opt/pulsar/bin/pulsar && -d $ROOT/opt/pulsar/conf ]] || fail "$PULSAR_URL holds no Pulsar"
    rm -f "$archive" "$archive.sha512"
    done_with pulsar "$identity" "source $PULSAR_URL"
fi
