import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The dead-man's switch of a host: a systemd timer that ends the instance, armed at boot and armed again by LabHost.
struct HostExpiry {
    let lifetime: HostLifetime

    /// In seconds since 1970.
    var expiry: Int { Int(lifetime.expiry.timeIntervalSince1970.rounded(.down)) }

    /// In seconds; what is longer than any experiment stands for none.
    var lease: Int { lifetime.leaseSeconds ?? expiry }

    /// The script that arms it again, to be run as root.
    var renewal: String {
        """
        #!/bin/bash
        set -Eeuo pipefail
        EXPIRY=\(expiry) LEASE=\(lease) UNITS=/etc/systemd/system
        fail() { printf '%s\\n' "$1" >&2; exit 1; }

        \(Self.function)

        expire
        """
    }

    /// The bash function that arms it, by EXPIRY, LEASE and UNITS; `fail` is the caller's.
    static let function = #"""
        expire() { # A timer on disk: unlike a transient one it outlives a reboot
            local now at
            now=$(date +%s)
            if ((now >= EXPIRY)); then
                shutdown -h now
                fail "the experiment had expired before this host booted"
            fi
            at=$((EXPIRY - now < LEASE ? EXPIRY : now + LEASE))
            printf '%s\n' '[Unit]' 'Description=End this instance: its LabHost experiment has expired' \
                '[Service]' 'Type=oneshot' 'ExecStart=/sbin/shutdown -h now' >"$UNITS/labhost-expire.service"
            printf '%s\n' '[Unit]' 'Description=End this instance when its LabHost experiment expires' \
                '[Timer]' "OnCalendar=$(date -u -d "@$at" '+%F %T UTC')" 'Persistent=true' 'AccuracySec=1s' \
                '[Install]' 'WantedBy=timers.target' >"$UNITS/labhost-expire.timer"
            systemctl daemon-reload
            systemctl enable labhost-expire.timer
            systemctl restart labhost-expire.timer
        }
        """#
}
