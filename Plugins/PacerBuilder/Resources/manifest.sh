#!/bin/bash
# What the image holds, with versions and digests, for people and for `labhost image validate`.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

text() { # VALUE: as a JSON string
    local value=${1//\\/\\\\}
    printf '"%s"' "${value//\"/\\\"}"
}

part() { # NAME
    local version digest source
    version=$(head -n 1 "$PARTS/$1")
    digest=${version#"${version%% *}"}
    digest=${digest# }
    source=$(sed -n 's/^\(source\|package\) //p' "$PARTS/$1")
    printf '    %s: {"version": %s, "digest": %s, "source": %s}' "$(text "$1")" "$(text "${version%% *}")" \
        "$(text "$digest")" "$(text "$source")"
}

rpm -qa --queryformat '%{NAME} %{VERSION}-%{RELEASE} %{ARCH}\n' | sort | put /opt/labhost/packages.txt

# Digests of what was installed, a line a file; what services write is left out.
(
    cd "$ROOT/" || exit
    find opt/pulsar opt/openmessaging-benchmark opt/pulsar-templates etc/security/limits.d/90-labhost.conf \
        etc/sysctl.d/90-labhost.conf etc/tmpfiles.d/90-labhost.conf etc/systemd/system.conf.d/90-labhost.conf \
        opt/labhost/packages.txt \( -path opt/pulsar/data -o -path opt/pulsar/logs \) -prune -o -type f -print0 |
        sort -z | xargs -0 sha256sum
) | put /opt/labhost/files.sha256

java=$(head -n 1 "$PARTS/java")
benchmark=$(head -n 1 "$PARTS/benchmark")
put /opt/labhost/image.json <<END
{
  "image": $(text "$IMAGE_NAME"),
  "key": $(text "$IMAGE_KEY"),
  "recipe": $(text "$IMAGE_RECIPE"),
  "baseImage": $(text "$BASE_IMAGE"),
  "builtAt": $(text "$BUILT_AT"),
  "pulsarVersion": $(text "$PULSAR_VERSION"),
  "ombVersion": $(text "$benchmark"),
  "javaVersion": $(text "$java"),
  "pulsarHome": "/opt/pulsar",
  "ombHome": "/opt/openmessaging-benchmark",
  "templates": "/opt/pulsar-templates/systemd",
  "users": ["pulsar", "benchmark"],
  "parts": {
$(part java),
$(part pulsar),
$(part benchmark)
  },
  "packages": {"file": "/opt/labhost/packages.txt", "count": $(wc -l <"$ROOT/opt/labhost/packages.txt" | tr -d ' ')},
  "files": {"file": "/opt/labhost/files.sha256", "sha256": "$(sha256sum "$ROOT/opt/labhost/files.sha256" | cut -d ' ' -f 1)"}
}
END
