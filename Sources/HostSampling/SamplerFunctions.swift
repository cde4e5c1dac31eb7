/// The shell that takes a sample: for any bash, from what the kernel and the instance's metadata say. What is not there is `-`.
enum SamplerFunctions {
    static let text = #"""
        # sample DIRECTORY: one line, its fields separated by tabs: seconds since 1970; the processors' counters (user nice system
        # idle iowait irq softirq steal); bytes and packets received, bytes and packets sent; packets that were queued or dropped
        # because the instance's allowance was used up; a spot notice; kilobytes of memory, and of those that can be had; whole
        # disks, each as name:sectors read:sectors written:milliseconds in which it was busy
        sample() {
            printf 'sample\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$(date +%s)" "$(processors)" "$(network)" "$(allowances)" \
                "$(notice "$1")" "$(memory)" "$(disks)" >>"$1/samples"
        }
        processors() {
            if [ -r /proc/stat ]; then awk '$1 == "cpu" { print $2, $3, $4, $5, $6, $7, $8, $9; exit }' /proc/stat
            else echo -; fi
        }
        network() {
            [ -r /proc/net/dev ] || { echo -; return; }
            awk 'NR > 2 { sub(/:/, " "); if ($1 != "lo") { a += $2; b += $3; c += $10; d += $11 } }
                END { printf "%.0f %.0f %.0f %.0f\n", a, b, c, d }' /proc/net/dev
        }
        memory() {
            [ -r /proc/meminfo ] || { echo -; return; }
            awk '$1 == "MemTotal:" { a = $2 } $1 == "MemAvailable:" { b = $2; exit }
                END { if (a && b != "") print a, b; else print "-" }' /proc/meminfo
        }
        disks() { # partitions, loops and what is made of other disks have no device of their own
            local found= disk read written busy
            for disk in /sys/block/*/device; do
                disk=${disk%/device}
                read -r _ _ read _ _ _ written _ _ busy _ 2>/dev/null <"$disk/stat" || continue
                found="$found${found:+ }${disk##*/}:$read:$written:$busy"
            done
            echo "${found:--}"
        }
        allowances() { # what the ENA driver counts; other interfaces have no such figures
            local found=- name value
            command -v ethtool >/dev/null 2>&1 || { echo -; return; }
            for name in /sys/class/net/*; do
                value=$(ethtool -S "${name##*/}" 2>/dev/null | awk '
                    /(bw_in|bw_out|pps)_allowance_exceeded:/ { n += $2; found = 1 } END { if (found) printf "%.0f", n }')
                [ -z "$value" ] || found=$((${found#-} + value))
            done
            echo "$found"
        }
        metadata() { # PATH: of the instance, version 2 of its service only
            curl --fail --silent --max-time 2 --header "X-aws-ec2-metadata-token: $TOKEN" \
                "http://169.254.169.254/latest/meta-data/$1"
        }
        find_out() { # DIRECTORY: whether this is a spot instance, once
            [ ! -e "$1/lifecycle" ] || return 0
            TOKEN=$(curl --fail --silent --connect-timeout 1 --max-time 2 --request PUT \
                --header 'X-aws-ec2-metadata-token-ttl-seconds: 21600' http://169.254.169.254/latest/api/token 2>/dev/null)
            { [ -z "$TOKEN" ] || metadata instance-life-cycle; } >"$1/lifecycle" 2>/dev/null
        }
        notice() { # DIRECTORY: the two minutes' warning of a spot instance
            local text
            [ "$(cat "$1/lifecycle" 2>/dev/null)" = spot ] || { echo -; return; }
            # A token lasts for six hours; the shell that collects has none yet.
            TOKEN=$(curl --fail --silent --max-time 2 --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
                http://169.254.169.254/latest/api/token 2>/dev/null)
            text=$(metadata spot/instance-action 2>/dev/null | tr -d '\t\r\n')
            echo "${text:--}"
        }
        clock() { # how far this clock is from the time that it is kept by, and how well that is known; in seconds
            command -v chronyc >/dev/null 2>&1 || return 0
            chronyc -c tracking 2>/dev/null | awk -F, 'NF >= 14 && $14 != "Not synchronised" {
                bound = $12 + $11 / 2; printf "clock\t%s\t%.9f\n", $5, bound; exit }'
        }
        """#
}
