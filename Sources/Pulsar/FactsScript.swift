import PluginAPI

/// The script by which a host says what it is made of, in the form that `HostFacts` reads.
struct FactsScript {
    /// Where the benchmark is, when that is not where LabHost's images have it.
    let paths: ClientPaths?
    /// Where the host's folders begin; tests put them elsewhere.
    var root = ""

    /// The script; it changes nothing.
    var script: Script { Script(text, timeout: .seconds(90), comment: "facts") }

    private var text: String {
        """
        #!/bin/bash
        # LabHost: what this host is made of. One fact a line.
        ROOT=\(Shell.quoted(root)) OMB=\(Shell.quoted(paths?.benchmark ?? "\(root)/opt/openmessaging-benchmark"))
        \(Self.functions)
        """
    }

    private static let functions = #"""
        fact() { # NAME... VALUE: nothing is said of what is not known
            local value=${*: -1}
            [[ -z $value ]] || { (IFS=$'\t'; printf '%s\n' "$*") | tr '\r' ' '; }
        }
        metadata() { # PATH: version 2 of the service only; not everywhere is EC2
            [[ -n $TOKEN ]] || return
            curl --fail --silent --max-time 2 --header "X-aws-ec2-metadata-token: $TOKEN" \
                "http://169.254.169.254/latest/meta-data/$1" 2>/dev/null
        }
        hashes() { # FILE...: those that exist
            local file
            for file; do [[ ! -f $file ]] || fact hash "${file#"$ROOT"}" "$(sha256sum "$file" | cut -d ' ' -f 1)"; done
        }
        settings() { # FILE: what is set, without what is secret
            [[ -f $1 ]] || return
            hashes "$1"
            awk -v file="${1##*/}" '
                /^[ \t]*#/ || !/=/ { next }
                {
                    at = index($0, "="); key = substr($0, 1, at - 1); value = substr($0, at + 1)
                    gsub(/[ \t\r]+$|^[ \t]+/, "", key); gsub(/[ \t\r]+$|^[ \t]+/, "", value); gsub(/\t/, " ", value)
                    if (value == "") next
                    name = tolower(key)
                    if (name ~ /password|passwd|secret|token|credential|authenticationparameters|authparams|jaas|privatekey/)
                        value = "********"
                    gsub(/:\/\/[^\/@ ]*@/, "://********@", value)
                    last[key] = value; if (!(key in seen)) order[++count] = key; seen[key] = 1
                }
                END { for (i = 1; i <= count; i++) printf "setting\t%s\t%s\t%s\n", file, order[i], last[order[i]] }
            ' "$1"
        }
        version() { # NAME JAR...: as the name of the first jar has it
            local name=$1 jar=${2##*/}
            jar=${jar%.jar}
            if [[ $jar =~ -([0-9][A-Za-z0-9._-]*)$ ]]; then fact version "$name" "${BASH_REMATCH[1]}"; fi
        }

        shopt -s nullglob
        COMPONENT='' SERVICES='' TOKEN=''
        # shellcheck source=/dev/null
        [[ ! -r $ROOT/opt/labhost/host.env ]] || . "$ROOT/opt/labhost/host.env"
        TOKEN=$(curl --fail --silent --connect-timeout 1 --max-time 2 --request PUT \
            --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token 2>/dev/null)
        fact image "$(metadata ami-id)"
        fact instance_type "$(metadata instance-type)"
        fact cpu_model "$(LC_ALL=C lscpu 2>/dev/null | sed -n 's/^Model name: *//p' | head -n 1)"
        fact cpu_count "$(getconf _NPROCESSORS_ONLN 2>/dev/null)"
        fact memory_kib "$(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo 2>/dev/null)"
        fact kernel "$(uname -sr)"
        # shellcheck source=/dev/null
        fact os "$( (. "$ROOT/etc/os-release" && printf '%s' "$PRETTY_NAME") 2>/dev/null)"
        fact java "$(java -version 2>&1 | sed -n '/version/{s/"//g;p;q;}')"

        pulsar=("$ROOT"/opt/pulsar/lib/*pulsar-broker-[0-9]*.jar)
        if ((${#pulsar[@]})); then version pulsar "${pulsar[@]}"
        elif [[ -x $ROOT/opt/pulsar/bin/pulsar ]]; then
            fact version pulsar "$(timeout 30 "$ROOT/opt/pulsar/bin/pulsar" version 2>/dev/null |
                sed -n 's/^Current version of pulsar is: //p')"
        fi
        hashes "${pulsar[@]}" "$ROOT"/opt/pulsar/lib/*bookkeeper-server-[0-9]*.jar
        if [[ $COMPONENT == client || -z $COMPONENT ]]; then
            omb=("$OMB"/lib/*benchmark-framework-[0-9]*.jar)
            version openmessaging-benchmark "${omb[@]}"
            hashes "${omb[@]}" "$OMB"/lib/*driver-pulsar-[0-9]*.jar "$OMB"/lib/*pulsar-client*[0-9].jar
        fi
        [[ -z $COMPONENT ]] || settings "$ROOT/opt/pulsar/conf/$COMPONENT.conf"
        for service in $SERVICES; do
            memory=$(sed -n 's/^Environment="PULSAR_MEM=\([^"]*\)".*/\1/p' \
                "$ROOT/etc/systemd/system/$service.service.d/labhost.conf" 2>/dev/null)
            fact setting "$service.service" PULSAR_MEM "$memory"
        done
        exit 0

        """#
}
