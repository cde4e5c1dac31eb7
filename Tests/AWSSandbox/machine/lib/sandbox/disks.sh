# shellcheck shell=bash disable=SC2034
# The machine's disks: $SANDBOX_ROOT/run/disks holds `devices` (device, volume, size, EC2's name, parent), a file NAME.fs with type,
# UUID and label per formatted device and `mounts` (device, folder, type). Nothing is really mounted.

DISKS=$SANDBOX_ROOT/run/disks
MOUNTS=$DISKS/mounts
mkdir -p "$DISKS"
touch "$MOUNTS" "$DISKS/devices"

# device NAME: the device meant by /dev/…, EC2's name, UUID=… or LABEL=…, or a by-id link; fails on others
device() {
    local file want=$1
    case $want in
    UUID=* | LABEL=*)
        for file in "$DISKS"/*.fs; do
            [ -f "$file" ] || continue
            grep -qx "${want%%=*}=${want#*=}" "$file" && { file=${file##*/} && echo "/dev/${file%.fs}" && return; }
        done
        return 1
        ;;
    /dev/disk/by-id/*) awk -v id="${want##*/}" '{ s = $2; sub(/-/, "", s); if (index(id, s)) { print $1; f = 1; exit } } END { exit !f }' "$DISKS/devices" ;;
    *) awk -v d="$want" '$1 == d || $4 == d { print $1; f = 1; exit } END { exit !f }' "$DISKS/devices" ;;
    esac
}

# field DEVICE KEY: TYPE, UUID or LABEL of the file system; empty if there is none
field() { sed -n "s/^$2=//p" "$DISKS/${1##*/}.fs" 2>/dev/null || true; }

# format DEVICE TYPE LABEL FORCE
format() {
    local dev
    dev=$(device "$1") || { echo "mkfs.$2: cannot open $1: No such file or directory" >&2; return 1; }
    if awk -v d="$dev" '$1 == d { f = 1 } END { exit !f }' "$MOUNTS"; then
        echo "mkfs.$2: $1 contains a mounted filesystem" >&2
        return 1
    fi
    if grep -q " $dev\$" "$DISKS/devices"; then
        echo "mkfs.$2: $1 appears to contain a partition table" >&2
        return 1
    fi
    if [ -n "$(field "$dev" TYPE)" ] && [ "$4" = no ] && [ "$2" = xfs ]; then
        echo "mkfs.xfs: $1 appears to contain an existing filesystem ($(field "$dev" TYPE))." >&2
        echo "mkfs.xfs: Use the -f option to force overwrite." >&2
        return 1
    fi
    printf 'TYPE=%s\nUUID=%s\nLABEL=%s\n' "$2" "$(cat /proc/sys/kernel/random/uuid)" "$3" >"$DISKS/${dev##*/}.fs"
}

# the root disk comes with partitions, formatted and mounted
if [ ! -f "$DISKS/nvme0n1p1.fs" ] && grep -q '^/dev/nvme0n1p1 ' "$DISKS/devices"; then
    printf 'TYPE=xfs\nUUID=%s\nLABEL=/\n' "$(cat /proc/sys/kernel/random/uuid)" >"$DISKS/nvme0n1p1.fs"
    printf 'TYPE=vfat\nUUID=A1B2-C3D4\nLABEL=\n' >"$DISKS/nvme0n1p128.fs"
    printf '/dev/nvme0n1p1 / xfs\n/dev/nvme0n1p128 /boot/efi vfat\n' >>"$MOUNTS"
fi
